"""The thread beside a child: one loop over its output, its clock and its exit, that nothing can block."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable

from ..constants import DESCRIPTOR_PREFIX
from ..control import BadInit, Init, Lines, Pong, StartFailed, parse, print_ping
from ..worker.socket import remove_left_behind
from .exit import Exit
from .passing import Passing
from .process import Child

_READ = 64 * 1024
_READS_AFTER_EXIT = 16
"""What is read after the exit: enough for the last lines, whoever else still holds the pipe."""

StderrSink = Callable[[bytes], object]
"""Takes each piece of a child's stderr, instead of this process's own stderr."""


class Keeper:
    """Keeps one child company, in a thread of its own."""

    def __init__(self, process: subprocess.Popen[bytes], child: Child, sink: StderrSink | None) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        self._process = process
        self._child = child
        self._sink = sink
        self._stdout: int | None = process.stdout.fileno()
        self._stderr: int | None = process.stderr.fileno()
        for pipe in (self._stdout, self._stderr):
            os.set_blocking(pipe, False)
        self._passing = Passing()
        self._lines = Lines()
        self._pinged_at: float | None = None
        self._next_ping: float | None = None
        self._exited = _exit_descriptor(process)

    def run(self) -> None:
        """Returns once the child has ended and was waited for."""
        while True:
            ready = self._wait()
            if self._child.woken in ready:
                with contextlib.suppress(OSError):
                    os.read(self._child.woken, 64)
            # Answers are read before the clock is looked at: after a stop of this process they are there already.
            if self._stdout in ready:
                self._read_stdout()
            if self._stderr in ready:
                self._read_stderr()
            if 2 in ready:
                self._passing.write()
            if self._exited in ready:
                break
            self._keep_time()
        self._finish()

    def _wait(self) -> set[int | None]:
        poll = select.poll()
        poll.register(self._exited, select.POLLIN)
        poll.register(self._child.woken, select.POLLIN)
        if self._stdout is not None:
            poll.register(self._stdout, select.POLLIN)
        # While our own stderr takes nothing the child waits with its own, as it would with an inherited one.
        if self._stderr is not None and (self._sink is not None or not self._passing.is_full):
            poll.register(self._stderr, select.POLLIN)
        if not self._passing.is_empty:
            poll.register(2, select.POLLOUT)
        at = self._next_time()
        timeout = None if at is None else max(at - time.monotonic(), 0) * 1000 + 1
        return {descriptor for descriptor, _ in poll.poll(timeout)}

    def _read_stdout(self) -> bool:
        """Reads once; false where nothing is left for now."""
        if self._stdout is None:
            return False
        data = _read(self._stdout)
        if not data:
            if data is not None:
                self._stdout = None
                rest = self._lines.finish()
                if rest:
                    self._pass(rest + b"\n")
            return False
        for piece in self._lines.push(data):
            if piece.is_line:
                self._hear(piece.data)
            else:
                self._pass(piece.data)
        return True

    def _hear(self, line: bytes) -> None:
        message = parse(line)
        if isinstance(message, Pong):
            self._pinged_at = None
        elif isinstance(message, (Init, BadInit, StartFailed)):
            with self._child.lock:
                first = self._child.state.start is None
                if first:
                    self._child.state.start = message
            if first:
                self._child.announce()
        elif line:
            self._pass(line + b"\n")

    def _read_stderr(self) -> bool:
        if self._stderr is None:
            return False
        data = _read(self._stderr)
        if not data:
            if data is not None:
                self._stderr = None
            return False
        with self._child.lock:
            self._child.state.tail.push(data)
        if not self._hand_over(data):
            self._passing.push(data)
        return True

    def _pass(self, noise: bytes) -> None:
        """Passes on what is no control line."""
        if not self._hand_over(noise):
            self._passing.push_or_drop(noise)

    def _hand_over(self, data: bytes) -> bool:
        """Gives output to whoever took it; false where nobody did."""
        if self._sink is None:
            return False
        try:
            self._sink(data)
        except Exception:  # noqa: BLE001
            # It broke, and so gets no more; this thread has to go on.
            self._sink = None
        return True

    def _next_time(self) -> float | None:
        with self._child.lock:
            state = self._child.state
            times = [state.terminate_at, state.kill_at]
            if state.heartbeat is not None:
                if self._pinged_at is not None:
                    times.append(self._pinged_at + state.heartbeat.timeout)
                else:
                    times.append(self._next_ping or 0.0)
        return min((at for at in times if at is not None), default=None)

    def _keep_time(self) -> None:
        now = time.monotonic()
        ping = False
        with self._child.lock:
            state = self._child.state
            if state.terminate_at is not None and now >= state.terminate_at:
                state.terminate_at = None
                self._child.signal(signal.SIGTERM)
            if state.kill_at is not None and now >= state.kill_at:
                state.kill_at = None
                self._end_by_force("it did not end when asked to")
            heartbeat = state.heartbeat
            if heartbeat is None:
                pass
            elif self._pinged_at is not None and now >= self._pinged_at + heartbeat.timeout:
                state.heartbeat = None
                self._end_by_force(f"no answer to $ping within {heartbeat.timeout:g} s")
            elif self._pinged_at is None and (self._next_ping is None or now >= self._next_ping):
                self._pinged_at = now
                self._next_ping = now + heartbeat.interval
                ping = True
        if ping:
            self._child.write(print_ping())

    def _end_by_force(self, cause: str) -> None:
        self._child.state.cause = self._child.state.cause or cause
        self._child.signal(signal.SIGKILL)

    def _finish(self) -> None:
        for _ in range(_READS_AFTER_EXIT):
            more = self._read_stdout()
            if not self._read_stderr() and not more:
                break
        child = self._child
        with child.lock:
            # Under the lock, so that nobody signals a pid that is free again.
            returncode = self._process.wait()
            state = child.state
            state.exit = Exit.of(returncode, state.cause, state.tail.lines())
            start = state.start
        os.close(self._exited)
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()
        if isinstance(start, Init) and not start.pipe.startswith(DESCRIPTOR_PREFIX):
            remove_left_behind(start.pipe)
        child.ended()
        child.announce()
        self._passing.finish()


def _read(descriptor: int) -> bytes | None:
    """Empty at the end, `None` where nothing is there for now."""
    try:
        return os.read(descriptor, _READ)
    except (BlockingIOError, InterruptedError):
        return None
    except OSError:
        return b""


def _exit_descriptor(process: subprocess.Popen[bytes]) -> int:
    """A descriptor that is readable once the process has ended, which is still to be waited for."""
    with contextlib.suppress(AttributeError, OSError):
        # Not before Linux 5.3, not in every sandbox, and nowhere else.
        return os.pidfd_open(process.pid)
    exited, writer = os.pipe2(os.O_CLOEXEC)

    def wait() -> None:
        with contextlib.suppress(OSError):
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        os.close(writer)

    threading.Thread(target=wait, name="procwire-exit", daemon=True).start()
    return exited


def start(
    command: list[str],
    environment: dict[str, str],
    cwd: str | None,
    sink: StderrSink | None,
    descriptors: tuple[int, ...] = (),
) -> Child:
    """Starts a child with its three standard streams piped, and with the descriptors that are left to it. Raises `OSError` or `ValueError` where that fails."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        cwd=cwd,
        bufsize=0,
        start_new_session=False,
        pass_fds=descriptors,
    )
    child = Child(process)
    try:
        keeper = Keeper(process, child, sink)
        threading.Thread(target=keeper.run, name="procwire-child", daemon=True).start()
    except BaseException:
        process.kill()
        process.wait()
        child.ended()
        raise
    return child
