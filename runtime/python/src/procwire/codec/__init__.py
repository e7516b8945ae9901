"""The codec: values to MsgPack and back, as `runtime/vectors` says.

`Codec` is one type. Generated records derive of the classes in `types`, and their annotations are made of its markers;
msgspec reads them, and the tolerant reader reads what msgspec does not take.
"""

from msgspec.msgpack import Ext

from procwire.codec.codec import NOTHING, UNIT, Codec
from procwire.codec.error import DecodeError, EncodeError, Reason
from procwire.codec.timestamp import Timestamp
from procwire.codec.types import Record
from procwire.codec.unknown import Unknown

__all__ = [
    "NOTHING",
    "UNIT",
    "Codec",
    "DecodeError",
    "EncodeError",
    "Ext",
    "Reason",
    "Record",
    "Timestamp",
    "Unknown",
]
