"""What judging costs with no wall at all: inputs, probe on both sides and check, in one warm
process.

For `torchroom bench` only. Prints the seconds of each verdict as a JSON list. It executes the file
it is given, so it is given nothing but a question's own reference.
"""

from __future__ import annotations

import json
import secrets
import sys
import time
from pathlib import Path

import torch

from sandbox import trees
from sandbox.image import judge, player, warming
from sandbox.judge_client import digest_of, read_files


def verdict_seconds(judging: judge.Judge, digest: str, source: str) -> float:
    """One submission from its text to its last case's verdict; AssertionError if one fails."""
    started = time.perf_counter()
    names = list(judging.questions[digest].cases)
    request = {"digest": digest, "cases": names, "seed": secrets.randbits(62), "dtype": None}
    judging.prepare(request, [])
    ticket = judging.tickets[judging.issued]
    judging.finish(ticket)
    answer = player.answer_module(source)
    for prepared in ticket.prepared:
        inputs = trees.decode(prepared.blob)
        ready = player.prepare(ticket.question.probe, inputs)
        observed = player.observe(ticket.question.probe, answer, ready)
        result = judge.check_one(ticket.question, prepared, observed, trees.checksums(inputs))
        assert result["passed"], result
    return time.perf_counter() - started


def main() -> None:
    """Arguments: question folder, file, how many verdicts to time."""
    folder, file, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(1)
    files = read_files(folder)
    digest = digest_of(files)
    judging = judge.Judge()
    judging.load({"digest": digest, "files": files}, [])
    source = file.read_text(encoding="utf-8")
    if count > 1:
        warming.warm("cpu")
        verdict_seconds(judging, digest, source)
    print(json.dumps([verdict_seconds(judging, digest, source) for _ in range(count)]))  # noqa: T201


if __name__ == "__main__":
    main()
