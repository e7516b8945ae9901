"""What two schemas are to each other, as the vectors have it: changes, clashes, fingerprints, and what is no form."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vectors import load

from procwire.agreement import (
    FormError,
    Interface,
    Members,
    TooEntangled,
    canonical,
    clashes,
    compare,
    each_member,
    read,
)
from procwire.agreement.verdict import Effect
from procwire.codec import Codec
from procwire.fingerprint import canonical_whole, fingerprint

TABLE = load("agreement.json")
FORMS = [side for pair in TABLE["pairs"] for side in (pair["old"], pair["new"])]


def named(kind: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in TABLE[kind]]


def effect(found: Effect) -> dict[str, str]:
    return {"effect": found.kind, "why": found.why} if found.why else {"effect": found.kind}


def whole(interface: Interface) -> str:
    found = ((kind, member.name, canonical(interface, member)) for kind, member in each_member(interface))
    return fingerprint(canonical_whole((kind, name, text and fingerprint(text)) for kind, name, text in found))


@pytest.mark.parametrize("case", named("pairs"))
def test_two_schemas_say_of_each_other_what_the_table_says(case: dict[str, Any]) -> None:
    old, new = read(case["old"]), read(case["new"])
    found = [
        {
            "rule": change.rule,
            "place": change.place,
            "message": change.message,
            "old_parent_new_worker": effect(change.old_parent_new_worker),
            "new_parent_old_worker": effect(change.new_parent_old_worker),
        }
        for change in compare(old, new)
    ]
    assert found == case["changes"]
    assert clashes(old, new, Members(**case["members"])) == case["clashes"]
    assert [whole(old), whole(new)] == case["fingerprints"]


@pytest.mark.parametrize("case", named("entangled"))
def test_what_has_no_end_in_sight_is_given_up(case: dict[str, Any]) -> None:
    one, other = read(case["form"]), read(case["form"])
    with pytest.raises(TooEntangled, match="the schemas are too entangled to compare"):
        clashes(one, other, Members(["a"]))


@pytest.mark.parametrize("case", TABLE["fingerprints"], ids=lambda case: str(case["pair"]))
def test_fingerprints_are_those_of_the_table(case: dict[str, Any]) -> None:
    pair = next(pair for pair in TABLE["pairs"] if pair["name"] == case["pair"])
    interface = read(pair["new"])
    texts: list[dict[str, str | None]] = []
    for kind, member in each_member(interface):
        text = canonical(interface, member)
        texts.append({"kind": kind, "name": member.name, "text": text, "fingerprint": text and fingerprint(text)})
    assert [found for found in texts if found in case["members"]] == case["members"]


@pytest.mark.parametrize("case", named("malformed"))
def test_what_is_no_form_is_refused_with_its_path(case: dict[str, Any]) -> None:
    with pytest.raises(FormError) as refused:
        read(case["form"])
    assert (refused.value.path, refused.value.message) == (case["path"], case["message"])
    where = f"{case['path']}: " if case["path"] else ""
    assert str(refused.value) == f"the schema: {where}{case['message']}"


def test_a_form_is_the_same_in_messagepack() -> None:
    codec = Codec[Any](Any)
    for form in FORMS:
        assert read(codec.decode(msgspec.msgpack.encode(form))) == read(json.loads(json.dumps(form)))


def test_bounds_of_what_another_process_may_send() -> None:
    many = {"ipc": 1, "types": [{"name": "T", "is": "u8"}] * 65_537}
    with pytest.raises(FormError, match="types: expected at most 65536 types"):
        read(many)
    event = {"service": "S", "name": "e"}
    with pytest.raises(FormError, match=r"events\[65536\]: expected at most 65536 methods, events and callbacks"):
        read({"ipc": 1, "events": [event] * 65_537})
    with pytest.raises(FormError, match=r"types\[0\]\.is\.tuple\[999999\]: expected at most 1000000 fields"):
        read({"ipc": 1, "types": [{"name": "T", "is": {"tuple": ["u8"] * 1_000_000}}]})
    with pytest.raises(FormError, match="package: expected at most 65536 bytes"):
        read({"ipc": 1, "package": "é" * 32_769})
    # It is looked at type by type, and not by descending: deeper than any stack.
    chain = [{"name": f"R{at}", "record": [{"name": "next", "type": at + 1}]} for at in range(9_999)]
    end = [{"name": "R9999", "record": [{"name": "end", "type": "u8"}]}]
    call = {"service": "S", "name": "call", "response": "result", "request": {"values": [0]}}
    one, other = (
        {"ipc": 1, "types": [*chain, last], "methods": [call]} for last in (end[0], {**end[0], "strict": True})
    )
    (found,) = compare(read(one), read(other))
    assert (found.rule, found.place) == ("strictness-changed", "R9999")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.sampled_from(["u8", "0", "1e9"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["is", "of", "list", "tuple", "record", "name", "type", "ext"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


def places(value: object) -> list[tuple[Any, Any]]:
    """Every list and map of a form, with each of its keys."""
    inside: Any = value
    keys: list[Any] = list(inside) if isinstance(value, dict) else []
    keys += range(len(inside)) if isinstance(value, list) else []
    found: list[tuple[Any, Any]] = [(inside, key) for key in keys]
    for key in keys:
        found += places(inside[key])
    return found


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_another_process_says_is_read_or_refused(data: st.DataObject) -> None:
    form = json.loads(json.dumps(data.draw(st.sampled_from(FORMS))))
    for _ in range(data.draw(st.integers(1, 3))):
        inside, key = data.draw(st.sampled_from(places(form)))
        inside[key] = data.draw(JSON)
    try:
        interface = read(form)
    except FormError:
        return
    other = read(data.draw(st.sampled_from(FORMS)))
    for one, two in ((interface, other), (other, interface), (interface, interface)):
        compare(one, two)
    for _, member in each_member(interface):
        canonical(interface, member)
