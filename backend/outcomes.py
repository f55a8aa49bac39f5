"""What came of a case or a run, in words: the same in a terminal and in a report."""

OUTCOMES = {
    "passed": "passed",
    "failed": "failed",
    "error": "error",
    "timed_out": "timed out",
    "out_of_memory": "out of memory",
    "output_limit": "too much output",
    "crashed": "crashed",
    "refused": "refused",
}
