"""The report as HTML: one template for the page of the room and for the file that is exported."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from backend.bank import CRITERIA, KINDS, LESSONS, LEVELS
from backend.outcomes import OUTCOMES
from backend.questions.markdown import render
from backend.report.charts import chapters, timeline_chart
from backend.report.document import Report
from backend.report.listing import listing, marked, plain, sentence
from backend.report.words import LEVELS as LEVEL_WORDS
from backend.report.words import clock, count, duration, outcome_words

# Shape as well as word tells levels apart; colour only helps.
LEVEL_SIGNS = {"strong-no": "✗✗", "no": "✗", "yes": "✓", "strong-yes": "✓✓", None: "–"}


def article(report: Report) -> str:
    """To be put into the room's page: times lead into the replay."""
    return _render(report, stands_alone=False)


def export(report: Report) -> str:
    """A whole document that needs nothing from anywhere and runs no script."""
    return _render(report, stands_alone=True)


def title(report: Report) -> str:
    return f"{report.title}: {report.candidate}" if report.candidate else report.title


def file_name(report: Report, suffix: str) -> str:
    """For Content-Disposition: letters, digits and hyphens only, so that it is safe anywhere."""
    words = re.sub(r"[^a-z0-9]+", "-", title(report).lower()).strip("-")[:60].strip("-")
    day = (report.began_at or report.created_at)[:10]
    return f"torchroom-{words or 'report'}-{day}.{suffix}"


def _render(report: Report, *, stands_alone: bool) -> str:
    return (
        _environment()
        .get_template("report.html.jinja")
        .render(
            report=report,
            stands_alone=stands_alone,
            title=title(report),
            css=_css(),
            chart=timeline_chart(report.timeline),
            chapters=chapters(report.timeline),
            replay=f"/rooms/{quote(report.room, safe='')}/replay",
            scoring=f"/rooms/{quote(report.room, safe='')}/scoring",
        )
    )


@lru_cache(maxsize=1)
def _css() -> Markup:
    return Markup(files("backend.report").joinpath("templates/report.css").read_text("utf-8"))  # noqa: S704


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("backend.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words: dict[str, Callable[..., Any]] = {
        "clock": clock,
        "count": count,
        "duration": duration,
        "listing": listing,
        "marked": marked,
        "moment": _moment,
        "outcome_words": outcome_words,
        "plain": plain,
        "sentence": sentence,
        "prose": _prose,
        "number": lambda value: f"{value:.2f}",
    }
    environment.globals.update(
        words,
        level_words=LEVEL_WORDS,
        level_signs=LEVEL_SIGNS,
        outcomes=OUTCOMES,
        criteria=CRITERIA,
        kinds=KINDS,
        lessons=LESSONS,
        levels=LEVELS,
    )
    return environment


def _prose(markdown: str) -> Markup:
    """Markdown of the bank, sanitised by an allow-list; never what a person has typed."""
    return Markup(render(markdown))  # noqa: S704


def _moment(rfc3339: str) -> str:
    at = datetime.fromisoformat(rfc3339)
    return f"{at.day} {at:%B %Y}, {at:%H:%M} UTC"
