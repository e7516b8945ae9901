"""A service by hand, as a generator would print it; and a worker of it, when run as a program."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Iterator
from typing import Any

from procwire import stub_v1 as _p


class Add(_p.Params, frozen=True, kw_only=True, omit_defaults=True):
    a: _p.I32
    b: _p.I32


class Sum(_p.Record, frozen=True, kw_only=True, omit_defaults=True):
    sum: _p.I32


class Item(_p.Record, frozen=True, kw_only=True, omit_defaults=True):
    i: _p.U32
    pad: _p.Bytes


class Count(_p.Params, frozen=True, kw_only=True, omit_defaults=True):
    n: _p.U32
    fail: str | None = None


_ADD: _p.Method[Add, Sum] = _p.Method("add", "add", "result", "named", _p.Codec(Add), _p.Codec(Sum))
_COUNT: _p.Method[Count, Item] = _p.Method("count", "count", "stream", "named", _p.Codec(Count), _p.Codec(Item))
INTEROP = _p.Service("Interop", methods=(_ADD, _COUNT))


class InteropEvents(_p.Events):
    pass


class InteropClient(_p.Client[InteropEvents, dict[str, Any], Any]):
    _service = INTEROP
    _events = InteropEvents

    async def add(self, a: int, b: int) -> Sum:
        return await self._call(_ADD, Add(a=a, b=b))

    def count(self, n: int, *, fail: str | None = None) -> _p.Stream[Item]:
        return self._stream(_COUNT, Count(n=n, fail=fail))


class InteropWorker(_p.Worker[_p.Emit]):
    _service = INTEROP
    _emit = _p.Emit

    def add(self, a: int, b: int, *args: Any, **kwargs: Any) -> Awaitable[Sum] | Sum:
        raise NotImplementedError

    def count(self, n: int, fail: str | None = None, *args: Any, **kwargs: Any) -> AsyncIterator[Item] | Iterator[Item]:
        raise NotImplementedError


class Desk(InteropWorker):
    async def add(self, a: int, b: int) -> Sum:
        return Sum(sum=a + b)

    async def count(self, n: int, fail: str | None = None, *, cx: _p.Context[_p.Emit]) -> AsyncIterator[Item]:
        for i in range(n):
            yield Item(i=i, pad=b"a")
        if fail:
            raise RuntimeError(fail)


if __name__ == "__main__":
    Desk().run()
