"""What goes in and out of /runs, for validation and for the OpenAPI document."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, field_validator

from sandbox.verdict import Verdict


class NewRun(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    question: str
    mode: Literal["run", "submit"]
    code: str

    @field_validator("question", "code")
    @classmethod
    def _is_unicode(cls, text: str) -> str:
        # JSON can spell half of a character ("\ud800"), which no file can hold.
        try:
            text.encode()
        except UnicodeEncodeError:
            raise ValueError("holds characters that are not valid Unicode") from None
        return text

    @field_validator("code")
    @classmethod
    def _is_a_program(cls, code: str) -> str:
        if not code.strip():
            raise ValueError("is empty: write something before you send it")
        if "\0" in code:
            raise ValueError("holds a NUL character, which Python does not accept in a program")
        return code


class FailureView(BaseModel):
    """A failure of ours; the message says so."""

    message: str


class RunView(BaseModel):
    """One text of a candidate, judged or waiting to be.

    `losses`: how often an executor was lost while it worked on this. Our fault: it is judged anew.
    """

    model_config = ConfigDict(extra="forbid")

    id: str
    question: str
    mode: Literal["run", "submit"]
    state: Literal["queued", "running", "finished", "our_failure"]
    code_sha256: str
    created_at: str
    started_at: str | None
    finished_at: str | None
    position: int | None
    losses: int
    verdict: Verdict | None
    failure: FailureView | None
