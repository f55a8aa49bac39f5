"""`torchroom executor`: judges runs of a service elsewhere, knowing nothing of it but a database
URL by which it may call the functions of an executor."""

import contextlib
import re
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from backend.bank import load_bank
from backend.clock import utc_now
from backend.db import Database
from backend.executor import Executor
from backend.health import ALIVE
from backend.queue.member import member
from backend.queue.postgres import PostgresQueue
from backend.settings import Settings
from backend.slots import OpenSandbox, SlotStatus, opener, sentences
from backend.trouble import Trouble, short

# Together below the five seconds that compose gives.
STOP_SECONDS = 2.5
CLOSE_SECONDS = 0.5

Say = Callable[[str], None]


class CannotExecute(Exception):
    """An executor that cannot start, or go on, like this; the message says what to change."""


def execute(settings: Settings, say: Say, open_sandbox: OpenSandbox | None = None) -> int:
    """Run until a signal comes; returns its number. Raises CannotExecute.

    `open_sandbox`: other slots than those the settings ask for.
    """
    if not settings.uses_postgres:
        raise CannotExecute(
            "An executor joins a service through its Postgres database: name it in "
            "TORCHROOM_DATABASE or TORCHROOM_DATABASE_FILE. With SQLite the service judges by "
            "itself."
        )
    bank = load_bank(settings.questions, on_broken=lambda error: say(f"Left out: {error}"))
    database = Database(settings.database_url)
    me = member(settings)
    queue = PostgresQueue(database, me, settings.lease_seconds)
    ended = _Ended()
    trouble = Trouble()

    def alive() -> None:
        if trouble.over():
            say("The database answers, and this executor has joined.")
        _sign_of_life(settings.data, executor.status)

    def hear_of(error: Exception) -> None:
        sentence, is_final = why_not_joined(error)
        if is_final:
            ended.because(sentence)
        elif trouble.is_news(sentence):
            say(sentence)

    executor = Executor(
        queue,
        bank,
        open_sandbox or opener(settings, say),
        settings.slots,
        settings.lease_seconds,
        utc_now,
        same_bank=False,
        on_alive=alive,
        on_trouble=hear_of,
        on_replaced=ended.because,
    )

    def tell(status: SlotStatus) -> None:
        for sentence in sentences(status):
            say(sentence)

    executor.watch(tell)
    with ended.by_signals(), _no_sign_left(settings.data):
        say(f'Joining as "{me.name}", for {me.device} runs.')
        queue.open()
        executor.start()
        number = ended.wait()
        executor.stop(STOP_SECONDS)
        queue.stop(CLOSE_SECONDS)
    database.close()
    if ended.problem is not None:
        raise CannotExecute(ended.problem)
    return number


# What a server says that turns somebody away; before there is a connection it gives no code.
_TURNED_AWAY = (
    "authentication failed",
    "is not permitted to log in",
    "no pg_hba.conf entry",
    "no password supplied",
)
_NO_SUCH_ROLE = re.compile(r'FATAL:\s+role ".*" does not exist')


def why_not_joined(error: Exception) -> tuple[str, bool]:
    """A sentence for people, and whether there is no use in trying again."""
    said = short(error)
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    if any(words in said for words in _TURNED_AWAY) or _NO_SUCH_ROLE.search(said):
        why = f"The database turns this executor away ({said}). `torchroom fleet add` makes the "
        return why + "URL of a role that may join.", True
    if state in ("42883", "3F000"):
        why = "The database is not at this version: `torchroom serve` or `torchroom migrate` of "
        return why + "the same version brings it there. Waiting for that.", False
    if state == "42501":
        why = f"This role may not judge ({said}). `torchroom fleet add` makes the URL of one that "
        return why + "may. Trying again.", False
    if isinstance(error, DBAPIError):
        return f"The database does not answer ({said}). Trying again until it does.", False
    return "This executor could not join; its log says why. Trying again.", False


class _Ended:
    """Waits for a signal, or for somebody to say why it cannot go on."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._signal = 0
        self.problem: str | None = None

    def because(self, problem: str) -> None:
        self.problem = problem
        self._event.set()

    def wait(self) -> int:
        self._event.wait()
        return self._signal

    @contextlib.contextmanager
    def by_signals(self) -> Iterator[None]:
        def note(number: int, frame: object) -> None:
            self._signal = number
            self._event.set()

        before = {one: signal.signal(one, note) for one in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)


def _sign_of_life(data: Path, status: SlotStatus) -> None:
    """For `torchroom health --executor`: heard of by the database, and with slots that judge."""
    if status.state == "ready":
        data.mkdir(parents=True, exist_ok=True)
        (data / ALIVE).touch()


@contextlib.contextmanager
def _no_sign_left(data: Path) -> Iterator[None]:
    (data / ALIVE).unlink(missing_ok=True)
    try:
        yield
    finally:
        (data / ALIVE).unlink(missing_ok=True)
