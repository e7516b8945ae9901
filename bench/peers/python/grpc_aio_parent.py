"""The client of grpcio's asyncio interface over a Unix socket."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import grpc.aio
from echo_pb2 import Bulk, Count, Small
from echo_pb2_grpc import EchoStub

from grpc_limits import LIMITS
from load import NAME, SCORE, Settings, main, start_worker


class Grpc:
    """The generated stub."""

    def __init__(self, stub: EchoStub, worker: int) -> None:
        self.stub = stub
        self.worker = worker

    async def small(self, number: int) -> int:
        return (await self.stub.EchoSmall(Small(id=number, name=NAME, score=SCORE))).id

    async def bulk(self, data: bytes) -> int:
        return len((await self.stub.EchoBulk(Bulk(data=data))).data)

    async def raw(self, data: bytes) -> int:
        raise NotImplementedError

    async def stream(self, items: int) -> int:
        arrived = 0
        async for item in self.stub.Items(Count(items=items)):
            arrived += item.id == arrived
        return arrived


@contextlib.asynccontextmanager
async def connect(settings: Settings) -> AsyncIterator[Grpc]:
    with start_worker(settings) as (path, worker):
        async with grpc.aio.insecure_channel(f"unix:{path}", options=LIMITS) as channel:
            yield Grpc(EchoStub(channel), worker)


main(connect)
