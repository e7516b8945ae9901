"""Our asynchronous client, generated from echo.ipc."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from echo import Bulk, EchoClient, Small

from load import NAME, SCORE, Settings, main


class Procwire:
    """The generated client."""

    def __init__(self, client: EchoClient) -> None:
        self.client = client
        self.worker = client.peer.pid

    async def small(self, number: int) -> int:
        return (await self.client.small(Small(id=number, name=NAME, score=SCORE))).id

    async def bulk(self, data: bytes) -> int:
        return len((await self.client.bulk(Bulk(data=data))).data)

    async def raw(self, data: bytes) -> int:
        return len(await self.client.blob(data))

    async def stream(self, items: int) -> int:
        arrived = 0
        async for item in self.client.items(items):
            arrived += item.id == arrived
        return arrived


@contextlib.asynccontextmanager
async def connect(settings: Settings) -> AsyncIterator[Procwire]:
    async with EchoClient.spawn(settings.worker) as client:
        yield Procwire(client)


main(connect)
