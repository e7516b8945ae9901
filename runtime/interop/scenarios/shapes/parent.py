"""Enums, maps, defaults and renamed fields arrive as the schema says."""

from interop import Odd, ShapeCircle, ShapeLine, ShapePoint
from msgspec.structs import replace
from scenario import run, say, show, spawn

from procwire import Unknown


async def parent() -> None:
    async with spawn() as desk:
        odd = Odd(
            side="Sell",
            shapes=[ShapePoint(), ShapeCircle(radius=1.5, filled=True), ShapeLine((3, -4))],
            names={"one": 1, "two": 2},
            limit=7,
            maybe="so",
            client_ref="c-1",
        )
        say(show(await desk.odd(odd)))
        # What a newer parent knows and we do not is kept as it came.
        square = Unknown("Square", bytes.fromhex("82a474797065a6537175617265a47369646502"))
        say(show(await desk.odd(replace(odd, side=Unknown("Hold"), shapes=[square]))))


run(parent)
