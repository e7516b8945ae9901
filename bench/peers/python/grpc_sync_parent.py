"""The blocking client of grpcio over a Unix socket."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import grpc
from echo_pb2 import Bulk, Count, Small
from echo_pb2_grpc import EchoStub

from grpc_limits import LIMITS
from load import NAME, SCORE, Settings, main_sync, start_worker


class Grpc:
    """The generated stub."""

    def __init__(self, stub: EchoStub, worker: int) -> None:
        self.stub = stub
        self.worker = worker

    def small(self, number: int) -> int:
        return self.stub.EchoSmall(Small(id=number, name=NAME, score=SCORE)).id

    def bulk(self, data: bytes) -> int:
        return len(self.stub.EchoBulk(Bulk(data=data)).data)

    def raw(self, data: bytes) -> int:
        raise NotImplementedError

    def stream(self, items: int) -> int:
        arrived = 0
        for item in self.stub.Items(Count(items=items)):
            arrived += item.id == arrived
        return arrived


@contextlib.contextmanager
def connect(settings: Settings) -> Iterator[Grpc]:
    with start_worker(settings) as (path, worker), grpc.insecure_channel(f"unix:{path}", options=LIMITS) as channel:
        yield Grpc(EchoStub(channel), worker)


main_sync(connect)
