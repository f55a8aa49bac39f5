"""A report for people who read it in a terminal."""

from rich.console import Console
from rich.text import Text

from backend.lint.report import MOST_COMPLAINTS, Promise, Report


def print_report(console: Console, report: Report) -> None:
    verdict, style = ("sound", "green") if report.sound else ("not sound", "red")
    heading = Text.assemble((report.slug, "bold"), " is ", (verdict, f"bold {style}"))
    console.print(heading.append(f"  ({report.seconds:.1f} s)", "dim"), soft_wrap=True)
    for promise in report.promises:
        _print_promise(console, promise)


def _print_promise(console: Console, promise: Promise) -> None:
    mark, style = ("✓", "green") if promise.kept else ("✗", "red")
    line = Text.assemble("  ", (mark, style), " ", promise.words)
    if promise.detail:
        line.append(f"  {promise.detail}", "dim")
    console.print(line, soft_wrap=True)
    for complaint in promise.complaints[:MOST_COMPLAINTS]:
        console.print(Text(f"      {complaint}"), soft_wrap=True)
    more = len(promise.complaints) - MOST_COMPLAINTS
    if more > 0:
        console.print(Text(f"      … and {more} more", style="dim"), soft_wrap=True)
