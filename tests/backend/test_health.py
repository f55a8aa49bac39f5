"""What a container's health check asks every few seconds."""

import subprocess
import sys

from tests.support.needs import ROOT

HEAVY = ("sqlalchemy", "fastapi", "docker", "procrastinate")


def test_the_check_is_light() -> None:
    """Two containers ask it every five seconds: it must not load what it asks about."""
    asked = (
        f"import sys, backend.cli, backend.health; print([m for m in {HEAVY} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
