"""Which way a changed risk limit moves: looser, tighter, or in a way that its declaration cannot tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from enerqis.governance.side import Limits, Value

Direction = Literal["looser", "tighter", "untold"]

ACCOUNT_LOOSER: Mapping[str, Literal["up", "down"]] = {
    "execution.initial_margin_fraction": "down",
    "execution.maintenance_margin_fraction": "down",
}
"""Bounds of the account, which are knobs of the execution spec."""
ACCOUNT_WIDER: Mapping[str, tuple[Any, ...]] = {
    "execution.allow_short": (False, True),
    "execution.cash_shortfall": ("reject", "reduce", "allow"),
    "execution.stop_active_from": ("fill_bar", "next_bar"),
}
"""Choices that let the account do more, from least to most."""


class LimitMove(NamedTuple):
    """A limit that changed.

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


def limit_moves(
    old: Mapping[str, Value],
    new: Mapping[str, Value],
    *,
    declared: Mapping[str, Limits],
    redeclared: Mapping[str, Limits],
) -> Iterator[LimitMove]:
    """Yield every risk limit and every bound of the account that differs between two resolved experiments.

    Parameters
    ----------
    old, new : mapping of dotted key to Value
    declared, redeclared : mapping of limit kind to Limits
        What the old side and the new side say of their limits. The old side's directions count: a change cannot turn a
        loosening into a tightening by declaring it so.
    """
    kinds = sorted(_kinds(old) | _kinds(new))
    for kind in kinds:
        is_on = kind in _kinds(old, is_on=True), kind in _kinds(new, is_on=True)
        if is_on == (True, False):
            place = new.get(f"risk.{kind}")
            yield LimitMove(
                f"risk.{kind}", _of(old, kind), None, "looser", place.origin if place else "", "switched off"
            )
        elif is_on == (False, True):
            yield LimitMove(f"risk.{kind}", None, _of(new, kind), "tighter", _origin(new, kind), "switched on")
        elif is_on == (True, True):
            yield from _inside(kind, old, new, declared.get(kind), redeclared.get(kind))
    yield from _account(old, new)


def _inside(
    kind: str, old: Mapping[str, Value], new: Mapping[str, Value], before: Limits | None, after: Limits | None
) -> Iterator[LimitMove]:
    """Yield what differs in a limit that is on in both."""
    looser = before.looser if before else {}
    prefix = f"risk.{kind}."
    for key in sorted(each for each in {**old, **new} if each.startswith(prefix)):
        one, other = (side[key].value if key in side else None for side in (old, new))
        if one == other:
            continue
        origin = new[key].origin if key in new else ""
        direction = looser.get(key.removeprefix(prefix))
        if direction is None or not isinstance(one, int | float) or not isinstance(other, int | float):
            yield LimitMove(key, one, other, "untold", origin, "no direction is declared for it")
        else:
            is_looser = (other > one) == (direction == "up")
            yield LimitMove(key, one, other, "looser" if is_looser else "tighter", origin, f"loosens {direction}wards")
    if before and after and (before.looser, before.code) != (after.looser, after.code):
        what = "declares other directions" if before.looser != after.looser else "its code changed"
        yield LimitMove(f"risk.{kind}", before.code[:12], after.code[:12], "untold", "", f"{what}: read it")


def _account(old: Mapping[str, Value], new: Mapping[str, Value]) -> Iterator[LimitMove]:
    for key in (*ACCOUNT_LOOSER, *ACCOUNT_WIDER):
        if key not in old or key not in new or old[key].value == new[key].value:
            continue
        one, other = old[key].value, new[key].value
        if key in ACCOUNT_LOOSER:
            is_looser = (other > one) == (ACCOUNT_LOOSER[key] == "up")
        else:
            order = ACCOUNT_WIDER[key]
            is_looser = order.index(other) > order.index(one)
        why = "the account may hold more" if is_looser else "the account may hold less"
        yield LimitMove(key, one, other, "looser" if is_looser else "tighter", new[key].origin, why)


def is_limited(values: Mapping[str, Value]) -> bool:
    """Return whether any limit of a resolved experiment is on."""
    return bool(_kinds(values, is_on=True))


def _kinds(values: Mapping[str, Value], *, is_on: bool = False) -> set[str]:
    """Return the limit kinds of a resolved experiment, or those that are on."""
    found = {key.split(".")[1] for key in values if key.startswith("risk.")}
    return {kind for kind in found if not is_on or not _is_off(values, kind)}


def _is_off(values: Mapping[str, Value], kind: str) -> bool:
    return f"risk.{kind}" in values and values[f"risk.{kind}"].value is None


def _of(values: Mapping[str, Value], kind: str) -> dict[str, Any]:
    """Return the parameters of a limit that is on."""
    prefix = f"risk.{kind}."
    return {key.removeprefix(prefix): each.value for key, each in values.items() if key.startswith(prefix)}


def _origin(values: Mapping[str, Value], kind: str) -> str:
    return next((each.origin for key, each in values.items() if key.startswith(f"risk.{kind}.")), "")
