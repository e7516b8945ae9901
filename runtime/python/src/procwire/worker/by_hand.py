"""What a person is told who starts a worker in a shell."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from .environment import Environment

_WRONG_USE = 2


def is_by_hand(environment: Environment) -> bool:
    """Whether no parent started this process: every parent gives a name and a pipe."""
    return environment.module_name is None or os.isatty(0)


def explain_and_exit(services: Sequence[str]) -> NoReturn:
    """Says what this program is, and leaves: nothing could be served."""
    print(explanation(sys.argv[0] or "this program", services), file=sys.stderr)
    raise SystemExit(_WRONG_USE)


def explanation(program: str, services: Sequence[str]) -> str:
    *most, last = services or ["nothing"]
    names = f"{', '.join(most)} and {last}" if most else last
    return (
        f"{program}: this is a worker: it serves {names} to the program that starts it, over pipes, and has nothing to "
        f'say to a terminal; start that program instead (in Python it says `spawn([sys.executable, "{program}"])`)'
    )
