"""What `make bench-scale` does, with few runs: all are judged once, and everything is timed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


def test_a_few_runs_are_drained_flooded_and_compared() -> None:
    command = [sys.executable, "-m", "tests.load.bench_scale", "--json"]
    command += ["--runs", "12", "--job-ms", "20", "--probes", "4", "--rounds", "1"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=150, check=False
    )
    assert done.stdout, done.stderr
    result = json.loads(done.stdout)
    assert [one["executors"] for one in result["scaling"]] == [1, 2, 4]
    for one in result["scaling"]:
        # It has itself seen to it that each of the runs was handed out once, and has a verdict.
        assert 0 < one["of_ideal"] <= 1
        assert one["engine_ms"] > 0
    for one in result["run_latency"]:
        assert one["least_waiting"] > 0
        for told in (one["idle"], one["flooded"]):
            assert 20 < told["p50_ms"] <= told["p95_ms"] <= told["max_ms"]
    assert [one["way"] for one in result["added"]] == ["embedded", "postgres", "executor"]
    for one in result["added"]:
        stages = one["stages_p50_ms"]
        # The job takes no time, and the service cuts its times to milliseconds.
        assert stages["started_at"] <= stages["ended_at"] <= stages["finished"]
        assert stages["finished"] > 0
    assert len(result["aims"]) == 6
    # By its exit code it says whether they were met; how busy this machine is decides that here.
    assert done.returncode == (0 if all(aim["reached"] for aim in result["aims"]) else 1)
