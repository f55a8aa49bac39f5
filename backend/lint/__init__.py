"""`torchroom question lint`: proves, promise by promise, that a question is sound.

What can be seen in the texts is in `folder`, what only shows when code is judged in `answers`,
`bugs` and `budgets`; `items` is for the kinds that are answered without a program. Imports no
torch: every judgement is the sandbox's.
"""

from backend.lint.printing import print_report
from backend.lint.question import lint_question
from backend.lint.report import Promise, Report

__all__ = ["Promise", "Report", "lint_question", "print_report"]
