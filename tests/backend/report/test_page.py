"""The page and the file: everything is there, everything is escaped, nothing executes."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from backend.report.document import Finding
from backend.report.listing import coloured, listing
from backend.report.page import article, export, file_name
from tests.backend.report.interviews import whole_interview
from tests.backend.report.logbook import Logbook, case, stage
from tests.backend.report.small_bank import BANK, SCALE

HOSTILE = [
    "<script>attack()</script>",
    "<img src=x onerror=attack()>",
    "</style><svg onload=attack()>",
    '" onmouseover="attack()',
    "' onfocus='attack()' autofocus='",
    "[click](javascript:attack())",
    "{{ 7 * 7 }}{% raw %}",
    "</code></table></article></main>",
    "<!--",
    "]]><a href=javascript:attack()>",
    "abc\u202edef\u2066ghi",
]


class Reader(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def values(self, name: str) -> list[str]:
        return [found[name] or "" for _, found in self.tags if name in found]


def hostile_interview() -> Logbook:
    everything = " ".join(HOSTILE)
    book = Logbook(
        BANK,
        [stage("coding", everything, SCALE.slug), stage("follow-ups", "Talk", SCALE.slug)],
        candidate=everything,
        interviewer=everything,
        title=everything,
    )
    book.begin(0)
    code = "\n".join(f"# {text}\n'''{text}'''\nx = \"{text}\"" for text in HOSTILE)
    book.wait(5).write("code/scale-rows", code, pasted=20)
    cases = [case(f"case-{at}", "failed", text, line=1) for at, text in enumerate(HOSTILE)]
    cases += [case("title", title=everything), case("criterion", criterion=HOSTILE[0])]
    book.wait(5).judge("scale-rows", cases)
    book.wait(5).fail("scale-rows", everything)
    book.add("interviewer", "extend", seconds=60, reason=everything)
    book.wait(5).begin(1)
    book.ask("scale-rows", 0, everything)
    book.finish()
    book.add(
        "interviewer",
        "score",
        question="scale-rows",
        item=0,
        points=[True, True],
        reason=everything,
    )
    book.add("interviewer", "score", criterion="communication", level="no", reason=everything)
    return book


@pytest.mark.parametrize("write", [article, export])
def test_what_people_wrote_is_only_ever_text(write) -> None:  # type: ignore[no-untyped-def]
    reader = Reader(write(hostile_interview().report()))
    harmless = Reader(write(whole_interview().report()))
    assert {tag for tag, _ in reader.tags} <= {tag for tag, _ in harmless.tags} | {"em"}
    assert {name for _, found in reader.tags for name in found} <= {
        name for _, found in harmless.tags for name in found
    }
    assert not any(name.startswith("on") for _, found in reader.tags for name in found)
    assert not any(tag in ("script", "img", "iframe", "object") for tag, _ in reader.tags)
    text = "".join(reader.text)
    for one in HOSTILE[:-1]:
        assert one in text


def test_links_lead_into_the_page_or_into_this_service_only() -> None:
    for link in Reader(article(hostile_interview().report())).values("href"):
        assert re.match(r"(#|/rooms/[0-9a-f]{24}/(replay|scoring)(#|$)|/questions/)", link), link


def test_the_file_needs_nothing_from_anywhere() -> None:
    html = export(whole_interview().report())
    reader = Reader(html)
    assert all(link.startswith("#") for link in reader.values("href"))
    assert reader.values("src") == []
    style = "".join(re.findall(r"<style>(.*?)</style>", html, re.DOTALL))
    assert re.findall(r"url\((?!#)|@import|@font-face", style) == []
    [policy] = [
        found["content"] or ""
        for tag, found in reader.tags
        if tag == "meta" and found.get("http-equiv") == "Content-Security-Policy"
    ]
    assert "default-src 'none'" in policy
    assert "script" not in policy


def test_every_link_within_leads_somewhere() -> None:
    for html in (article(whole_interview().report()), export(whole_interview().report())):
        reader = Reader(html)
        ids = reader.values("id")
        assert len(ids) == len(set(ids))
        inside = {link[1:] for link in reader.values("href") if link.startswith("#")}
        assert inside <= set(ids)
        assert {"scale-rows-L5", "scale-rows-case-one-column"} <= inside


def test_every_label_names_something() -> None:
    reader = Reader(article(whole_interview().report()))
    assert set(reader.values("aria-labelledby")) <= set(reader.values("id"))


def test_a_moment_leads_to_the_replay_in_the_page_and_is_text_in_the_file() -> None:
    report = whole_interview().report()
    hint = next(mark for mark in report.timeline.marks if mark.kind == "hint")
    assert f'/replay#t={hint.at}"' in article(report)
    assert "/replay" not in export(report)
    assert "3:00" in "".join(Reader(export(report)).text)


def test_the_page_says_all_that_the_report_holds() -> None:
    text = " ".join("".join(Reader(article(whole_interview().report())).text).split())
    for said in (
        "Layers from memory",
        "not assessed",
        "Our failure, not the candidate’s. Once we could not judge what was sent.",
        "The slot was lost twice.",
        "40 characters pasted into the code of Scale every row",
        "The page was left for 20 s",
        "They never change a score.",
        "output has shape (7, 7), expected (7, 1).",
        "4 lines only here, 1 line only there",
        "Nothing else.",
        "The words touch it: broadcasts",
        "Chosen, not right: That is no_grad.",
        "(4, 3)",
        "Hints used: 1 of 3",
        "2 of 5 cases did not pass.",
    ):
        assert said in text, said


def test_an_unfinished_interview_says_so() -> None:
    book = Logbook(BANK, [stage("coding", "Code", SCALE.slug)])
    book.begin(0)
    assert "The interview is not finished" in article(book.report())
    assert "The interview is not finished" not in article(whole_interview().report())


def test_characters_that_deceive_are_spelt_out_in_code() -> None:
    [line] = coloured("if access != 'user\u202e ⁦# check admin⁩ ⁦':")
    assert "\u202e" not in line
    assert "U+202E" in line
    assert "\u2066" not in line


def test_lines_are_those_of_the_editor() -> None:
    code = 'x = """\n<b>\n\n"""\r\ny = 1\n\n'
    lines = coloured(code)
    assert len(lines) == 6
    assert "&lt;b&gt;" in lines[1]
    for line in lines:
        assert line.count("<span") == line.count("</span>")


def test_a_finding_stands_beside_its_line_and_leaves_the_others_together() -> None:
    def finding(line: int) -> Finding:
        return Finding("f", line, line, "Title", "Advice.", "module-usage", False)

    lines = listing("a\nb\nc\nd\ne\n", [finding(2), finding(4), finding(99)])
    assert [(line.number, line.span, len(line.notes)) for line in lines] == [
        (1, 1, 0),
        (2, 2, 1),
        (3, 0, 0),
        (4, 1, 1),
        (5, 1, 1),
    ]


@pytest.mark.parametrize(
    ("title", "candidate", "name"),
    [
        ("Layers", "Ada", "torchroom-layers-ada-2026-03-14.html"),
        ("../../etc/passwd", "", "torchroom-etc-passwd-2026-03-14.html"),
        ('a"; filename="b', "\r\nX: y", "torchroom-a-filename-b-x-y-2026-03-14.html"),
        ("层", "", "torchroom-report-2026-03-14.html"),
        ("x" * 300, "", f"torchroom-{'x' * 60}-2026-03-14.html"),
    ],
)
def test_the_file_s_name_is_safe_anywhere(title: str, candidate: str, name: str) -> None:
    book = Logbook(BANK, [stage("coding", "Code", SCALE.slug)], title=title, candidate=candidate)
    book.begin(0)
    assert file_name(book.report(), "html") == name


def test_its_classes_are_its_own() -> None:
    """A rule of some page's style sheet would else change the report that is shown there."""
    shared = {"good", "bad", "quiet", "sign", "hidden", "prose", "math"}
    styles = Path(__file__).parents[3] / "frontend" / "src" / "styles"
    html = article(whole_interview().report())
    used = {name for found in Reader(html).values("class") for name in found.split()}
    for sheet in styles.glob("*.css"):
        # Rules that begin with the class itself; one under another class does not reach here.
        rules = set(re.findall(r"(?:^|[},]\s*)\.([a-z][\w-]*)", sheet.read_text(), re.MULTILINE))
        assert (used & rules) - shared == set(), sheet.name
