"""The synchronous client: calls, streams and events, from one thread and from many."""

# Tests look behind the names that programs use.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from desk import Closed, DeskClient, DeskOn, DeskSyncClient, OutOfLuck, Sum, Trouble

import procwire

PROGRAM = str(Path(__file__).with_name("desk.py"))
ENVIRONMENT = {"PYTHONPATH": str(Path(__file__).parents[1] / "src")}


def quiet(data: bytes) -> None:
    """What workers say on stderr is of no interest here."""


def spawn(*arguments: str, **options: Any) -> DeskSyncClient:
    options.setdefault("on_stderr", quiet)
    return DeskClient.spawn_sync([sys.executable, PROGRAM, *arguments], env=ENVIRONMENT, **options)


def test_calls_streams_and_the_end() -> None:
    with spawn() as desk:
        assert isinstance(desk, DeskSyncClient)
        assert desk.add(2, 3) == Sum(sum=5)
        assert [item.i for item in desk.count(3)] == [0, 1, 2]
        assert sum(item.i for item in desk.count(20_000)) == 199_990_000
        desk.poke()
        assert desk.mirror(b"\xc1\xff") == b"\xc1\xff"
        assert f"pid {desk.peer.pid}" in repr(desk)
    assert desk.peer.exit is not None
    assert desk.peer.exit.success, desk.peer.exit
    with pytest.raises(procwire.ProcwireError, match="unavailable: "):
        desk.add(1, 2)
    desk.shutdown()


def test_errors_are_typed() -> None:
    with spawn() as desk:
        with pytest.raises(Trouble) as trouble:
            desk.fail("declared")
        assert trouble.value.data == OutOfLuck(tries=3)
        with pytest.raises(procwire.ProcwireError, match="failed: no luck"):
            desk.fail("no luck")
        seen: list[int] = []
        with pytest.raises(Trouble) as trouble:
            seen.extend(item.i for item in desk.count(2, "declared"))
        assert trouble.value.data == Closed()
        with pytest.raises(procwire.ProcwireError, match="invalid_argument: Desk.add request: b: "):
            desk.add(1, 1 << 40)


def test_large_bodies_come_back() -> None:
    with spawn() as desk:
        data = os.urandom(1 << 20) * 11
        assert desk.mirror(data) == data
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(desk.mirror, [data] * 4)) == [data] * 4


def test_many_threads_share_one_client() -> None:
    with spawn() as desk:

        def work(number: int) -> None:
            for i in range(200):
                assert desk.add(number, i) == Sum(sum=number + i)
            assert [item.i for item in desk.count(500)] == list(range(500))

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(16)))


def test_a_thread_that_waits_long_holds_nobody() -> None:
    with spawn() as desk:
        begun = desk.events.noted()
        failed: list[BaseException] = []

        def hold() -> None:
            try:
                desk.with_options(timeout=None).hold("it")
            except procwire.ProcwireError as error:
                failed.append(error)

        held = threading.Thread(target=hold)
        held.start()
        assert next(begun) == "it begins"
        for i in range(100):
            assert desk.add(i, 1) == Sum(sum=i + 1)
        desk.peer.kill()
        held.join()
        assert [str(error) for error in failed] == [
            "unavailable: Desk.hold: worker `Desk` is gone: signal: 9 (SIGKILL)"
        ]
        with pytest.raises(procwire.ProcwireError, match="did not end in order: signal: 9"):
            desk.shutdown()


def test_a_deadline_tells_the_worker_to_stop() -> None:
    with spawn() as desk:
        noted = desk.events.noted()
        hurried = desk.with_options(timeout=0.05)
        with pytest.raises(TimeoutError, match="Desk.hold: the peer did not answer before the deadline"):
            hurried.hold("it")
        assert [next(noted), next(noted)] == ["it begins", "it was cancelled"]
        with pytest.raises(procwire.DeadlineExceeded):
            for _ in hurried.forever("they"):
                pass
        assert next(noted) == "they ends"
        # A time that is over before the call: nothing hangs, and the next call is as any other.
        with pytest.raises(procwire.DeadlineExceeded):
            desk.with_options(timeout=0).hold("never")
        assert desk.add(1, 2) == Sum(sum=3)


def test_the_deadlines_of_several_threads_are_their_own() -> None:
    with spawn() as desk:

        def hold(timeout: float) -> float:
            started = time.monotonic()
            with pytest.raises(procwire.DeadlineExceeded):
                desk.with_options(timeout=timeout).hold("it")
            return time.monotonic() - started

        with ThreadPoolExecutor(4) as pool:
            timeouts = [0.4, 0.05, 0.2, 0.1]
            for timeout, took in zip(timeouts, pool.map(hold, timeouts), strict=True):
                assert took >= timeout


@pytest.mark.parametrize("how", ["break", "close", "with"])
def test_leaving_a_stream_tells_the_worker(how: str) -> None:
    with spawn() as desk:
        noted = desk.events.noted()
        match how:
            case "break":
                for _ in desk.forever("it"):
                    break
            case "close":
                items = desk.forever("it")
                next(items)
                items.close()
                assert list(items) == []
            case _:
                with desk.forever("it") as items:
                    next(items)
        assert next(noted) == "it ends"


def test_events_are_heard_while_somebody_waits() -> None:
    heard: list[str] = []
    on: DeskOn = {"noted": heard.append}
    with spawn(on=on) as desk:
        noted = desk.events.noted()
        desk.note("hello")
        assert next(noted) == "hello"
        assert heard == ["hello"]
        with pytest.raises(TimeoutError, match="no event came in time"):
            noted.next(timeout=0.01)
        ticks = desk.events.tick()
        desk.emit(1500)
        assert ticks.dropped == 1500 - 1024
        assert next(ticks).seq == 476
    assert list(noted) == []


def test_a_function_that_hears_cannot_wait_for_the_worker() -> None:
    failures: list[BaseException] = []

    def heard(_: str) -> None:
        try:
            desk.add(1, 2)
        except RuntimeError as error:
            failures.append(error)

    with spawn(on={"noted": heard}) as desk:
        noted = desk.events.noted()
        desk.note("hello")
        next(noted)
        assert "cannot wait for the peer" in str(failures[0])
        assert desk.add(1, 2) == Sum(sum=3)


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Ctrl-C as in a terminal: what a shell starts in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_leaves_a_call_and_the_client_goes_on() -> None:
    with spawn() as desk:
        noted = desk.events.noted()
        main = threading.main_thread().ident
        assert main is not None

        def interrupt(_: str) -> None:
            signal.pthread_kill(main, signal.SIGINT)

        hearer = desk.events.noted()

        with pytest.raises(KeyboardInterrupt):
            timer = threading.Timer(0.05, interrupt, [""])
            timer.start()
            desk.hold("it")
        assert [next(noted), next(noted)] == ["it begins", "it was cancelled"]
        hearer.close()
        assert desk.add(1, 2) == Sum(sum=3)


def test_a_start_that_fails_says_why() -> None:
    with pytest.raises(procwire.SpawnError) as error:
        spawn("quits")
    assert (error.value.kind, error.value.exit_status, error.value.stderr) == ("ended", 3, ["no can do"])
    with pytest.raises(procwire.SpawnError, match="does not start"):
        DeskSyncClient.spawn("/nonexistent")
    with pytest.raises(procwire.SpawnError, match="did not announce itself within 0.3 s"):
        spawn("silent", init_timeout=0.3)


def test_a_worker_that_dies_fails_its_calls_with_its_last_words() -> None:
    desk = spawn()
    with pytest.raises(procwire.ProcwireError) as error:
        desk.fail("exit")
    expected = "Desk.fail: worker `Desk` is gone: exit status: 7; its last lines on stderr:\n    last words"
    assert error.value.message == expected
    with pytest.raises(procwire.ProcwireError, match="did not end in order: exit status: 7"):
        desk.shutdown()


def test_a_stopped_worker_loses_its_heartbeat() -> None:
    desk = spawn(heartbeat=(0.02, 0.2))
    os.kill(desk.peer.pid, signal.SIGSTOP)
    with pytest.raises(procwire.ProcwireError, match="no answer to \\$ping within 0.2 s"):
        desk.hold("it")
    with pytest.raises(procwire.ProcwireError, match="did not end in order"):
        desk.shutdown()


def test_a_client_that_is_dropped_ends_its_worker() -> None:
    clients = [spawn()]
    child = clients[0].peer._child
    with pytest.warns(ResourceWarning, match="worker `Desk` was ended because nobody had a client"):
        clients.clear()
    gc.collect()
    exit = child.block_for(lambda state: state.exit, 30)
    assert exit is not None
    assert exit.signal == 9
