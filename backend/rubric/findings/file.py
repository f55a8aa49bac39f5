"""A candidate's file with all that findings look at."""

import ast
import warnings
from functools import cached_property

from backend.rubric.findings.code import LONGEST, Code
from backend.rubric.findings.module import Module, modules
from backend.rubric.findings.steps import Step, steps


class File(Code):
    @cached_property
    def modules(self) -> list[Module]:
        return modules(self)

    @cached_property
    def local_layers(self) -> set[str]:
        """Names of the modules that the file defines."""
        return {one.node.name for one in self.modules}

    @cached_property
    def steps(self) -> list[Step]:
        return steps(self)


def read(text: str) -> File | None:
    """None for what is not Python, or not what a person would have written."""
    if len(text) > LONGEST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the candidate's backslashes
            tree = ast.parse(text)
        return File(text, tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return None
