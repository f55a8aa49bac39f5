"""`torchroom report`: a room's report as a file, read from the database itself."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from sqlalchemy import make_url

from backend.bank import load_bank
from backend.db import Database
from backend.report import page, queries, service
from backend.report.document import Report
from backend.settings import Settings

PRINTING_SECONDS = 60
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class NoSuchRoom(Exception):
    """The message says what was looked for, and where."""


class NotPrinted(Exception):
    """There is no PDF; the message says why, and what to do."""


def read_report(settings: Settings, room_or_link: str) -> Report:
    """The report as an interviewer sees it: whoever has the database has everything in it."""
    room_id = room_in(room_or_link)
    url = make_url(settings.database_url)
    # Opening a database that is not there would make an empty one.
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise NoSuchRoom(f"There is no database at {url.database}, so no room either.")
    database = Database(settings.database_url)
    try:
        if not database.is_migrated():
            raise NoSuchRoom("The database is of another version. `torchroom serve` brings it up.")
        bank = load_bank(settings.questions, on_broken=lambda error: None)
        with database.read() as session:
            room = queries.get_room(session, room_id)
            if room is None:
                raise NoSuchRoom(f'There is no room "{room_id}" in {url.render_as_string()}.')
            return service.report(session, bank, room, "interviewer")
    finally:
        database.close()


def room_in(room_or_link: str) -> str:
    """The room's id, of a link or of itself. What a link carries behind its # is not needed."""
    found = re.search(r"rooms/([^/#?\s]+)", room_or_link)
    return found.group(1) if found else room_or_link.strip()


def print_pdf(report: Report, file: Path) -> None:
    """Let a Chromium of this machine print the same file that one exports."""
    named = os.environ.get("TORCHROOM_CHROMIUM")
    program = named or next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if program is None:
        raise NotPrinted(
            "A PDF is printed by Chromium, and there is none on PATH. Install chromium, name one "
            "in TORCHROOM_CHROMIUM, or write --html and print that from any browser."
        )
    with tempfile.TemporaryDirectory(prefix="torchroom-report-") as folder:
        source, made = Path(folder) / "report.html", Path(folder) / "report.pdf"
        source.write_text(page.export(report), encoding="utf-8")
        command = [
            program,
            "--headless",
            "--disable-gpu",
            "--no-first-run",
            f"--user-data-dir={folder}/profile",
            "--no-pdf-header-footer",
            f"--print-to-pdf={made}",
            source.as_uri(),
        ]
        if os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # it refuses root; the file is ours, without script
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, timeout=PRINTING_SECONDS
            )
        except OSError as error:
            raise NotPrinted(f"{program} could not be started: {error.strerror}.") from None
        except subprocess.TimeoutExpired:
            raise NotPrinted(f"{program} did not end in {PRINTING_SECONDS} seconds.") from None
        if not made.is_file():
            last = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
            raise NotPrinted(f"{program} printed nothing: {last[0]}")
        file.write_bytes(made.read_bytes())
