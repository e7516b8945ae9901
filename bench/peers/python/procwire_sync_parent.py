"""Our blocking client, generated from echo.ipc."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from echo import Bulk, EchoClient, EchoSyncClient, Small

from load import NAME, SCORE, Settings, main_sync


class Procwire:
    """The generated client."""

    def __init__(self, client: EchoSyncClient) -> None:
        self.client = client
        self.worker = client.peer.pid

    def small(self, number: int) -> int:
        return self.client.small(Small(id=number, name=NAME, score=SCORE)).id

    def bulk(self, data: bytes) -> int:
        return len(self.client.bulk(Bulk(data=data)).data)

    def raw(self, data: bytes) -> int:
        return len(self.client.blob(data))

    def stream(self, items: int) -> int:
        arrived = 0
        for item in self.client.items(items):
            arrived += item.id == arrived
        return arrived


@contextlib.contextmanager
def connect(settings: Settings) -> Iterator[Procwire]:
    with EchoClient.spawn_sync(settings.worker) as client:
        yield Procwire(client)


main_sync(connect)
