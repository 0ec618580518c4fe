"""What becomes looser from the last promotion to this one: limits, gates and rules of approval, as the audit log tells them.

Which way a change moves is decided where reviews decide it too (`enerqis.governance.limit_moves`, `gate_moves`, `rule_moves`).
What cannot be told counts as looser here: an approval has to name it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from enerqis.governance.gate_moves import EXPLAINED, gate_moves
from enerqis.governance.limit_moves import limit_moves
from enerqis.governance.rule_moves import APPROVERS, rule_moves
from enerqis.governance.side import Limits, Value

RULES = "approvers."
"""What the name of a rule of approval begins with."""


class Looser(NamedTuple):
    """One thing that lets more through than before, or may.

    Parameters
    ----------
    name : str
        ``risk.KIND.KEY``, ``risk.KIND``, ``execution.KEY``, ``gates.NAME.FIELD``, ``gates.NAME``,
        ``explained_rejects.DATASET.RULE`` or ``approvers.KEY``.
    old, new : str
        As people read it.
    """

    name: str
    old: str
    new: str

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.name}: {self.old} -> {self.new}"


def told_limits(spec: Mapping[str, Any], kinds: Mapping[str, Limits]) -> dict[str, Any]:
    """Return the limits of a resolved spec as the log tells them: their numbers, and what each kind that is on declares.

    Parameters
    ----------
    spec : mapping
        Slice of a backtest.
    kinds : mapping of kind to Limits
    """
    values: dict[str, Any] = {f"execution.{key}": value for key, value in spec["execution"].items()}
    for kind, params in spec["risk"].items():
        values |= {f"risk.{kind}.{key}": value for key, value in params.items()} if params else {f"risk.{kind}": params}
    is_on = [kind for kind, params in spec["risk"].items() if params is not None]
    return {"values": values, "kinds": {kind: kinds[kind].model_dump() for kind in sorted(is_on)}}


def looser_limits(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Looser]:
    """Yield every limit and bound of the account that is looser in `new`, both as `told_limits` returns them."""
    before, after = (
        {key: Value(value=value, origin="") for key, value in each["values"].items()} for each in (old, new)
    )
    declared, redeclared = (
        {kind: Limits.model_validate(each) for kind, each in side["kinds"].items()} for side in (old, new)
    )
    for move in limit_moves(before, after, declared=declared, redeclared=redeclared):
        if move.direction != "tighter":
            is_off = isinstance(move.old, dict) and move.new is None
            yield Looser(move.key, "on" if is_off else _shown(move.old), "off" if is_off else _shown(move.new))


def looser_gates(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Looser]:
    """Yield every gate of the file `old` that lets more through in the file `new`, both as plain JSON."""
    for move in gate_moves(old, new):
        if move.direction == "tighter":
            continue
        if move.gate.startswith(f"{EXPLAINED}."):
            name = move.gate
        else:
            name = f"gates.{move.gate}" + ("" if move.what in ("renamed", "removed") else f".{move.what}")
        yield Looser(name, _shown(move.old), _shown(move.new))


def looser_rules(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Looser]:
    """Yield every rule of approval of the file `old` that lets more through in the file `new`, both as plain JSON."""
    for move in rule_moves({APPROVERS: old}, {APPROVERS: new}):
        if move.direction != "tighter":
            yield Looser(
                f"{RULES}{move.key}", *("there" if isinstance(each, dict) else _shown(each) for each in move[2:4])
            )


def _shown(value: Any) -> str:
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
