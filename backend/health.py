"""`torchroom health`: what a container's health check asks."""

import json
import time
import urllib.error
import urllib.request

from backend.settings import EVERY_ADDRESS, Settings

TIMEOUT_SECONDS = 5
# The file in its data folder that an executor touches while all is well. Said here and not where it
# is done: a check that is asked every few seconds must not load an executor.
ALIVE = "executor.alive"


def service_problem(settings: Settings) -> str | None:
    """Why the service on this host is not ready; None where it is."""
    host = "127.0.0.1" if settings.host in EVERY_ADDRESS else settings.host
    at = f"[{host}]" if ":" in host else host
    url = f"http://{at}:{settings.port}/readyz"
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS):
            return None
    except urllib.error.HTTPError as error:
        with error:
            return _detail(error.read()) or f"{url} answers {error.code}."
    except OSError as error:
        return f"{url} does not answer: {error}"


def executor_problem(settings: Settings) -> str | None:
    """Why the executor on this host judges nothing; None where it does. It leaves a sign of life
    whenever the database has heard of it and its slots are ready."""
    try:
        silent = time.time() - (settings.data / ALIVE).stat().st_mtime
    except OSError:
        return "The executor has not joined yet, or its slots are not ready."
    if silent > settings.lease_seconds:
        return f"The executor has not reached the database for {silent:.0f} s."
    return None


def _detail(body: bytes) -> str | None:
    try:
        return str(json.loads(body)["detail"])
    except (ValueError, KeyError, TypeError):
        return None
