"""What goes in and out of /rooms, for validation and for the OpenAPI document."""

from typing import Annotated, Any, Literal
from unicodedata import category

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from backend.bank import Forbidden, Limits
from backend.questions.schemas import QuestionSummary, TolerancesView
from backend.room.events import Author, Role

# No line breaks, no escapes of terminals, nothing that turns the order of what stands beside it.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")


def _visible(name: str) -> str:
    if any(category(one) in _HIDDEN and one not in _JOINERS for one in name):
        raise ValueError("holds characters that cannot be seen")
    return name.strip()


Name = Annotated[str, Field(max_length=120), AfterValidator(_visible)]
Slug = Annotated[str, Field(min_length=1, max_length=100)]


class NewRoom(BaseModel):
    """A room from a template, or with one question alone."""

    model_config = ConfigDict(extra="forbid", strict=True)

    template: Slug | None = None
    question: Slug | None = None
    practice: bool = False
    """The candidate is alone, and their own interviewer."""
    clock: bool = True
    """With one question: whether its minutes count."""
    candidate: Name = ""
    interviewer: Name = ""
    extra_time: int = Field(0, ge=0, le=200)
    """Percent by which every stage is lengthened."""
    script: bool = True
    """Whether the scripted interviewer speaks."""

    @model_validator(mode="after")
    def _has_a_plan(self) -> "NewRoom":
        if (self.template is None) == (self.question is None):
            raise ValueError("names a template or a question, and not both")
        return self


class RoomLinks(BaseModel):
    """The only answer that holds the secrets: they are kept nowhere."""

    model_config = ConfigDict(extra="forbid")

    id: str
    title: str
    candidate_link: str
    interviewer_link: str


class RoomView(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    role: Role
    title: str
    created_at: str
    state: dict[str, Any]
    """What the room's page shows, as the socket's `state` says it."""


class ItemView(BaseModel):
    """Something that is answered without a program."""

    model_config = ConfigDict(extra="forbid")

    item: int
    text_html: str
    choices: list[str] | None
    many: bool
    ask: str | None
    """What the answer is to look like."""


class RoomQuestionView(QuestionSummary):
    prompt_html: str
    starter: str
    hints: int
    devices: list[str]
    limits: Limits
    forbidden: list[Forbidden]
    tolerances: TolerancesView
    entry: list[str]
    items: list[ItemView]
    solution: dict[str, Any] | None = None
    """For the interviewer; for the candidate once the report is open."""


class EventView(BaseModel):
    model_config = ConfigDict(extra="forbid")

    seq: int
    at: str
    author: Author
    kind: str
    body: dict[str, Any]


class LogView(BaseModel):
    model_config = ConfigDict(extra="forbid")

    events: list[EventView]
    head: int
    finished: bool


class NewEvent(BaseModel):
    """A command, as the socket takes it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    key: str = Field(pattern=r"^[\w-]{1,40}:\d{1,15}$")
    """`<client>:<n>`: sent twice, it is carried out once."""
    kind: str = Field(max_length=20)
    body: dict[str, Any]


class MadeEvents(BaseModel):
    model_config = ConfigDict(extra="forbid")

    events: list[EventView]


class Hello(BaseModel):
    """What a page says first on its socket."""

    model_config = ConfigDict(extra="forbid", strict=True)

    type: Literal["hello"]
    secret: str = Field(max_length=200)
    client: str = Field(pattern=r"^[\w-]{1,40}$")
    since: int | None = Field(None, ge=0, le=2**53)
    """The number of the last event it knows; None: it knows nothing."""
    edits_after: int | None = Field(None, ge=0, le=2**53)
    """With `since` None: edits above this number are told too, to rebase what was not sent."""


class CommandMessage(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    type: Literal["command"]
    id: int = Field(ge=0, le=2**53)
    kind: str = Field(max_length=20)
    body: dict[str, Any]


class Ping(BaseModel):
    """Browsers show pages no pings of the protocol, so a page sends its own."""

    model_config = ConfigDict(extra="forbid", strict=True)

    type: Literal["ping"]
    id: int = Field(ge=0, le=2**53)
