"""Pieces of code in which a finding must, or must not, be seen."""

import textwrap
from dataclasses import dataclass

from backend.rubric.findings import find

HEAD = """\
import copy
import random

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

"""
MARK = "#!"


@dataclass(frozen=True)
class Snippet:
    """`kind` must be found in exactly the lines that end in the mark."""

    kind: str
    code: str

    @property
    def text(self) -> str:
        return HEAD + textwrap.dedent(self.code).lstrip("\n")

    @property
    def marked(self) -> list[int]:
        lines = self.text.splitlines()
        return [number for number, line in enumerate(lines, 1) if line.endswith(MARK)]

    @property
    def found(self) -> list[int]:
        return [one.line for one in find(self.text) if one.id == self.kind]


def snippets(table: dict[str, list[str]]) -> list[Snippet]:
    return [Snippet(kind, code) for kind, codes in table.items() for code in codes]


def name(snippet: Snippet) -> str:
    return snippet.kind
