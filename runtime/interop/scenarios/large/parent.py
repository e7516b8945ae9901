"""10 MB go there and back, as a value and as raw bytes."""

from scenario import check, run, say, spawn


async def parent() -> None:
    async with spawn() as desk:
        sent = bytes(i * 7 % 251 for i in range(10_000_000))
        blob = await desk.blob(sent)
        check(blob.data == sent, "the bytes of the value differ")
        say(f"{blob.length} bytes as a value")
        mirrored = await desk.mirror(sent)
        check(mirrored == sent, "the raw bytes differ")
        say(f"{len(mirrored)} raw bytes")


run(parent)
