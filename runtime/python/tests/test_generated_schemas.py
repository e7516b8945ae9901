"""What generated code says of its schema: that fingerprints belong to the form, and that forms can be told together."""

# Tests look behind the names that programs use.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from test_generated import CASES, ids, load
from treaty import SAME

from procwire import stub_v1 as _p
from procwire.agreement import Interface, canonical, each_member, read
from procwire.connection import Table
from procwire.fingerprint import canonical_whole, fingerprint
from procwire.worker.told import merged

Prints = dict[tuple[str, str, str], str | None]
SCHEMAS = [case for case in CASES if "_SCHEMA = " in (case / "python.py").read_text(encoding="utf-8")]


def prints(interface: Interface) -> Prints:
    texts = {(kind, one.service, one.name): canonical(interface, one) for kind, one in each_member(interface)}
    return {key: text and fingerprint(text) for key, text in texts.items()}


def said(case: Path) -> tuple[_p.Service | _p.Callbacks, ...]:
    found = vars(load(case)).values()
    return tuple(one for one in found if isinstance(one, _p.Service | _p.Callbacks))


@pytest.mark.parametrize("case", SCHEMAS, ids=ids)
def test_fingerprints_are_those_of_the_form(case: Path) -> None:
    schema: Any = vars(load(case))["_SCHEMA"]
    found = prints(schema.interface)
    for described in said(case):
        assert described.schema is not None
        kind = "method" if isinstance(described, _p.Service) else "callback"
        for method in described.methods:
            assert method.fp == found[kind, described.name, method.wire]
        for event in described.events if isinstance(described, _p.Service) else ():
            assert event.fp == found["event", described.name, event.wire]
    members = ((kind, name, fp) for (kind, _, name), fp in found.items())
    assert schema.fingerprint == fingerprint(canonical_whole(members))


@pytest.mark.parametrize("case", SCHEMAS, ids=ids)
def test_a_form_that_is_told_behind_another_says_the_same(case: Path) -> None:
    schema: Any = vars(load(case))["_SCHEMA"]
    wanted = prints(schema.interface)
    services = {service for kind, service, _ in wanted if kind != "callback"}
    table = Table()
    table.announced_callbacks = {name: {} for kind, _, name in wanted if kind == "callback"}
    together = prints(read(merged([(SAME.schema, {"Desk"}), (schema, services)], table)))
    # One connection serves a name once, and the first counts.
    assert {key: fp for key, fp in wanted.items() if key[2] not in ("place", "filled")}.items() <= together.items()
    assert together["method", "Desk", "place"] == SAME.place.fp
