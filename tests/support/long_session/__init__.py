"""A session of an interview as it is really typed, of any length: for the replay, its benchmark,
and for trying things by hand (`python -m tests.support.long_session --help`)."""

from tests.support.long_session.plot import long_session

__all__ = ["long_session"]
