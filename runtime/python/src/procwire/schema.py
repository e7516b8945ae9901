"""What a program was generated from, as it tells others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .agreement import Interface


class Schema:
    """A schema in its interchange form. Nobody reads the form unless two programs differ, or somebody asks."""

    __slots__ = ("_form", "_interface", "fingerprint", "package")

    def __init__(self, form: str, *, package: str | None = None, fingerprint: str) -> None:
        """From the text that generated code carries."""
        self._form = form
        self._interface: Interface | None = None
        self.package = package
        """The package, where the schema names one."""
        self.fingerprint = fingerprint
        """Of all members together."""

    @property
    def form(self) -> object:
        """The form as a value."""
        return json.loads(self._form)

    @property
    def interface(self) -> Interface:
        """What the form says. Raises `ValueError` where the text is none."""
        if self._interface is None:
            from .agreement import read

            self._interface = read(self.form)
        return self._interface


schema = Schema
"""The schema of a generated file."""
