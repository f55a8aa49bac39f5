"""Interview templates: TOML files under templates/, read into frozen dataclasses.

A template is data, as a question is. What it says is held against the bank when the service
starts: an interview that would fail in the middle is refused before anybody sits in it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from backend.bank import ANSWER_KINDS, CODE_KINDS, CRITERIA, Bank, Question
from backend.room.events import Phase, Rules
from backend.strict_toml import Table, TomlError

PHASES = ("introduction", "coding", "follow-ups", "quick-checks", "wrap-up")
TALK = ("introduction", "wrap-up")

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class TemplateError(Exception):
    """A template that cannot be used; the message names the file and what is wrong."""


class BrokenQuestion(TemplateError, TomlError):
    """Nothing is wrong with the template: a question that it names was left out of the bank."""


@dataclass(frozen=True, slots=True)
class TemplateStage:
    phase: Phase
    title: str
    """Seen before the stage begins, so it names no question."""
    minutes: int
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Template:
    slug: str
    title: str
    summary: str
    tips: tuple[str, ...]
    """Advice on speaking, said at the beginning."""
    stages: tuple[TemplateStage, ...]
    rules: Rules
    weights: Mapping[str, float]
    """Criterion -> weight, of those that differ from the rubric's."""

    @property
    def minutes(self) -> int:
        return sum(stage.minutes for stage in self.stages)


@dataclass(frozen=True, slots=True)
class Templates:
    """Every template, the shortest interviews first."""

    all: tuple[Template, ...] = field(default=())

    def get(self, slug: str) -> Template | None:
        return next((template for template in self.all if template.slug == slug), None)


def load_templates(
    folder: Path, bank: Bank, on_left_out: Callable[[TemplateError], None] | None = None
) -> Templates:
    """Read every `.toml` of `folder`; raise TemplateError at the first that cannot be used.

    A template that names a question whose folder is there and broken is left out where
    `on_left_out` is given, as the question was: one slip must not take all interviews away. A
    folder that is not there holds no templates. Names that start with a dot or an underscore are
    passed over.
    """
    if not folder.is_dir():
        return Templates()
    templates = []
    for path in sorted(folder.glob("*.toml")):
        if path.name[0] in "._":
            continue
        try:
            templates.append(load_template(path, bank))
        except BrokenQuestion as error:
            if on_left_out is None:
                raise
            on_left_out(error)
    templates.sort(key=lambda template: (template.minutes, template.title))
    return Templates(tuple(templates))


def load_template(path: Path, bank: Bank) -> Template:
    """Read one template, or raise TemplateError with one sentence for its author."""
    try:
        return _load(path, f"{path.parent.name}/{path.name}", bank)
    except BrokenQuestion:
        raise
    except TomlError as error:
        raise TemplateError(str(error)) from None


def _load(path: Path, file: str, bank: Bank) -> Template:
    if not _SLUG.fullmatch(path.stem):
        raise TemplateError(
            f"{file}: a template is named in small letters, digits and single hyphens."
        )
    table = Table.read(path, file)
    template = Template(
        slug=path.stem,
        title=table.text("title"),
        summary=table.text("summary"),
        tips=table.texts("tips", ()),
        stages=_stages(table, bank),
        rules=_rules(table.table("rules")),
        weights=_weights(table.table("weights")),
    )
    table.done()
    return template


def _stages(table: Table, bank: Bank) -> tuple[TemplateStage, ...]:
    stages: list[TemplateStage] = []
    for one in table.tables("stage"):
        phase = cast(Phase, one.choice("phase", PHASES))
        stage = TemplateStage(
            phase=phase,
            title=one.text("title"),
            minutes=one.integer("minutes", least=1),
            questions=one.texts("questions", ()),
        )
        one.done()
        _check_questions(one, stage, stages, bank)
        stages.append(stage)
    if not stages:
        raise table.complaint("stage", "is missing: there must be at least one [[stage]]")
    return tuple(stages)


def _check_questions(
    table: Table, stage: TemplateStage, earlier: list[TemplateStage], bank: Bank
) -> None:
    if stage.phase in TALK and stage.questions:
        raise table.complaint("questions", f"is not for the {stage.phase}, which is talk only")
    if stage.phase not in TALK and not stage.questions:
        raise table.complaint("questions", f"is missing: {stage.phase} needs at least one")
    before = {slug for one in earlier for slug in one.questions if one.phase == stage.phase}
    written = {slug for one in earlier for slug in one.questions if one.phase == "coding"}
    for number, slug in enumerate(stage.questions):
        question = bank.get(slug)
        if question is None and (bank.folder / slug).is_dir():
            sentence = f'names "{slug}", whose folder in {bank.folder} cannot be used as it stands'
            raise BrokenQuestion(str(table.complaint("questions", sentence)))
        if question is None:
            raise table.complaint(
                "questions", f'names "{slug}", but there is no such question in {bank.folder}'
            )
        if slug in before or slug in stage.questions[:number]:
            raise table.complaint("questions", f'holds "{slug}" a second time for {stage.phase}')
        unfit = _unfit(stage.phase, question, slug in written)
        if unfit:
            raise table.complaint("questions", f'holds "{slug}", {unfit}')


def _unfit(phase: Phase, question: Question, written: bool) -> str | None:
    """Why a question cannot stand in a stage of this phase."""
    if phase == "coding" and question.kind not in CODE_KINDS:
        return f'which is of kind "{question.kind}": it belongs to quick-checks'
    if phase == "quick-checks" and question.kind not in (*ANSWER_KINDS, "concept"):
        return f'which is of kind "{question.kind}": it belongs to coding'
    if phase == "follow-ups" and not question.followups.items:
        return "which has no follow-ups"
    if phase == "follow-ups" and not written:
        return "which no coding stage before it holds"
    return None


def _rules(table: Table) -> Rules:
    default = Rules()
    cost = table.number("hint_cost", default.hint_cost, least=0)
    if cost > 1:
        raise table.complaint("hint_cost", f"is {cost:g}, but is a share: at most 1")
    rules = Rules(
        run=table.flag("run", default.run),
        hints=table.flag("hints", default.hints),
        hint_cost=cost,
        pause=table.flag("pause", default.pause),
        extend=table.flag("extend", default.extend),
    )
    table.done()
    return rules


def _weights(table: Table) -> Mapping[str, float]:
    for name in table.names():
        if name not in CRITERIA:
            raise table.complaint(
                name, f"is not a criterion; the criteria are: {', '.join(CRITERIA)}"
            )
    return {name: table.number(name, least=0) for name in table.names()}
