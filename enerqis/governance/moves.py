"""One value that moved, and which way: what limits of risk and costs of trading say of a change in the same words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from enerqis.governance.side import Declared, Value

Direction = Literal["looser", "tighter", "untold"]
Way = Literal["up", "down"]


class Move(NamedTuple):
    """A limit, or a part of what trading costs, that changed.

    Parameters
    ----------
    key : str
        Dotted key of the resolved spec.
    old, new : JSON value
        None where the limit is off.
    direction : {"looser", "tighter", "untold"}
    origin : str
        Place that sets the new value.
    why : str
        One clause for people.
    beside : str
        Of a new experiment: the one that it is held against.
    """

    key: str
    old: Any
    new: Any
    direction: Direction
    origin: str
    why: str
    beside: str = ""


def moves_of_kind(
    prefix: str,
    old: Mapping[str, Value],
    new: Mapping[str, Value],
    before: Declared | None,
    after: Declared | None,
) -> Iterator[Move]:
    """Yield what differs in a kind that both sides have.

    Parameters
    ----------
    prefix : str
        Where its parameters stand: ``risk.stop_loss``.
    old, new : mapping of dotted key to Value
    before, after : Declared or None
        What the kind says of itself on the old side, whose directions count, and on the new one.
    """
    looser = before.looser if before else {}
    for key in sorted(each for each in {**old, **new} if each.startswith(f"{prefix}.")):
        one, other = (side[key].value if key in side else None for side in (old, new))
        if one == other:
            continue
        origin = new[key].origin if key in new else ""
        way = looser.get(key.removeprefix(f"{prefix}."))
        if way is None or not isinstance(one, int | float) or not isinstance(other, int | float):
            yield Move(key, one, other, "untold", origin, "no direction is declared for it")
        else:
            yield Move(key, one, other, _direction(one, other, way), origin, f"loosens {way}wards")
    if before and after and (before.looser, before.code) != (after.looser, after.code):
        what = "declares other directions" if before.looser != after.looser else "its code changed"
        yield Move(prefix, before.code[:12], after.code[:12], "untold", "", f"{what}: read it")


def moves_of_knobs(
    old: Mapping[str, Value],
    new: Mapping[str, Value],
    knobs: Mapping[str, Way | tuple[Any, ...]],
    *,
    why: tuple[str, str],
) -> Iterator[Move]:
    """Yield what differs in keys whose direction stands in a table.

    Parameters
    ----------
    old, new : mapping of dotted key to Value
    knobs : mapping of dotted key to {"up", "down"} or tuple
        Which direction of a number is looser, or the choices from the tightest to the loosest.
    why : tuple of str
        What is said of a looser one and of a tighter one.
    """
    for key, way in knobs.items():
        if key not in old or key not in new or old[key].value == new[key].value:
            continue
        one, other = old[key].value, new[key].value
        if not isinstance(way, str):
            one, other = way.index(one), way.index(other)
        direction = _direction(one, other, way if isinstance(way, str) else "up")
        yield Move(key, old[key].value, new[key].value, direction, new[key].origin, why[direction == "tighter"])


def _direction(one: float, other: float, way: Way) -> Direction:
    return "looser" if (other > one) == (way == "up") else "tighter"
