"""Reads payloads from the standard input and tells for each what comes of it, as `tests/differential/peer.rs` says."""

import struct
import sys
import traceback

from payloads import PAYLOADS

from procwire.codec import DecodeError

TAKEN = 0
REFUSED = 1
HARMED = 2


def judge(place: int, payload: bytes) -> tuple[int, bytes]:
    """The verdict on a payload, as the type of this place."""
    codec = PAYLOADS.methods[place].request
    try:
        value = codec.decode(payload)
        return TAKEN, codec.encode(value)
    except DecodeError as error:
        return REFUSED, f"{error.reason}\n{error}".encode()
    except BaseException:  # noqa: BLE001, nothing else may come out of a codec
        return HARMED, traceback.format_exc().encode()


def main() -> None:
    """Answers until the input ends."""
    read, write = sys.stdin.buffer.read, sys.stdout.buffer.write
    while head := read(6):
        place, length = struct.unpack(">HI", head)
        verdict, body = judge(place, read(length))
        write(struct.pack(">BI", verdict, len(body)) + body)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
