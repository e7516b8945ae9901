"""Deadlines that a peer is told: those that somebody named, the caller or the schema."""

from __future__ import annotations

import sys
from pathlib import Path

from treaty import DeskClient, DeskSyncClient

COMMAND = [sys.executable, str(Path(__file__).with_name("treaty.py")), "same"]
ENVIRONMENT = {"PYTHONPATH": str(Path(__file__).parents[1] / "src")}
ORDER = {"deadline": True}
NAMED = 20.0
"""What the schema says of one method, in seconds."""


async def test_the_time_that_a_schema_names_goes_along() -> None:
    async with DeskClient.spawn(COMMAND, env=ENVIRONMENT) as desk:
        assert 0 < (await desk.left() or 0) <= NAMED
        assert 0 < (await desk.with_options(timeout=10).left() or 0) <= 10
        assert await desk.with_options(timeout=None).left() is None
        # The usual 30 s were named by nobody.
        assert await desk.place(ORDER) is None


def test_the_synchronous_client_tells_it_too() -> None:
    with DeskSyncClient.spawn(COMMAND, env=ENVIRONMENT) as desk:
        assert 0 < (desk.left() or 0) <= NAMED
        assert desk.place(ORDER) is None


async def test_a_peer_without_metadata_is_told_nothing() -> None:
    async with DeskClient.spawn(COMMAND, env=ENVIRONMENT, extensions=()) as desk:
        assert await desk.left() is None
