"""Our worker, generated from echo.ipc."""

from __future__ import annotations

from collections.abc import AsyncIterator

from echo import Bulk, EchoWorker, Small

from load import NAME, SCORE, choose_loop


class Echo(EchoWorker):
    """Gives back what it gets."""

    async def small(self, record: Small) -> Small:
        return record

    async def bulk(self, record: Bulk) -> Bulk:
        return record

    async def blob(self, payload: bytes) -> bytes:
        return payload

    async def items(self, items: int) -> AsyncIterator[Small]:
        for number in range(items):
            yield Small(id=number, name=NAME, score=SCORE)


choose_loop()
Echo().run()
