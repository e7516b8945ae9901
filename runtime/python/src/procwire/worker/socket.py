"""The socket that a worker listens on: a file in a fresh folder that only its user can enter.

The folder lives until the parent has connected, so that a running pair leaves nothing on disk.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import socket
import stat
import threading
import time
from itertools import islice

from ..constants import ADDRESS_SIZE

_PREFIX = "procwire-"
_SOCKET = "s"
_FOLDER = re.compile(rf"{_PREFIX}([1-9][0-9]{{0,9}})-[0-9a-fA-F]{{32}}", re.ASCII)
_STALE_AGE = 120.0
"""A folder younger than this may belong to a live worker whose pid another container cannot see."""
_SWEEP_ENTRIES = 10_000
"""How many entries of a shared folder a start looks at."""


class SocketFolder:
    """A socket's private folder."""

    def __init__(self, folder: str) -> None:
        self._folder: str | None = folder
        self.path = os.path.join(folder, _SOCKET)
        self._lock = threading.Lock()

    def remove(self) -> None:
        """Removes the socket and the folder, once; any thread may."""
        with self._lock:
            folder, self._folder = self._folder, None
        if folder is not None:
            _remove(folder)


def listen() -> tuple[socket.socket, SocketFolder]:
    """Listens in the first folder that takes a socket."""
    return listen_below(bases())


def listen_below(folders: list[str]) -> tuple[socket.socket, SocketFolder]:
    reasons: list[str] = []
    for base in folders:
        try:
            return _listen_in(base)
        except OSError as error:
            reasons.append(f"{base}: {error.strerror or error}")
    reason = "; ".join(reasons)
    raise OSError(f"no folder takes a socket ({reason}); set XDG_RUNTIME_DIR or TMPDIR to one that does")


def _listen_in(base: str) -> tuple[socket.socket, SocketFolder]:
    folder = os.path.join(base, f"{_PREFIX}{os.getpid()}-{secrets.token_hex(16)}")
    length = len(os.fsencode(folder)) + 1 + len(_SOCKET)
    if length >= ADDRESS_SIZE:
        raise OSError(f"a socket's path has fewer than {ADDRESS_SIZE} bytes, this would have {length}")
    # An existing entry of the name is an error here, so that nobody can have prepared the folder.
    os.mkdir(folder, 0o700)
    owned = SocketFolder(folder)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(owned.path)
        listener.listen()
        listener.setblocking(False)
    except BaseException:
        listener.close()
        owned.remove()
        raise
    return listener, owned


def sweep() -> None:
    """Removes what workers of this user left behind that were killed before their parent had connected."""
    for base in bases():
        sweep_folder(base)


def sweep_folder(base: str) -> None:
    with contextlib.suppress(OSError), os.scandir(base) as entries:
        for entry in islice(entries, _SWEEP_ENTRIES):
            owner = _owner(entry.name)
            if owner is None:
                continue
            with contextlib.suppress(OSError):
                status = entry.stat(follow_symlinks=False)
                old = time.time() - status.st_mtime >= _STALE_AGE
                if stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and old and _is_gone(owner):
                    _remove(entry.path)


def _owner(name: str) -> int | None:
    """The pid in the name of a socket's folder."""
    match = _FOLDER.fullmatch(name)
    return int(match[1]) if match else None


def _is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def _remove(folder: str) -> None:
    """Removes the socket and its folder, and nothing that somebody else put there."""
    with contextlib.suppress(OSError):
        os.unlink(os.path.join(folder, _SOCKET))
    with contextlib.suppress(OSError):
        os.rmdir(folder)


def remove_left_behind(path: str) -> None:
    """Removes the socket of a child that ended, if the path has the form of one.

    The path came from the child, so that nothing but a socket by such a name is touched.
    """
    folder = os.path.dirname(path)
    in_folder = _owner(os.path.basename(folder)) is not None
    if not in_folder and not os.path.basename(path).startswith(_PREFIX):
        return
    with contextlib.suppress(OSError, ValueError):
        if stat.S_ISSOCK(os.lstat(path).st_mode):
            os.unlink(path)
    if in_folder:
        with contextlib.suppress(OSError, ValueError):
            os.rmdir(folder)


def bases() -> list[str]:
    """The folders that may take a socket, the preferred one first."""
    folders = [os.environ[variable] for variable in ("XDG_RUNTIME_DIR", "TMPDIR") if os.environ.get(variable)]
    return list(dict.fromkeys([*folders, "/tmp"]))
