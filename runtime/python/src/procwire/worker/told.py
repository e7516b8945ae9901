"""What a worker says of the schemas that it was generated from."""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from ..connection import Table
from ..constants import BUILTINS, TOOL
from ..control import Ipc
from ..fingerprint import canonical_whole, fingerprint
from ..schema import Schema

if TYPE_CHECKING:
    from .worker import Worker

Form = dict[str, Any]
Schemas = Sequence[tuple[Schema, set[str]]]
"""What a worker was generated from, with the services of each that it serves."""

_KINDS = ("methods", "events", "callbacks")


def ipc(schemas: Schemas, table: Table, module: str | None) -> Ipc | None:
    """What `$init` says of the schemas; `None` where nothing is known of any."""
    if not schemas:
        return None
    package = next((schema.package for schema, _ in schemas if schema.package is not None), None)
    return Ipc(_fingerprint(table), TOOL, package, module)


def _fingerprint(table: Table) -> str:
    """Of all members together; what is built in is no part of any schema."""
    kinds = {
        "method": table.announced_methods,
        "event": table.announced_events,
        "callback": table.announced_callbacks,
    }
    members = (
        (kind, name, cast("str | None", entry.get("fp")))
        for kind, entries in kinds.items()
        for name, entry in entries.items()
        if name not in BUILTINS
    )
    return fingerprint(canonical_whole(members))


def schemas_of(workers: Sequence[Worker[Any, Any]], module: Schema | None) -> Schemas:
    """What was generated, with the services of each that are served. A module's own describes them all."""
    if module is not None:
        return [(module, {worker._service.name for worker in workers})]
    found: dict[int, tuple[Schema, set[str]]] = {}
    for worker in workers:
        schema = worker._service.schema
        if schema is not None:
            found.setdefault(id(schema), (schema, set()))[1].add(worker._service.name)
    return list(found.values())


def merged(schemas: Schemas, table: Table) -> Form:
    """One form of all that is served: what others of a package serve would only be mistaken for it."""
    made: Form = {"ipc": 1, "types": []}
    known: dict[str, set[str]] = {kind: set() for kind in _KINDS}
    for schema, services in schemas:
        form = cast("Form", schema.form)
        if schema.package is not None:
            made.setdefault("package", schema.package)
        offset = len(made["types"])
        made["types"] += [_declared(declared, offset) for declared in form.get("types", ())]
        for kind in _KINDS:
            served = table.announced_callbacks if kind == "callbacks" else services
            key = "name" if kind == "callbacks" else "service"
            for member in form.get(kind, ()):
                if member[key] in served and member["name"] not in known[kind]:
                    known[kind].add(member["name"])
                    made.setdefault(kind, []).append(_member(member, offset))
        if form.get("reserved"):
            made.setdefault("reserved", []).extend(form["reserved"])
    return made


def _member(member: Form, offset: int) -> Form:
    """A method, an event or a callback whose types stand so much later."""
    made = dict(member)
    for key in ("request", "payload"):
        if key in made:
            made[key] = _payload(made[key], offset)
    if "answer" in made:
        made["answer"] = _type(made["answer"], offset)
    if "throws" in made:
        made["throws"] = [thrown + offset for thrown in made["throws"]]
    return made


def _declared(declared: Form, offset: int) -> Form:
    made = dict(declared)
    if "record" in made:
        made["record"] = [_field(field, offset) for field in made["record"]]
    if "enum" in made:
        made["enum"] = [_payload(variant, offset) for variant in made["enum"]]
    if "is" in made:
        made["is"] = _type(made["is"], offset)
    return made


def _field(field: Form, offset: int) -> Form:
    return {**field, "type": _type(field["type"], offset)}


def _payload(payload: Form, offset: int) -> Form:
    """What has fields or values: a payload, or a variant."""
    made = dict(payload)
    if "fields" in made:
        made["fields"] = [_field(field, offset) for field in made["fields"]]
    if "values" in made:
        made["values"] = [_type(value, offset) for value in made["values"]]
    return made


def _type(value: Any, offset: int) -> Any:
    match value:
        case int():
            return value + offset
        case {"list": inner}:
            return {"list": _type(inner, offset)}
        case {"nullable": inner}:
            return {"nullable": _type(inner, offset)}
        case {"tuple": elements}:
            return {"tuple": [_type(element, offset) for element in elements]}
        case {"map": pair}:
            return {"map": [_type(part, offset) for part in pair]}
        case {"of": inner}:
            return {**value, "of": _type(inner, offset)}
        case _:
            return value
