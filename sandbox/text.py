"""Strangers' text made fit to store and show: valid Unicode, no NUL, of bounded length."""

from __future__ import annotations

import codecs


def clean(value: str, longest: int = 10_000) -> str:
    """Lone surrogates and NUL replaced, cut at `longest` characters."""
    cut = value[:longest]
    if cut.isascii() and "\0" not in cut:
        return cut
    return cut.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def decode(data: bytes) -> str:
    """Bytes that ought to be UTF-8; what is not shows as the replacement character."""
    return data.decode("utf-8", "replace").replace("\0", "\ufffd")


class Decoder:
    """Decodes a stream piece by piece without breaking characters apart."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, data: bytes) -> str:
        """The characters that are complete by now."""
        return self._decoder.decode(data).replace("\0", "\ufffd")
