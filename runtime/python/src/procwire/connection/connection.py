"""One connection between a parent and a child: calls, streams and events in both directions.

It is symmetric. How it comes to be, and what its end means for the process, is not known here.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Literal, cast

from ..constants import (
    FIRST_FRAME_TIMEOUT,
    ID_ABORT,
    ID_AUTHENTICATE,
    ID_CREDIT,
    ID_HELLO,
    ID_RESERVED,
    META,
    RESPONSE,
    TO_PARENT,
)
from ..error import Code, ProcwireError
from ..frame import Decoder, WireError
from ..threads import Threads
from ..tracing import Tracing
from .calls import Calls
from .closing import ENDED, TRUNCATED, CloseReason
from .counters import Counts
from .deadlines import Deadlines
from .emitter import Emitter
from .events import split_event
from .items import LoopItems
from .limits import Limits
from .outbox import Outbox
from .served import Table
from .serving import Serving
from .spin import Spin
from .subscriptions import LoopQueue, Subscriptions
from .terms import FD, Hello, Terms, common
from .traced import TracedServing

Role = Literal["parent", "child"]


class Connection(asyncio.BufferedProtocol):
    """One end of a connection, as the protocol of a transport."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        role: Role,
        limits: Limits,
        table: Table,
        threads: Threads,
        terms: Terms | None = None,
        *,
        extensions: Sequence[str] | None = None,
        spin: bool = True,
        tracing: Tracing | None = None,
    ) -> None:
        """`terms` are a parent's, who knows them beforehand; `extensions` are what a child announced, if anything.

        `tracing` follows what this side serves.
        """
        self.loop = loop
        self.role = role
        self.thread = threading.get_ident()
        """The thread of the loop."""
        self.limits = limits
        self.table = table
        self.terms = terms or Terms(limits.peer_payload, limits.window)
        self.counts = Counts()
        self.outbox = Outbox(loop, limits, self.counts)
        self.calls: Calls[asyncio.Future[Any], LoopItems] = Calls(
            limits,
            self.outbox,
            self.counts,
            self.terms,
            direction=0 if role == "parent" else TO_PARENT,
            waiting=loop.create_future,
            items=LoopItems,
            deadlines=partial(Deadlines, loop),
            reconsider=self._reconsider,
        )
        self.subscriptions = Subscriptions(self.counts, lambda: LoopQueue(limits.events))
        self.serving = (Serving if tracing is None else TracedServing)(
            loop,
            table,
            limits,
            self.outbox,
            self.counts,
            threads,
            self.terms,
            to_parent=role == "child",
        )
        self.serving.connection = self
        if isinstance(self.serving, TracedServing) and tracing is not None:
            self.serving.tracing = tracing
        self.emitter = self.serving.emitter = Emitter()
        self.emitter.attach(self)
        self.late_events: set[asyncio.Task[None]] = set()
        """Events that wait for room in the write queue."""
        self.closed: asyncio.Future[CloseReason] = loop.create_future()
        """Done once nothing is read any more. The calls wait until `fail_all` says why they fail."""
        self._transport: asyncio.Transport | None = None
        self._decoder = Decoder(limits.payload)
        self._space = self._decoder.space
        self._is_parent = role == "parent"
        self._extensions = extensions
        self._agreed = self._is_parent
        """Whether it is known what is in force."""
        self._agreeing: list[asyncio.Future[None]] = []
        self._taking = self._take if self._agreed else self._take_first
        if self.terms.meta:
            self._decoder.take_metadata()
        self._rests = False
        self._reason: CloseReason | None = None
        self._descriptor = -1
        self._spin = Spin(spin)
        self._looks = False
        """A turn of the loop was asked for in which to look again."""
        if self._spin.possible:
            self.outbox.left = self._wait_begins

    # What the transport says.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's is none by its class.
        self._transport = cast(asyncio.Transport, transport)
        self._descriptor = self._transport.get_extra_info("socket").fileno()
        self.outbox.attach(self._transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._space()

    def buffer_updated(self, nbytes: int) -> None:
        outbox = self.outbox
        if self._spin.waits:
            self._spin.found()
        outbox.begin_batch()
        try:
            # In two steps: what is taken meanwhile may change the count.
            frames = self._decoder.fed(nbytes, self._taking)
            self.counts.frames_read += frames
        except WireError as error:
            self._close(CloseReason("protocol", f"the peer broke the protocol: {error}"))
            return
        finally:
            outbox.end_batch()
        if self.calls.streams or outbox.queued:
            self._reconsider()

    def eof_received(self) -> None:
        self._reason = self._reason or (TRUNCATED if self._decoder.buffered else ENDED)

    def pause_writing(self) -> None:
        self.outbox.pause()

    def resume_writing(self) -> None:
        if self.outbox.resume():
            self._reconsider()

    def connection_lost(self, exc: Exception | None) -> None:
        reason = self._reason
        if reason is None:
            reason = ENDED if exc is None else CloseReason("broken", f"the connection broke: {exc}")
        self._transport = None
        self.outbox.detach()
        self.serving.mute_all()
        self.subscriptions.close()
        self._settle()
        if not self.closed.done():
            self.closed.set_result(reason)

    # Looking again instead of sleeping.

    def _wait_begins(self) -> None:
        """Something was written; where nothing is left to do here, the peer comes next."""
        if not (self.calls.unary or self.calls.streams) if self._is_parent else self.serving.live:
            return
        if self._spin.wait() and not self._looks:
            self._looks = True
            self.loop.call_soon(self._look)

    def _look(self) -> None:
        """Reads if something is there, and asks for the next turn if not: a loop that has a turn to do does not sleep."""
        self._looks = False
        spin = self._spin
        if not spin.active:
            return
        if self._transport is None or self._rests:
            spin.stop()
            return
        space = (self._space(),)
        while True:
            try:
                count = os.readv(self._descriptor, space)
            except OSError:
                if spin.go_on():
                    continue
                return
            break
        if count == 0:
            # The transport sees it by itself.
            spin.stop()
        else:
            self.buffer_updated(count)

    # What a frame means.

    def _take_first(self, id: int, flags: int, request: int, payload: memoryview) -> None:
        """The first frame of a parent says what is in force."""
        # Both may be in one read, and the decoder knows this function until the end of that.
        if self._agreed or id == ID_AUTHENTICATE:
            self._take(id, flags, request, payload)
            return
        self._taking = self._take
        if id == ID_HELLO and self._extensions is not None:
            # What opens a connection is not counted, since a parent writes it before there is one.
            self.counts.frames_read -= 1
            hello = Hello.decode(flags, request, payload)
            names = common(self._extensions, hello.ext, pair=FD in hello.ext)
            self.terms.agree(names, hello.limits, "the parent does not do that")
            self.terms.tracebacks = hello.wants_tracebacks
            if self.terms.meta:
                self._decoder.take_metadata()
            self._settle()
        else:
            self.terms.reason = "the parent knows no extensions: it is @procwire/core, or they are off"
            self._settle()
            self._take(id, flags, request, payload)

    def _settle(self) -> None:
        """What is in force does not change any more."""
        self._agreed = True
        agreeing, self._agreeing = self._agreeing, []
        for future in agreeing:
            if not future.done():
                future.set_result(None)

    @property
    def is_agreed(self) -> bool:
        """Whether it is known what is in force."""
        return self._agreed

    async def agreed(self) -> None:
        """Waits until it is known what is in force, as long as a first frame may take."""
        if self._agreed:
            return
        future: asyncio.Future[None] = self.loop.create_future()
        self._agreeing.append(future)
        with suppress(TimeoutError):
            async with asyncio.timeout(FIRST_FRAME_TIMEOUT):
                await future

    def _take(self, id: int, flags: int, request: int, payload: memoryview) -> None:
        if flags & RESPONSE:
            if flags & META:
                raise WireError("metadata", "an answer has metadata, which only requests and events may have")
            self.calls.answer(flags, request, payload)
        elif id >= ID_RESERVED:
            self._take_reserved(id, flags, request, payload)
        elif (
            not self._is_parent
            or self.terms.callbacks
            and (id in self.table.methods or self.table.missing(id) is not None)
        ):
            self.serving.request(id, flags, request, payload)
        elif not flags & META:
            self.subscriptions.publish(id, payload)
        elif event := split_event(id, flags, payload, self.counts):
            self.subscriptions.publish(id, *event)

    def _take_reserved(self, id: int, flags: int, request: int, payload: memoryview) -> None:
        if flags & META:
            raise WireError("metadata", f"a frame of the id {id:#06x} has metadata, only requests and events may")
        if id == ID_ABORT:
            self.serving.abort(request)
        elif id == ID_CREDIT and self.terms.credit:
            self.serving.credit(request, payload)
        elif id == ID_HELLO and self._extensions is not None:
            raise WireError("hello", "a hello came that is not the first frame")
        elif id != ID_AUTHENTICATE:
            raise WireError("reserved-id", f"a frame has the reserved id {id:#06x}, which means nothing here")
        # A token was taken before; a parent may send one to a child that wants none.

    # What the owner of the connection does.

    def send_event(self, id: int, payload: bytes, flags: int = 0) -> None:
        if not self.outbox.is_closed:
            self.outbox.send(id, TO_PARENT | flags, 0, payload)

    def report(self, message: str, error: Exception) -> None:
        """Tells the program of an error that nobody waits for."""
        self.loop.call_exception_handler({"message": message, "exception": error})

    def _reconsider(self) -> None:
        """Lets reading rest or go on: it rests for a stream that nobody reads, and while far too much is unwritten."""
        rests = self.calls.lag or self.outbox.rests
        if rests != self._rests and self._transport is not None:
            self._rests = rests
            if rests:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()

    def drain(self) -> None:
        """Takes the requests that lie in the socket already, and answers those after them `unavailable`."""
        socket = self._transport.get_extra_info("socket") if self._transport is not None else None
        if socket is not None:
            self.serving.drain(socket.fileno())

    def close(self, message: str) -> None:
        """Ends the connection from this side."""
        self._close(CloseReason("local", message))

    def _close(self, reason: CloseReason) -> None:
        self._reason = self._reason or reason
        if self._transport is not None:
            self.outbox.detach()
            self._transport.abort()

    def fail_all(self, error: ProcwireError) -> None:
        """Every call fails with this, live or new, and so does whoever waits for room."""
        self.calls.fail_all(error)
        self.outbox.close(error)

    def over(self, reason: CloseReason) -> ProcwireError:
        """What calls fail with where nothing better is known."""
        peer = "child" if self._is_parent else "parent"
        return ProcwireError(Code.UNAVAILABLE, f"the connection to the {peer} is over: {reason}")
