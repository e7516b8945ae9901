"""Who may be the parent: the first that shows the token, or without one the first of the same user."""

from __future__ import annotations

import asyncio
import hmac
import os
import socket
import struct

from ..constants import HEADER_LENGTH, ID_AUTHENTICATE, PENDING_PEER_TIMEOUT, PENDING_PEERS
from ..frame.header import unpack_header

_CREDENTIALS = struct.Struct("3i")


async def admit(listener: socket.socket, token: bytes | None) -> socket.socket:
    """Waits for the parent. Whoever fails is closed, and the listener goes on."""
    loop = asyncio.get_running_loop()
    trials: set[asyncio.Task[socket.socket | None]] = set()
    accepting: asyncio.Task[tuple[socket.socket, object]] | None = None
    try:
        while True:
            if accepting is None and len(trials) < PENDING_PEERS:
                accepting = asyncio.ensure_future(loop.sock_accept(listener))
            waited = {*trials, accepting} if accepting is not None else trials
            done, _ = await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            for trial in [trial for trial in trials if trial in done]:
                trials.remove(trial)
                admitted = trial.result()
                if admitted is not None:
                    return admitted
            if accepting in done:
                accepted, accepting = accepting, None
                try:
                    stranger, _ = accepted.result()
                except ConnectionAbortedError:
                    # The stranger was gone before it was accepted.
                    continue
                if token is not None:
                    trials.add(asyncio.ensure_future(_trial(stranger, token)))
                elif _is_same_user(stranger):
                    return stranger
                else:
                    stranger.close()
    finally:
        await _give_up(trials, accepting)


async def admit_pair(data: socket.socket, token: bytes | None) -> socket.socket | None:
    """Lets in who is at the other end of an inherited pair; `None` where the token is not shown."""
    # Nobody else can come in here, and so it takes as long as it takes.
    data.setblocking(False)
    try:
        if token is None or await _shows(data, token):
            return data
    except OSError:
        pass
    except BaseException:
        data.close()
        raise
    data.close()
    return None


async def _give_up(
    trials: set[asyncio.Task[socket.socket | None]], accepting: asyncio.Task[tuple[socket.socket, object]] | None
) -> None:
    for trial in trials:
        trial.cancel()
    for admitted in await asyncio.gather(*trials, return_exceptions=True):
        # Two may have shown the token at once; only one is the parent.
        if isinstance(admitted, socket.socket):
            admitted.close()
    if accepting is not None:
        accepting.cancel()
        for accepted in await asyncio.gather(accepting, return_exceptions=True):
            if isinstance(accepted, tuple):
                accepted[0].close()


async def _trial(stranger: socket.socket, token: bytes) -> socket.socket | None:
    try:
        async with asyncio.timeout(PENDING_PEER_TIMEOUT):
            if await _shows(stranger, token):
                return stranger
    except (TimeoutError, OSError):
        pass
    except BaseException:
        stranger.close()
        raise
    stranger.close()
    return None


async def _shows(stranger: socket.socket, token: bytes) -> bool:
    """Reads the first frame and no byte beyond it."""
    header = await _read_exactly(stranger, HEADER_LENGTH)
    if header is None:
        return False
    id, _, _, length = unpack_header(header)
    if id != ID_AUTHENTICATE or length != len(token):
        return False
    shown = await _read_exactly(stranger, length)
    return shown is not None and hmac.compare_digest(shown, token)


async def _read_exactly(stranger: socket.socket, count: int) -> bytes | None:
    loop = asyncio.get_running_loop()
    data = b""
    while len(data) < count:
        more = await loop.sock_recv(stranger, count - len(data))
        if not more:
            return None
        data += more
    return data


def _is_same_user(stranger: socket.socket) -> bool:
    """Root is let in too: a parent may have given up its rights for the child."""
    if not hasattr(socket, "SO_PEERCRED"):
        # The folder keeps other users out.
        return True
    data = stranger.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, user, _ = _CREDENTIALS.unpack(data)
    return user in (0, os.getuid())
