"""Static findings: what can be seen by reading a candidate's PyTorch code, with line numbers."""

from backend.rubric.findings.finding import Finding

__all__ = ["Finding"]
