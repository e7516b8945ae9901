"""A worker that serves less than its parent calls."""

from less import LessWorker, Sum


class Desk(LessWorker):
    """A part of what the parent calls."""

    async def add(self, a: int, b: int) -> Sum:
        return Sum(sum=a + b)


if __name__ == "__main__":
    Desk().run()
