"""Asynchronous tests run on asyncio and on uvloop, with nothing left open and nothing unheard."""

from __future__ import annotations

import asyncio
import gc
import inspect
from collections.abc import Callable
from typing import Any

import pytest
import uvloop

LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop,
    "uvloop": uvloop.new_event_loop,
}
PATIENCE = 60.0
"""Seconds after which a test that waits has failed."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if inspect.iscoroutinefunction(metafunc.function):
        metafunc.fixturenames.append("loop_name")
        metafunc.parametrize("loop_name", list(LOOPS))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    function = pyfuncitem.obj
    if not inspect.iscoroutinefunction(function):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in inspect.signature(function).parameters}
    unheard: list[dict[str, Any]] = []

    async def run() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(context))
        async with asyncio.timeout(PATIENCE):
            await function(**arguments)

    name = str(pyfuncitem.callspec.params["loop_name"])
    with asyncio.Runner(debug=name == "asyncio", loop_factory=LOOPS[name]) as runner:
        runner.run(run())
    gc.collect()
    expected = pyfuncitem.get_closest_marker("unheard")
    messages = [str(context["message"]) for context in unheard]
    assert messages == (list(expected.args) if expected else []), unheard
    return True
