"""A worker of ours has no file and no name; one in Node falls back to a path behind a shell."""

from collections.abc import Sequence
from pathlib import Path

from interop import InteropClient
from scenario import check, run, say, worker, worker_is_in_node

EXTENSIONS = ("fd", "meta", "callbacks", "credit")


def is_named(pid: int) -> bool:
    """Whether a socket of this process has a name, which it keeps when its file is gone."""
    return f"/procwire-{pid}-" in Path("/proc/net/unix").read_text()


async def served(name: str, how: str, line: list[str], extensions: Sequence[str] = EXTENSIONS) -> None:
    """Says how one worker was reached."""
    async with InteropClient.spawn(line, extensions=extensions) as desk:
        pid, total = await desk.pid(), (await desk.add(2, 3)).sum
        by_name = how == "by a name" or (how == "as it can" and worker_is_in_node())
        check(is_named(pid) == by_name, f"{name}: not {how}")
        say(f"{name}: {total}, {how}")


async def parent() -> None:
    await served("directly", "without a name", worker())
    # The shell stays, since it has something to do afterwards.
    await served("behind a shell", "as it can", ["sh", "-c", '"$@"; exit $?', "sh", *worker()])
    await served("without fd", "by a name", worker(), EXTENSIONS[1:])


run(parent)
