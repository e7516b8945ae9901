"""A parent in Python: `parent.py <folder> <worker> [arguments]` starts the worker and asks it for this and that."""

import asyncio
import sys
import time

from textsearch import SearchError, SearchErrorBadPattern, SearchErrorNoIndex, TextSearchClient

START = time.monotonic()


def line(call: str, kind: str, answer: str) -> None:
    """Prints what was asked, and what came of it."""
    elapsed = (time.monotonic() - START) * 1e3
    print(f"{elapsed:8.1f} ms  {call:<32}{kind:<8}{answer}".rstrip())


async def main(folder: str, worker: list[str]) -> None:
    async with TextSearchClient.spawn(worker) as library:
        line("spawn", "", "is ready")

        await library.log("Info", "a parent in Python is here")
        line('log(Info, "..")', "none", "")

        try:
            await library.summary("README.md")
        except SearchError as error:
            assert isinstance(error.data, SearchErrorNoIndex)
            line('summary("README.md")', "result", "declared error: NoIndex")

        progress = library.events.progress()
        plan = await library.index(folder, skip=["target", "node_modules", ".git", ".venv", "dist"])
        line("index(folder)", "ack", f"{plan.files} files, {plan.bytes} bytes")
        async for event in progress:
            line("", "event", f"progress: {event.done} of {event.total} files")
            if event.done == event.total:
                break

        hits = [hit async for hit in library.search("procwire", ignore_case=True, limit=3)]
        line('search("procwire", limit 3)', "stream", f"{', '.join(f'{hit.file}:{hit.line}' for hit in hits)}; end")

        summary = await library.summary("README.md")
        line('summary("README.md")', "result", f"{summary.lines} lines, {summary.words} words")

        try:
            async for _ in library.search("("):
                pass
        except SearchError as error:
            assert isinstance(error.data, SearchErrorBadPattern)
            line('search("(")', "stream", "declared error: BadPattern")

        async for hit in library.search("e"):
            line('search("e")', "stream", f"{hit.file}:{hit.line}; abort")
            break
        # The connection is as good as before.
        await library.summary("README.md")

        await library.shutdown()
        line("shutdown", "", "has ended")
        counts = library.peer.counts
        print(f"parent: {counts.frames_read} frames read, {counts.frames_written} frames written")


if len(sys.argv) < 3:
    sys.exit("usage: parent.py FOLDER WORKER [ARGUMENTS]")
asyncio.run(main(sys.argv[1], sys.argv[2:]))
