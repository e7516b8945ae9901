"""Between this parent and its worker stands a program on the published packages, which hands its environment on."""

import os
from pathlib import Path

from back import BackClient, TradingCallbacks
from interop import InteropClient
from scenario import check, failure, run, say, show, worker


class Position(TradingCallbacks):
    """Is never asked."""

    async def position(self, account: str) -> int:
        return 1


async def served(auth: str) -> None:
    """Calls a worker through that program, which may give it a token of its own."""
    line = ["node", f"{os.getcwd()}/scenarios/between/middle.mjs", auth, *worker()]
    async with BackClient.spawn(line, callbacks=Position()) as back:
        desk = back.attach(InteropClient)
        pid = await desk.pid()
        check(pid != back.peer.pid, "nobody is between")
        environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        check(any(one.startswith(b"PROCWIRE_FD=") for one in environment), "nothing is inherited")
        check(f"/procwire-{pid}-" in Path("/proc/net/unix").read_text(), "its worker has no path")

        say(show(await desk.add(2, 3)))
        seen = back.events.seen()
        async for item in back.fill(3):
            say(item)
        say((await anext(seen)).text)
        callback = await failure(back.position("a"))
        check("trading.Position" in str(callback), callback)
        say(f"a callback: {callback.code}")
        metadata = await failure(back.with_options(metadata={"a": "b"}).depth(0))
        say(f"metadata: {metadata.code}")


async def parent() -> None:
    for auth in ("auth", "none"):
        await served(auth)


run(parent)
