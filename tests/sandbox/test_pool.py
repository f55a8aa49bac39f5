"""The pool: lends what is sound, destroys what is in doubt, and is soon complete again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, cast

import pytest

from sandbox import pool as pools
from sandbox.errors import OurFailure, SlotGone
from sandbox.pool import Pool
from sandbox.slot import Slot


class FakeSlot:
    """Stands in for a slot: settles or does not, and knows whether it was closed."""

    def __init__(self, settles: bool = True) -> None:
        self.settles, self.closed, self.jobs = settles, threading.Event(), 0

    def settle(self) -> None:
        if not self.settles:
            raise SlotGone("the job left something behind")

    def close(self) -> None:
        self.closed.set()


class Maker:
    """Makes slots and remembers them; fails as often as it is told to."""

    def __init__(self, *failures: Exception) -> None:
        self.made: list[FakeSlot] = []
        self.failures = list(failures)

    def __call__(self) -> Slot:
        if self.failures:
            raise self.failures.pop(0)
        self.made.append(FakeSlot())
        return cast(Slot, self.made[-1])


def eventually(holds: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.005)


def opened(make: Maker, size: int = 1, **options: Any) -> Pool:
    pool = Pool(make, size, **options)
    pool.open()
    eventually(lambda: len(make.made) == size)
    return pool


def test_a_slot_is_lent_again_and_again() -> None:
    make = Maker()
    pool = opened(make)
    for _ in range(5):
        with pool.lend() as slot:
            assert slot is cast(Any, make.made[0])
    assert len(make.made) == 1


def test_a_slot_that_was_gone_is_destroyed_and_replaced() -> None:
    make = Maker()
    pool = opened(make)

    def use() -> None:
        with pool.lend():
            raise SlotGone("in the middle of a job")

    with pytest.raises(SlotGone):
        use()
    assert make.made[0].closed.wait(5)
    with pool.lend() as slot:
        assert slot is cast(Any, make.made[1])


def test_any_other_error_destroys_the_slot_as_well() -> None:
    make = Maker()
    pool = opened(make)
    with pytest.raises(KeyboardInterrupt), pool.lend():
        raise KeyboardInterrupt
    assert make.made[0].closed.wait(5)
    eventually(lambda: pool.ready() == 1)


def test_a_slot_that_does_not_settle_is_never_lent() -> None:
    make = Maker()
    pool = opened(make)
    make.made[0].settles = False
    with pool.lend() as slot:
        assert slot is cast(Any, make.made[1])
    assert make.made[0].closed.wait(5)
    assert "left something behind" in (pool.last_failure or "")


def test_a_worn_slot_is_replaced() -> None:
    make = Maker()
    pool = opened(make, jobs_per_slot=3)
    with pool.lend() as slot:
        slot.jobs = 3
    assert make.made[0].closed.wait(5)
    with pool.lend() as slot:
        assert slot is cast(Any, make.made[1])


def test_strict_means_a_slot_for_every_job() -> None:
    make = Maker()
    pool = opened(make, strict=True)
    for number in range(3):
        with pool.lend() as slot:
            assert slot is cast(Any, make.made[number])
            slot.jobs = 1


@pytest.mark.parametrize(
    "failure", [OurFailure("no engine"), ConnectionError("engine away"), KeyError("layers")]
)
def test_a_start_that_fails_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    """Whatever it raised: a pool that shrank by one for every hiccup would end at none."""
    monkeypatch.setattr(pools, "RESTART_SECONDS", 0.01)
    make = Maker()
    pool = opened(make)
    make.failures = [failure, failure]
    with pytest.raises(SlotGone), pool.lend():
        raise SlotGone("gone")
    with pool.lend(timeout=5) as slot:
        assert slot is cast(Any, make.made[1])
    assert pool.last_failure is not None


def test_the_first_start_fails_at_once() -> None:
    with pytest.raises(OurFailure, match="no engine"):
        Pool(Maker(OurFailure("no engine")), 1).open()


def test_waiting_has_an_end_and_a_reason() -> None:
    make = Maker()
    pool = opened(make)
    pool.last_failure = "the engine is away"
    with (
        pool.lend(),
        pytest.raises(OurFailure, match=r"no slot became free.*engine is away"),
        pool.lend(timeout=0.05),
    ):
        pass


def test_close_ends_all_slots_also_late_ones() -> None:
    make = Maker()
    pool = opened(make, 3)
    pool.close()
    assert all(slot.closed.wait(5) for slot in make.made)
    pool._start_one()
    assert pool.ready() == 0
