"""Looking again before sleeping: when it begins, when it ends, and that nothing is lost by it."""

# Tests look behind the names that programs use.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from desk import DeskClient, Sum

from procwire.connection.spin import _COOL, _LONGEST, _SHORT, _WARM, Spin, processors
from procwire.sync.pump import Pump


class Clock:
    """Time that a test lets pass."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


def _spin(clock: Clock, *, processors: int = 2, wanted: bool = True) -> Spin:
    return Spin(wanted, available=lambda: processors, now=clock)


def _waits(spin: Spin, clock: Clock, times: int) -> None:
    for _ in range(times):
        assert not spin.wait()
        clock.time += _SHORT * 0.9
        spin.found()


def _looks_in_vain(spin: Spin, clock: Clock) -> None:
    assert spin.wait()
    while spin.go_on():
        clock.time += _LONGEST / 10
    assert not spin.active
    spin.found()


def test_it_looks_again_after_short_waits_only() -> None:
    clock = Clock()
    spin = _spin(clock)
    _waits(spin, clock, _WARM)
    assert spin.wait()
    spin.found()
    assert not spin.active
    assert spin.wait()
    # A wait that lasted, whatever it was that lasted.
    clock.time += 2 * _SHORT
    spin.found()
    assert not spin.wait()


def test_what_was_in_vain_is_tried_less_and_less_often() -> None:
    clock = Clock()
    spin = _spin(clock)
    _waits(spin, clock, _WARM)
    for needed in (_COOL, 2 * _COOL, 4 * _COOL):
        _looks_in_vain(spin, clock)
        # The wait that was slept through was short as well.
        _waits(spin, clock, needed - 1)
    assert spin.wait()
    spin.found()
    _looks_in_vain(spin, clock)
    _waits(spin, clock, _COOL - 1)
    assert spin.wait(), "one success makes up for the failures"


@pytest.mark.parametrize(("processors", "wanted"), [(1, True), (2, False)])
def test_it_never_looks_where_it_is_of_no_use(processors: int, wanted: bool) -> None:
    assert not _spin(Clock(), processors=processors, wanted=wanted).possible


def test_a_client_looks_again_unless_it_is_told_not_to() -> None:
    command = [sys.executable, str(Path(__file__).with_name("desk.py"))]
    environment = {"PYTHONPATH": str(Path(__file__).parents[1] / "src")}
    for wanted in (True, False):
        with DeskClient.spawn_sync(command, env=environment, spin=wanted) as desk:
            assert isinstance(desk._line, Pump)
            assert desk._line._spin.possible == (wanted and processors() > 1)
            for number in range(200):
                assert desk.add(number, 1) == Sum(sum=number + 1)
