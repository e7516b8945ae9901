"""Tasks that begin at once instead of with the next turn of the loop, which a short handler need not wait for."""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

MakeTask = Callable[[Coroutine[Any, Any, None], str], "asyncio.Task[None]"]


def eager(loop: asyncio.AbstractEventLoop) -> MakeTask:
    """What makes a task and lets it begin. To be called where no task runs, as in what a transport calls."""
    if sys.version_info >= (3, 12):
        return partial(_make_eager, loop)
    ready: object = getattr(loop, "_ready", None)
    if isinstance(ready, deque):
        return partial(_make_and_step, loop, ready)
    return partial(_make, loop)


def _make(loop: asyncio.AbstractEventLoop, run: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
    return asyncio.Task(run, loop=loop, name=name)


def _make_eager(loop: asyncio.AbstractEventLoop, run: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
    # mypy and pyright know the parameter from 3.12 on only.
    options: dict[str, Any] = {"eager_start": True}
    return asyncio.Task(run, loop=loop, name=name, **options)


def _make_and_step(
    loop: asyncio.AbstractEventLoop, ready: deque[asyncio.Handle], run: Coroutine[Any, Any, None], name: str
) -> asyncio.Task[None]:
    task = asyncio.Task(run, loop=loop, name=name)
    # The first step of the task is what the loop was asked for last. Where another thread asked for something right
    # then, that runs now, and the task with the next turn.
    ready.pop()._run()
    return task
