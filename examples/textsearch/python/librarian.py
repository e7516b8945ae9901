"""The service itself."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

from files import Found, TextFile, list_files, read
from textsearch import (
    Hit,
    Level,
    Plan,
    SearchError,
    SearchErrorBadPattern,
    SearchErrorNoFolder,
    SearchErrorNoIndex,
    SearchErrorUnknownFile,
    Summary,
    TextSearchEmit,
    TextSearchWorker,
)

from procwire import Context

REPORTS = 4
"""How often the reading tells of its progress."""


class Librarian(TextSearchWorker):
    """Knows the text files of one folder."""

    _index: asyncio.Task[list[TextFile]] | None = None

    async def index(self, folder: str, skip: list[str], *, cx: Context[TextSearchEmit]) -> Plan:
        try:
            found = await asyncio.to_thread(list_files, folder, skip)
        except OSError as error:
            raise SearchError(SearchErrorNoFolder(folder=folder, reason=str(error))) from error
        # The acknowledgement goes out now; events need no call that is under way.
        self._index = asyncio.create_task(read_all(found, cx.events))
        return Plan(files=len(found), bytes=sum(file.size for file in found))

    async def search(self, pattern: str, ignore_case: bool = False, limit: int | None = None) -> AsyncIterator[Hit]:
        files = await self._ready()
        try:
            expression = re.compile(pattern, re.IGNORECASE if ignore_case else 0)
        except re.error as error:
            raise SearchError(SearchErrorBadPattern(pattern=pattern, reason=str(error))) from error
        hits = 0
        try:
            for file in files:
                for at, line in enumerate(file.text.split("\n"), 1):
                    if expression.search(line):
                        hits += 1
                        yield Hit(file=file.name, line=at, text=line.rstrip())
                        if hits == limit:
                            return
        finally:
            # A stream that is left early, or has reached its limit, ends here.
            print(f"worker: the search for `{pattern}` ended after {hits} hits")

    async def summary(self, file: str) -> Summary:
        found = next((known for known in await self._ready() if known.name == file), None)
        if found is None:
            raise SearchError(SearchErrorUnknownFile(file))
        lines = found.text.splitlines()
        return Summary(
            lines=len(lines),
            words=len(found.text.split()),
            bytes=len(found.text.encode()),
            longest_line=max(map(len, lines), default=0),
            modified=found.modified,
        )

    async def log(self, level: Level, text: str) -> None:
        print(f"worker: {level}: {text}")

    async def _ready(self) -> list[TextFile]:
        """The index, once it is read."""
        if self._index is None:
            raise SearchError(SearchErrorNoIndex())
        return await asyncio.shield(self._index)


async def read_all(found: list[Found], events: TextSearchEmit) -> list[TextFile]:
    """Reads the files in as many parts as there are reports."""
    size = max(1, -(-len(found) // REPORTS))
    files: list[TextFile] = []
    for start in range(0, len(found), size):
        part = found[start : start + size]
        texts = await asyncio.to_thread(list, map(read, part))
        files.extend(text for text in texts if text is not None)
        await events.progress(done=start + len(part), total=len(found))
    return files
