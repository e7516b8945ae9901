"""Programs of different versions of a schema: which of them work together, and what the others are told."""

# Tests look behind the names that programs use.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest
from treaty import (
    SAME,
    VERSIONS,
    DeskClient,
    DeskModuleClient,
    DeskModuleSyncClient,
    DeskSyncClient,
    MathHandlers,
    form,
)

import procwire
from procwire.connection import RemoteMethod
from procwire.parent.difference import Question
from procwire.worker.binding import SCHEMA

PROGRAM = str(Path(__file__).with_name("treaty.py"))
ENVIRONMENT = {"PYTHONPATH": str(Path(__file__).parents[1] / "src")}
TIMEOUT = 20.0

PLACE = "Order.price: f64 became string: a value of another type is refused"
UNSAID = "its schema differs from this program's in Desk.place, and it does not say how: "
NO_FORM = "its `$schema` cannot be used: the schema: "

REFUSED = {
    "text": f"its schema does not agree with this program's:\n    {PLACE}",
    "event": (
        "its schema does not agree with this program's:"
        "\n    Desk.filled: u32 became string: a value of another type is refused"
    ),
    "mute": f"{UNSAID}it has no `$schema`",
    "malformed": f"{UNSAID}{NO_FORM}types[0].is: expected at most 64 types that stand for each other",
    "deep": f"{UNSAID}its `$schema` cannot be used: ",
    "cut": f"{UNSAID}its `$schema` cannot be used: ",
    "never": f"{UNSAID}its `$schema` is not answered within ",
    "ends": f"{UNSAID}",
}


def command(how: str) -> list[str]:
    return [sys.executable, PROGRAM, how]


@pytest.fixture(autouse=True)
def impatient(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who answers never would keep a test as long as a worker may take to start."""
    if request.node.name.endswith("never]"):
        monkeypatch.setattr(Question, "left", 0.2)


def check(error: procwire.SpawnError, how: str) -> None:
    assert error.kind == "mismatch"
    assert error.message.startswith(f"worker `Desk` could not be started: {REFUSED[how]}"), error.message
    if how in ("text", "event", "mute", "malformed"):
        assert error.message.endswith(REFUSED[how]), error.message


@pytest.mark.parametrize("how", ["same", "any", "unknown"])
async def test_programs_that_can_work_together_do(how: str) -> None:
    async with DeskClient.spawn(command(how), env=ENVIRONMENT) as desk:
        assert await desk.place({"price": 1.5}) == 1.5
    with DeskSyncClient.spawn(command(how), env=ENVIRONMENT) as sync_desk:
        assert sync_desk.place({"price": 1.5}) == 1.5


@pytest.mark.parametrize("how", list(REFUSED))
async def test_others_are_refused_and_told_why(how: str) -> None:
    with pytest.raises(procwire.SpawnError) as refused:
        await DeskClient.spawn(command(how), env=ENVIRONMENT)
    check(refused.value, how)


@pytest.mark.parametrize("how", list(REFUSED))
def test_the_synchronous_client_says_the_same(how: str) -> None:
    with pytest.raises(procwire.SpawnError) as refused:
        DeskSyncClient.spawn(command(how), env=ENVIRONMENT)
    check(refused.value, how)


@pytest.mark.parametrize("how", ["text", "mute"])
async def test_whoever_wants_takes_them_as_they_are(how: str) -> None:
    async with DeskClient.spawn(command(how), check_schema=False, env=ENVIRONMENT) as desk:
        assert await desk.place({"price": 1.5}) == 1.5
    with DeskSyncClient.spawn(command(how), check_schema=False, env=ENVIRONMENT) as sync_desk:
        assert sync_desk.place({"price": 1.5}) == 1.5


async def test_callbacks_are_compared_where_they_are_answered() -> None:
    async with DeskClient.spawn(command("callback"), env=ENVIRONMENT) as desk:
        assert await desk.place({"price": 1.5}) == 1.5
    with pytest.raises(procwire.SpawnError) as refused:
        await DeskClient.spawn(command("callback"), callbacks=MathHandlers(), env=ENVIRONMENT)
    reason = "math.half: u32 became string: a value of another type is refused"
    assert refused.value.message.endswith(f"its schema does not agree with this program's:\n    {reason}")
    async with DeskClient.spawn(command("same"), callbacks=MathHandlers(), env=ENVIRONMENT) as desk:
        assert await desk.place({"price": 1.5}) == 1.5


async def test_a_client_of_a_module_checks_all_services() -> None:
    async with DeskModuleClient.spawn(command("module"), env=ENVIRONMENT) as module:
        assert await module.desk.place({"price": 1.5}) == 1.5
        ipc = module.peer._init.ipc
        assert ipc is not None
        assert (ipc.package, ipc.module, ipc.tool) == ("acme.desk", "Desk", "procwire 0.1.0")
    with pytest.raises(procwire.SpawnError) as refused:
        await DeskModuleClient.spawn(command("text"), name="Desk", env=ENVIRONMENT)
    check(refused.value, "text")
    with pytest.raises(procwire.SpawnError) as refused:
        DeskModuleSyncClient.spawn(command("text"), name="Desk", env=ENVIRONMENT)
    check(refused.value, "text")


async def test_a_worker_says_what_it_serves_and_no_more() -> None:
    async with DeskClient.spawn(command("same"), env=ENVIRONMENT) as desk:
        init = desk.peer._init
        assert init.methods["place"].fp == SAME.place.fp
        assert init.events["filled"].fp == SAME.filled.fp
        assert init.callbacks["math.half"].fp == SAME.half.fp
        assert init.ipc is not None
        assert (init.ipc.package, init.ipc.module) == ("acme.desk", None)
        # The package has another service, which this worker does not serve.
        assert init.ipc.fingerprint != SAME.schema.fingerprint
        remote = RemoteMethod("$schema", SCHEMA, init.methods["$schema"].id, TIMEOUT)
        _, answer = desk._connection.calls.begin(remote, remote.request.encode(None), TIMEOUT)
        expected = form()
        expected["methods"] = expected["methods"][1:]
        assert await cast("Any", answer) == expected


def test_nothing_is_loaded_where_all_agree() -> None:
    program = f"""
import asyncio, json, sys
sys.path.insert(0, {str(Path(PROGRAM).parent)!r})
from treaty import DeskClient, DeskSyncClient
for name in [name for name in sys.modules if name.startswith("procwire.agreement")]:
    del sys.modules[name]
loads, json.loads = json.loads, lambda text: seen.append(text) or loads(text)
seen = []
command = {command("same")!r}
async def main():
    async with DeskClient.spawn(command) as desk:
        assert await desk.place({{"price": 1.5}}) == 1.5
asyncio.run(main())
with DeskSyncClient.spawn(command) as desk:
    assert desk.place({{"price": 1.5}}) == 1.5
assert "procwire.agreement" not in sys.modules
assert all(b"$" in line for line in seen), seen
"""
    done = subprocess.run([sys.executable, "-c", program], env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_fingerprints_of_versions_differ_where_they_should() -> None:
    same = SAME.place.fp
    assert same is not None
    assert VERSIONS["event"].place.fp == same
    assert VERSIONS["text"].place.fp != same
    assert VERSIONS["unknown"].place.fp is None
    # The order of keys, and what a type is called, are not part of it.
    turned = json.loads(json.dumps(form()).replace("Order", "Request"))
    assert type(VERSIONS["same"])(turned).place.fp == same
