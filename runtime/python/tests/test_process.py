"""A parent and a worker as two processes: calls, streams, events, errors, and how each of them ends."""

# Tests look behind the names that programs use.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, cast

import pytest
from desk import Closed, DeskClient, DeskOn, DeskTick, DeskWorker, OutOfLuck, Sum, Trouble

import procwire
from procwire import stub_v1 as _p

PROGRAM = str(Path(__file__).with_name("desk.py"))
TESTS = str(Path(__file__).parent)
SOURCE = str(Path(__file__).parents[1] / "src")


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-X", "dev", PROGRAM, *arguments]


ENVIRONMENT = {"PYTHONPATH": SOURCE}


def spawn(*arguments: str, **options: Any) -> procwire.client.Spawning[DeskClient]:
    return DeskClient.spawn(command(*arguments), env=ENVIRONMENT, **options)


class Heard:
    """What a worker writes on stderr."""

    def __init__(self) -> None:
        self.data = b""

    def __call__(self, data: bytes) -> None:
        self.data += data

    @property
    def lines(self) -> list[str]:
        # On a busy machine asyncio's debug mode tells of a slow turn, which is no fault.
        return [line for line in self.data.decode().splitlines() if not line.startswith("Executing <")]


@pytest.fixture
def leftovers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder that workers put their sockets in; its path is short, as that of a socket has to be."""
    with tempfile.TemporaryDirectory(prefix="pw") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


async def ended(pid: int) -> None:
    """Waits until a process that is none of our children is gone."""
    while is_alive(pid):
        await asyncio.sleep(0.005)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"


@pytest.mark.parametrize("how", ["uvloop", "asyncio", "serve"])
async def test_calls_streams_and_the_end(how: str, leftovers: Path) -> None:
    heard = Heard()
    async with spawn(how, on_stderr=heard) as desk:
        assert await desk.add(2, 3) == Sum(sum=5)
        assert [item.i async for item in desk.count(3)] == [0, 1, 2]
        assert sum([item.i async for item in desk.count(20_000)]) == 199_990_000
        await desk.poke()
        assert await desk.mirror(b"\xc1\xff") == b"\xc1\xff"
        assert await desk.mirror(b"") == b""
        assert await asyncio.gather(*(desk.add(i, 1) for i in range(300))) == [Sum(sum=i + 1) for i in range(300)]
        assert list(leftovers.iterdir()) == []
        assert desk.counts.frames_read > 20_000
        assert f"pid {desk.peer.pid}" in repr(desk)
    assert desk.peer.exit is not None
    assert desk.peer.exit.success, desk.peer.exit
    assert heard.lines == ["the desk closes"]
    with pytest.raises(procwire.ProcwireError, match="unavailable: worker `Desk` is gone: exit status: 0"):
        await desk.add(1, 2)
    await desk.shutdown()


async def test_large_bodies_go_both_ways_at_once() -> None:
    async with await_spawn() as desk:
        data = os.urandom(1 << 20) * 11
        answers = await asyncio.gather(*(desk.mirror(data) for _ in range(4)), desk.add(1, 2))
        assert answers[:4] == [data] * 4
        assert answers[4] == Sum(sum=3)


def await_spawn() -> procwire.client.Spawning[DeskClient]:
    return spawn()


async def test_errors_are_typed_on_this_side() -> None:
    async with spawn() as desk:
        with pytest.raises(Trouble) as trouble:
            await desk.fail("declared")
        assert trouble.value.data == OutOfLuck(tries=3)
        assert (trouble.value.code, trouble.value.message) == ("declared", "Trouble.OutOfLuck")
        with pytest.raises(procwire.ProcwireError, match="failed: no luck") as failed:
            await desk.fail("no luck")
        assert failed.value.data["class"] == "RuntimeError"
        seen: list[int] = []
        with pytest.raises(Trouble) as trouble:
            async for item in desk.count(2, "declared"):
                seen.append(item.i)
        assert (seen, trouble.value.data) == ([0, 1], Closed())
        with pytest.raises(procwire.ProcwireError, match="invalid_argument: Desk.add request: b: .* out of range"):
            await desk.add(1, 1 << 40)
        with pytest.raises(procwire.ProcwireError, match="invalid_argument: Desk.add request cannot be encoded: "):
            await desk.add(1, cast(int, object()))


@pytest.mark.parametrize("fails", [None, "declared"])
async def test_a_plain_generator_streams_from_a_thread(fails: str | None) -> None:
    async with spawn("generator") as desk:
        seen: list[int] = []
        try:
            async for item in desk.count(30_000, fails):
                seen.append(item.i)
        except Trouble as trouble:
            assert fails
            assert trouble.data == Closed()
        assert seen == list(range(30_000))


async def test_events_come_to_functions_and_to_subscriptions() -> None:
    ticks: list[int] = []
    gone: list[bool] = []
    chunks: list[bytes] = []

    def tick(event: DeskTick) -> None:
        ticks.append(event.seq)

    on: DeskOn = {"tick": tick, "gone": lambda: gone.append(True), "chunk": chunks.append}
    async with spawn(on=on) as desk:
        async with desk.events.tick() as subscribed:
            await desk.emit(1500)
            assert ticks == list(range(1500))
            # 1,024 are kept, and the oldest give way.
            assert subscribed.dropped == 1500 - 1024
            assert [(await anext(subscribed)).seq for _ in range(3)] == [476, 477, 478]
        noted = desk.events.noted()
        await desk.note("hello")
        assert await anext(noted) == "hello"
        await desk.poke()
        assert (gone, chunks) == ([True], [b"\xc1\x00"])
        assert desk.counts.events_dropped == 476
    # What arrived is there after the end, which ends the subscription.
    assert [event async for event in noted] == []


@pytest.mark.unheard("the function that hears the event tick failed")
async def test_a_function_that_fails_ends_nothing() -> None:
    def tick(event: DeskTick) -> None:
        raise ValueError("broken")

    async with spawn(on={"tick": tick}) as desk:
        await desk.emit(1)
        assert await desk.add(1, 2) == Sum(sum=3)
        assert desk.counts.panics == 1


async def test_an_unknown_event_is_told_before_anything_starts() -> None:
    on: Any = {"tock": print}
    with pytest.raises(TypeError, match="on= names no event of Desk: tock; there are: tick, noted, gone, chunk"):
        await spawn(on=on)


async def test_a_coroutine_function_hears_no_events() -> None:
    async def tick(event: DeskTick) -> None:
        raise AssertionError(event)

    with pytest.raises(TypeError, match="the function that hears the event tick is to be a plain one"):
        await spawn(on={"tick": tick})


async def test_cancelling_the_caller_cancels_the_handler() -> None:
    async with spawn() as desk:
        noted = desk.events.noted()
        call = asyncio.ensure_future(desk.hold("it"))
        assert await anext(noted) == "it begins"
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert await anext(noted) == "it was cancelled"


async def test_a_deadline_is_a_timeout_and_cancels_the_handler() -> None:
    async with spawn() as desk:
        noted = desk.events.noted()
        hurried = desk.with_options(timeout=0.05)
        with pytest.raises(TimeoutError, match="Desk.hold: the peer did not answer before the deadline") as error:
            await hurried.hold("it")
        assert isinstance(error.value, procwire.DeadlineExceeded)
        assert error.value.code == procwire.Code.DEADLINE_EXCEEDED
        assert await anext(noted) == "it begins"
        assert await anext(noted) == "it was cancelled"
        items = hurried.forever("they")
        with pytest.raises(procwire.DeadlineExceeded):
            async for _ in items:
                pass
        assert await anext(noted) == "they ends"


@pytest.mark.parametrize("how", ["break", "close", "with", "collect", "unread"])
async def test_leaving_a_stream_tells_the_worker(how: str) -> None:
    async with spawn() as desk:
        noted = desk.events.noted()
        match how:
            case "break":
                async for _ in desk.forever("it"):
                    break
            case "close":
                items = desk.forever("it")
                await anext(items)
                await items.aclose()
                assert [item async for item in items] == []
            case "with":
                async with desk.forever("it") as items:
                    await anext(items)
            case "collect":
                items = desk.forever("it")
                await anext(items)
                cycle: list[Any] = [items]
                cycle.append(cycle)
                del items, cycle
                gc.collect()
            case _:
                # Nothing was asked for, and so nothing is to end.
                desk.forever("it")
                await desk.note("nothing")
                assert await anext(noted) == "nothing"
                return
        assert await anext(noted) == "it ends"


async def test_a_consumer_that_lags_stops_the_reading_and_no_call() -> None:
    limits = procwire.Limits(stream_pause=100_000)
    async with spawn(limits=limits, extensions=()) as desk:
        noted = desk.events.noted()
        items = desk.forever("it")
        first = await anext(items)
        assert first.i == 0
        while not desk._connection._rests:
            await asyncio.sleep(0)
        # Nobody else waits: a little over what is kept was read.
        assert desk.counts.frames_read < 1000
        # A call reads on, over what lies before its answer.
        assert await desk.add(1, 2) == Sum(sum=3)
        taken = 0
        async for item in items:
            taken += 1
            assert item.i == taken
            if taken == 3000:
                break
        await items.aclose()
        assert await anext(noted) == "it ends"


async def test_a_consumer_that_lags_too_far_loses_its_stream() -> None:
    limits = procwire.Limits(stream_pause=50_000, stream_queue=200_000)
    async with spawn(limits=limits, extensions=()) as desk:
        items = desk.forever("it")
        await anext(items)
        # As long as this waits, everything is read.
        held = asyncio.ensure_future(desk.hold("other"))
        with pytest.raises(
            procwire.ProcwireError, match="resource_exhausted: Desk.forever: .* above the limit of 200000"
        ):
            while desk._calls.streams:
                await asyncio.sleep(0)
            # What was taken before is handed out before.
            async for _ in items:
                pass
        held.cancel()


async def test_prints_of_the_worker_arrive_on_stderr() -> None:
    heard = Heard()
    async with spawn("noisy", on_stderr=heard) as desk:
        await desk.say("hello")
        assert await desk.add(1, 2) == Sum(sum=3)
    assert sorted(heard.lines) == ["from a program: hello", "hello", "printed before", "unfinishedthe desk closes"]


async def test_a_worker_that_dies_fails_its_calls_with_its_last_words() -> None:
    async with await_failing() as desk:
        held = asyncio.ensure_future(desk.hold("it"))
        items = desk.forever("they")
        await anext(items)
        with pytest.raises(procwire.ProcwireError) as error:
            await desk.fail("exit")
        assert error.value.code == "unavailable"
        expected = "Desk.fail: worker `Desk` is gone: exit status: 7; its last lines on stderr:\n    last words"
        assert error.value.message == expected
        with pytest.raises(procwire.ProcwireError, match="Desk.hold: worker `Desk` is gone: exit status: 7"):
            await held
        with pytest.raises(procwire.ProcwireError, match="Desk.forever: worker `Desk` is gone"):
            async for _ in items:
                pass
        with pytest.raises(procwire.ProcwireError, match="worker `Desk` is gone: exit status: 7"):
            await desk.add(1, 2)
        raise LookupError("the block ends with it")


class _Expected:
    """A worker whose block is left with an error, which comes through whatever the end is."""

    def __init__(self) -> None:
        self._spawning = spawn(on_stderr=Heard())

    async def __aenter__(self) -> DeskClient:
        return await self._spawning.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        assert isinstance(error, LookupError), error
        await self._spawning.__aexit__(kind, error, trace)
        return True


def await_failing() -> _Expected:
    return _Expected()


async def test_a_killed_worker_is_told_by_its_signal() -> None:
    desk = await spawn()
    held = asyncio.ensure_future(desk.hold("it"))
    noted = desk.events.noted()
    await anext(noted)
    os.kill(desk.peer.pid, signal.SIGKILL)
    with pytest.raises(procwire.ProcwireError, match=r"worker `Desk` is gone: signal: 9 \(SIGKILL\)"):
        await held
    exit = await desk.peer.exited()
    assert (exit.code, exit.signal, exit.success) == (None, 9, False)
    with pytest.raises(procwire.ProcwireError, match="did not end in order: signal: 9"):
        await desk.shutdown()


async def test_a_shutdown_lets_what_runs_end() -> None:
    desk = await spawn()
    items = desk.count(20_000)
    first = await anext(items)
    closing = asyncio.ensure_future(desk.shutdown())
    rest = [item.i async for item in items]
    assert [first.i, *rest] == list(range(20_000))
    await closing


async def test_a_worker_that_goes_on_is_ended_when_the_grace_is_over() -> None:
    desk = await spawn(shutdown_grace=0.1)
    noted = desk.events.noted()
    held = asyncio.ensure_future(desk.hold("it"))
    assert await anext(noted) == "it begins"
    await desk.shutdown()
    with pytest.raises(procwire.ProcwireError) as error:
        await held
    assert (error.value.code, error.value.message) == ("cancelled", "the handler of Desk.hold was cancelled")
    assert desk.peer.exit is not None
    assert desk.peer.exit.code == 0


async def test_a_blocked_worker_answers_pings_and_ends_in_time() -> None:
    desk = await spawn("asyncio", shutdown_grace=0.1, heartbeat=(0.02, 5.0))
    noted = desk.events.noted()
    blocked = asyncio.ensure_future(desk.block("it"))
    assert await anext(noted) == "it blocks"
    # Its control thread ends it, with exit code 0.
    await desk.shutdown()
    with pytest.raises(procwire.ProcwireError, match="unavailable: Desk.block: worker `Desk` is gone: exit status: 0"):
        await blocked


async def test_a_stopped_worker_loses_its_heartbeat() -> None:
    desk = await spawn(heartbeat=(0.02, 0.2))
    assert await desk.add(1, 2) == Sum(sum=3)
    os.kill(desk.peer.pid, signal.SIGSTOP)
    with pytest.raises(procwire.ProcwireError, match="no answer to \\$ping within 0.2 s"):
        await desk.hold("it")
    await desk.peer.exited()
    with pytest.raises(procwire.ProcwireError, match="did not end in order"):
        await desk.shutdown()


async def test_sigterm_is_a_shutdown_and_sigint_is_nothing() -> None:
    desk = await spawn(on_stderr=(heard := Heard()))
    os.kill(desk.peer.pid, signal.SIGINT)
    assert await desk.add(1, 2) == Sum(sum=3)
    os.kill(desk.peer.pid, signal.SIGTERM)
    exit = await desk.peer.exited()
    assert exit.code == 0, exit
    assert heard.lines == ["the desk closes"]
    # It ended in order, even though nobody here asked for it.
    await desk.shutdown()


async def test_a_signal_that_comes_while_the_interpreter_ends_changes_nothing() -> None:
    desk = await spawn("terminated-late")
    await desk.shutdown()
    assert (await desk.peer.exited()).code == 0


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        (["quits"], "ended", "it ended before it was ready: exit status: 3; its last lines on stderr:\n    no can do"),
        (["bad-init"], "malformed", "its `$init` cannot be used: `params.pipe` must be a path"),
        (["silent"], "timeout", "it did not announce itself within 0.5 s"),
        (["unwritten"], "refused", "it says: DeskWorker.add is not written; the service Desk has that method"),
        (["deaf"], "mismatch", "it does not serve what this program calls: method `Desk.add` is not there; "),
    ],
)
async def test_a_start_that_fails_says_why(arguments: list[str], kind: str, message: str, leftovers: Path) -> None:
    with pytest.raises(procwire.SpawnError) as error:
        await spawn(*arguments, on_stderr=Heard(), init_timeout=0.5 if kind == "timeout" else 30)
    assert error.value.kind == kind
    assert error.value.message.startswith(f"worker `Desk` could not be started: {message}")
    assert error.value.code == "unavailable"
    if kind == "ended":
        assert (error.value.exit_status, error.value.signal, error.value.stderr) == (3, None, ["no can do"])
    assert list(leftovers.iterdir()) == []


async def test_a_program_that_is_not_there_is_told() -> None:
    with pytest.raises(procwire.SpawnError, match="the program `/nonexistent` does not start: .*No such file") as error:
        await DeskClient.spawn("/nonexistent")
    assert error.value.kind == "start"
    with pytest.raises(ValueError, match="a command has at least a program"):
        await DeskClient.spawn([])


class OtherClient(_p.Client[_p.Events, Any, Any]):
    _service = _p.Service("Other", methods=(_p.Method("ad", "ad", "result", "none", _p.NOTHING, _p.UNIT),), events=())
    _events = _p.Events


class SameClient(_p.Client[_p.Events, Any, Any]):
    _service = _p.Service("Same", methods=(_p.Method("poke", "poke", "ack", "none", _p.NOTHING, _p.UNIT),))
    _events = _p.Events

    async def poke(self) -> None:
        await self._call(self._service.methods[0], None)


async def test_another_service_of_the_same_process() -> None:
    async with spawn() as desk:
        await desk.attach(SameClient).poke()
        with pytest.raises(procwire.SpawnError, match="method `Other.ad` is not there"):
            desk.attach(OtherClient)


async def test_a_stranger_without_the_token_is_not_let_in(leftovers: Path) -> None:
    program = """
import asyncio, os, socket, sys
sys.path.insert(0, os.environ["TESTS"])
from desk import Desk
from procwire.worker import serve

async def main():
    serving = asyncio.ensure_future(Desk().serve())
    folder = os.environ["XDG_RUNTIME_DIR"]
    while not os.listdir(folder):
        await asyncio.sleep(0.001)
    path = os.path.join(folder, os.listdir(folder)[0], "s")
    assert os.stat(os.path.dirname(path)).st_mode & 0o777 == 0o700
    strangers = []
    for first in (b"", b"x" * 30, b"\\xff\\xfe" + bytes(5) + b"\\x00\\x00\\x00\\x40" + b"0" * 64):
        stranger = socket.socket(socket.AF_UNIX)
        stranger.connect(path)
        stranger.sendall(first)
        strangers.append(stranger)
    await serving
    for stranger in strangers:
        stranger.close()

asyncio.run(main())
"""
    desk = await DeskClient.spawn([sys.executable, "-c", program], env={**ENVIRONMENT, "TESTS": TESTS})
    assert await desk.add(1, 2) == Sum(sum=3)
    await desk.shutdown()


async def test_without_a_token_the_first_of_the_same_user_wins() -> None:
    async with spawn(token=False) as desk:
        assert await desk.add(1, 2) == Sum(sum=3)


async def test_inherited_variables_of_another_parent_do_not_reach_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROCWIRE_TOKEN", "stale")
    monkeypatch.setenv("PROCWIRE_OTHER", "stale")
    async with spawn(token=False) as desk:
        assert await desk.add(1, 2) == Sum(sum=3)


async def test_a_worker_inherits_the_variables_that_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAMED", "1")
    monkeypatch.setenv("NOT_NAMED", "1")
    said: list[bytes] = []
    options = {"env": {"ADDED": "1"}, "inherit_env": ["NAMED", "PROCWIRE_TOKEN"], "token": False, "extensions": []}
    with pytest.raises(procwire.SpawnError, match="it ended before it was ready"):
        await DeskClient.spawn("/usr/bin/env", on_stderr=said.append, **options)  # type: ignore[arg-type]
    assert sorted(b"".join(said).decode().split()) == ["ADDED=1", "NAMED=1", "PROCWIRE_MODULE_NAME=Desk"]


async def test_a_client_that_is_dropped_ends_its_worker() -> None:
    desk = await spawn()
    pid = desk.peer.pid
    clients = [desk]
    del desk
    with pytest.warns(ResourceWarning, match="worker `Desk` was ended because nobody had a client of it any more"):
        clients.clear()
    await ended(pid)
    while len(asyncio.all_tasks()) > 1:
        await asyncio.sleep(0)


async def test_cancelling_a_start_leaves_no_process(tmp_path: Path) -> None:
    marker = tmp_path / "pid"
    program = f"import os, time; open({str(marker)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    starting = asyncio.ensure_future(DeskClient.spawn([sys.executable, "-c", program])._spawn())
    while not (marker.exists() and marker.read_text()):
        await asyncio.sleep(0.001)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    await ended(int(marker.read_text()))


@pytest.mark.parametrize("how", ["kill", "exit", "raise"])
@pytest.mark.parametrize("what", ["hold", "block", "idle"])
async def test_no_worker_outlives_its_parent(how: str, what: str) -> None:
    """The parent is a process of its own, which ends in every way that a process can end."""
    program = f"""
import asyncio, os, signal, sys
sys.path.insert(0, os.environ["TESTS"])
from desk import DeskClient

async def main():
    desk = await DeskClient.spawn({command("asyncio")!r}, on_stderr=lambda data: None)
    noted = desk.events.noted()
    if {what!r} != "idle":
        calling = asyncio.ensure_future(desk.{what if what != "idle" else "hold"}("it"))
        await anext(noted)
    print(desk.peer.pid, flush=True)
    if {how!r} == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if {how!r} == "exit":
        os._exit(0)
    raise SystemExit(0)

asyncio.run(main())
"""
    parent = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        program,
        env={**os.environ, **ENVIRONMENT, "TESTS": TESTS},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    output, _ = await parent.communicate()
    await ended(int(output))


async def test_a_worker_by_hand_says_what_it_is() -> None:
    worker = await asyncio.create_subprocess_exec(
        *command(), env={**os.environ, **ENVIRONMENT}, stderr=asyncio.subprocess.PIPE, stdin=asyncio.subprocess.DEVNULL
    )
    _, said = await worker.communicate()
    assert worker.returncode == 2
    assert b"this is a worker: it serves Desk to the program that starts it" in said


def test_a_declaration_that_nobody_overrides_is_named() -> None:
    from procwire.worker.binding import bind

    with pytest.raises(procwire.ProcwireError, match="DeskWorker.add is not written"):
        bind([DeskWorker()])
    with pytest.raises(procwire.ProcwireError, match="a worker needs at least one service"):
        bind([])
