"""Static findings: what can be seen by reading a candidate's PyTorch code, with line numbers.

Nothing is run and nothing is guessed: where the code leaves a doubt, there is no finding. Each
kind is one small function in the file of its theme; `kinds.KINDS` lists them all.
"""

from backend.rubric.findings.finding import Finding, Kind
from backend.rubric.findings.kinds import KINDS
from backend.rubric.findings.search import find

__all__ = ["KINDS", "Finding", "Kind", "find"]
