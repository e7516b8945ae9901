"""Bytes and timestamps come back as they went, in each of their lengths and forms."""

from datetime import UTC, datetime, timedelta

from scenario import check, run, say, show, spawn

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
SIZES = [0, 1, 2, 3, 4, 8, 16, 17, 255, 256, 65535, 65536]
TIMES = [0, 1, 999, 1000, 1700000000123, 4294967295000, 4294967296000, 253402300799999, -1, -62135596800000]


async def parent() -> None:
    async with spawn() as desk:
        for size in SIZES:
            sent = b"\xc1" * size
            blob = await desk.blob(sent)
            check(blob.data == sent and blob.length == size, f"{size} bytes differ")
        say(show(await desk.blob(bytes([1, 2, 3]))))
        for ms in TIMES:
            moment = await desk.moment(EPOCH + ms * MILLISECOND)
            check(moment.at == EPOCH + ms * MILLISECOND, f"{ms} came back as {moment.at}")
        moment = await desk.moment(EPOCH + 1700000000123 * MILLISECOND)
        say(f"{(moment.at - EPOCH) // MILLISECOND} ms")


run(parent)
