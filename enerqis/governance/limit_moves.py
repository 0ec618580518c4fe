"""Which way a changed risk limit moves: looser, tighter, or in a way that its declaration cannot tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from enerqis.governance.moves import Move, Way, moves_of_kind, moves_of_knobs
from enerqis.governance.side import Limits, Value

ACCOUNT: Mapping[str, Way | tuple[Any, ...]] = {
    "execution.initial_margin_fraction": "down",
    "execution.maintenance_margin_fraction": "down",
    "execution.allow_short": (False, True),
    "execution.cash_shortfall": ("reject", "reduce", "allow"),
    "execution.stop_active_from": ("fill_bar", "next_bar"),
}
"""Bounds of the account, which are knobs of the execution spec: what loosens each."""
WHY_ACCOUNT = ("the account may hold more", "the account may hold less")


def limit_moves(
    old: Mapping[str, Value],
    new: Mapping[str, Value],
    *,
    declared: Mapping[str, Limits],
    redeclared: Mapping[str, Limits],
) -> Iterator[Move]:
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
            yield Move(f"risk.{kind}", _of(old, kind), None, "looser", place.origin if place else "", "switched off")
        elif is_on == (False, True):
            yield Move(f"risk.{kind}", None, _of(new, kind), "tighter", _origin(new, kind), "switched on")
        elif is_on == (True, True):
            yield from moves_of_kind(f"risk.{kind}", old, new, declared.get(kind), redeclared.get(kind))
    yield from moves_of_knobs(old, new, ACCOUNT, why=WHY_ACCOUNT)


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
