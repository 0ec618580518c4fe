"""Which way acceptance gates move between two versions of their file; a gate removed or renamed is looser."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from enerqis.governance.moves import Direction
from enerqis.spec.gates import LOOSER, SEVERITIES, AcceptanceGates

GATES_FILE = ".cbr/acceptance_gates.yaml"
STRICTER: Mapping[str, str] = {"at_least": "above", "at_most": "below"}
"""Comparisons that differ only in the threshold itself: the right one is stricter."""
EXPLAINED = "explained_rejects"


class GateMove(NamedTuple):
    """A gate, or a row of explained rejects, that changed.

    Parameters
    ----------
    gate : str
        Its name; ``explained_rejects.DATASET.RULE`` for a row of those.
    what : str
        Field that differs, ``removed``, ``added`` or ``renamed``.
    old, new : JSON value
    direction : {"looser", "tighter", "untold"}
    """

    gate: str
    what: str
    old: Any
    new: Any
    direction: Direction


def gate_file_moves(old: Any, new: Any) -> Iterator[GateMove]:
    """Yield what changed between two contents of the file as somebody wrote them; of one that does not hold nothing is told."""
    if old != new and not (_holds(old) and _holds(new)):
        yield GateMove("(file)", "content", _presence(old), _presence(new), "untold")
    elif old != new:
        yield from gate_moves(old, new)


def _holds(content: Any) -> bool:
    """Return whether it is a file of gates, or none."""
    try:
        return content == {} or bool(AcceptanceGates.model_validate_json(json.dumps(content)))
    except (ValidationError, TypeError, ValueError):
        return False


def _presence(content: Any) -> str | None:
    return None if content == {} else "holds" if _holds(content) else "does not hold"


def gate_moves(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[GateMove]:
    """Yield what changed between two contents of the file, each plain data; an empty one has no gates."""
    before, after = old.get("gates") or {}, new.get("gates") or {}
    for name in before:
        if name not in after:
            twin = next((each for each in after if each not in before and after[each] == before[name]), None)
            yield GateMove(name, "renamed" if twin else "removed", _said(before[name]), twin, "looser")
        else:
            yield from _inside(name, before[name], after[name])
    for name in after:
        if name not in before:
            yield GateMove(name, "added", None, _said(after[name]), "tighter")
    yield from _explained(old, new)


def _inside(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[GateMove]:
    """Yield what differs in a gate of both sides; its reason is words only."""
    for field in ("value", "comparison", "unit", "threshold", "severity"):
        one, other = _field(old, field), _field(new, field)
        if one != other:
            yield GateMove(name, field, one, other, _direction(field, old, one, other))
    before, after = set(old.get("edges") or ()), set(new.get("edges") or ())
    for edge in sorted(before - after):
        yield GateMove(name, "edges", edge, None, "looser")
    for edge in sorted(after - before):
        yield GateMove(name, "edges", None, edge, "tighter")


def _direction(field: str, gate: Mapping[str, Any], old: Any, new: Any) -> Direction:
    if field == "severity":
        is_looser = SEVERITIES.index(new) > SEVERITIES.index(old)
        return "looser" if is_looser else "tighter"
    if field == "comparison":
        if STRICTER.get(old) == new:
            return "tighter"
        return "looser" if STRICTER.get(new) == old else "untold"
    looser = LOOSER.get(gate.get("comparison", "equals"), "either")
    if field != "threshold" or looser == "either" or not all(_is_number(each) for each in (old, new)):
        return "untold"
    return "looser" if (new > old) == (looser == "up") else "tighter"


def _explained(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[GateMove]:
    """Yield rows of rejected data that need an explanation no more, or again."""
    before, after = _rows(old), _rows(new)
    for key in sorted({*before, *after}):
        one, other = before.get(key), after.get(key)
        if one != other:
            is_looser = (other or 0) > (one or 0)
            yield GateMove(f"{EXPLAINED}.{key}", "most_rows_count", one, other, "looser" if is_looser else "tighter")


def _rows(content: Mapping[str, Any]) -> dict[str, int]:
    return {f"{each['dataset']}.{each['rule']}": each["most_rows_count"] for each in content.get(EXPLAINED) or ()}


def _field(gate: Mapping[str, Any], field: str) -> Any:
    return gate.get(field, "blocks" if field == "severity" else None)


def _said(gate: Mapping[str, Any]) -> str:
    return f"{gate.get('value')} {gate.get('comparison')} {gate.get('threshold')}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
