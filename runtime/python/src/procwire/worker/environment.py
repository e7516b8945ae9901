"""What the parent says through the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass

from ..constants import DESCRIPTOR_VARIABLE, MODULE_VARIABLE, TOKEN_VARIABLE, VARIABLE_PREFIX


@dataclass(frozen=True)
class Environment:
    """What a parent of ours, or a published one, left for this process."""

    module_name: str | None
    """The name that the parent calls this worker by."""
    token: bytes | None
    """What the parent proves itself with; none is off."""
    descriptor: str | None
    """The end of a pair that the parent may have left, and its pid: `3:1234`."""

    @classmethod
    def take(cls) -> Environment:
        """Takes the variables out of the environment, since they are for this process and not for those it starts."""
        token = os.environb.get(TOKEN_VARIABLE.encode()) or None
        name = os.environ.get(MODULE_VARIABLE)
        descriptor = os.environ.get(DESCRIPTOR_VARIABLE)
        for variable in list(os.environ):
            if variable.startswith(VARIABLE_PREFIX):
                del os.environ[variable]
        return cls(name, token, descriptor)
