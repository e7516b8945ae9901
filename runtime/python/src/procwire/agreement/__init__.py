"""What two versions of a schema are to each other: forms, fingerprints, and what a change breaks and for whom.

Nothing here is loaded for a start whose fingerprints agree.
"""

from .canonical import canonical, each_member
from .compare import TooEntangled
from .form import FormError, read
from .interface import Interface
from .members import Members, clashes, compare, compare_members

__all__ = [
    "FormError",
    "Interface",
    "Members",
    "TooEntangled",
    "canonical",
    "clashes",
    "compare",
    "compare_members",
    "each_member",
    "read",
]
