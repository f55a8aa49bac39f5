"""Write docs/settings.md from the table of settings: .venv/bin/python tools/settings_page.py"""

import dataclasses
from pathlib import Path

from backend.settings import ELSEWHERE, PREFIX, REPOSITORY, Settings

PAGE = REPOSITORY / "docs" / "settings.md"
HEAD = """\
# Settings

Every setting is an environment variable and may be left away. `torchroom serve --help` shows which
of them are options as well. This page is written by `tools/settings_page.py`.

## The service

| variable | default | what it is |
|---|---|---|
"""
MIDDLE = """
## Set-up, image, CI and tests

| variable | what it is |
|---|---|
"""


def shown(default: object) -> str:
    if isinstance(default, Path):
        return f"`{default.relative_to(REPOSITORY)}`"
    return f"`{default}`" if default not in ("", ()) else ""


def page() -> str:
    service = [
        f"| `{PREFIX}{one.name.upper()}` | {shown(one.default)} | {one.metadata['help']} |\n"
        for one in dataclasses.fields(Settings)
    ]
    others = [f"| `{name}` | {about} |\n" for name, about in ELSEWHERE.items()]
    return HEAD + "".join(service) + MIDDLE + "".join(others)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
