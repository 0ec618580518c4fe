"""Gates held against the values of a result: passed or failed, by how much, and what would have to change.

Pure: values in, verdicts out. A value that is missing fails its gate.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from enerqis.governance.gate_values import Values
from enerqis.io.hashing import digest
from enerqis.spec.gate_values import FIXED
from enerqis.spec.gates import EDGES, SEVERITIES, SYMBOLS, Comparison, Edge, Gate, Severity

GATES_DOMAIN = "enerqis/acceptance-gates/1"

HOLDS: Mapping[Comparison, Callable[[float, float], bool]] = {
    "at_least": operator.ge,
    "above": operator.gt,
    "at_most": operator.le,
    "below": operator.lt,
    "equals": operator.eq,
}
WORDS: Mapping[Comparison, str] = {
    "at_least": "at least",
    "above": "more than",
    "at_most": "at most",
    "below": "less than",
    "equals": "exactly",
}


class Verdict(NamedTuple):
    """What one gate says of one result.

    Parameters
    ----------
    name : str
        Of the gate.
    edges : tuple of str
        Promotions that it guards.
    severity : {"blocks", "asks", "warns"}
    value : str
        Name of what it looks at.
    found : float or None
        The value; None where it is missing.
    comparison : str
    threshold : float or None
        None where it is another value, and that is missing.
    threshold_from : str
        Name of that other value; empty where the threshold is written in the file.
    unit : str
    is_passed : bool
    reason : str
        Why the gate is there.
    explanation : str
        Value and threshold in a sentence.
    change : str
        What would have to change for it to pass; empty where it does.
    """

    name: str
    edges: tuple[Edge, ...]
    severity: Severity
    value: str
    found: float | None
    comparison: Comparison
    threshold: float | None
    threshold_from: str
    unit: str
    is_passed: bool
    reason: str
    explanation: str
    change: str

    def tree(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {**self._asdict(), "edges": list(self.edges)}


class EdgeVerdict(NamedTuple):
    """What all gates say of one promotion: it is passed where a gate guards it and none that blocks or asks fails."""

    is_passed: bool
    failed: tuple[str, ...]
    asked: tuple[str, ...]
    warned: tuple[str, ...]

    def tree(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {key: value if key == "is_passed" else list(value) for key, value in self._asdict().items()}


def evaluate(gates: Mapping[str, Gate], values: Values) -> tuple[Verdict, ...]:
    """Return the verdict of every gate, sorted by name."""
    return tuple(_verdict(name, gate, values) for name, gate in sorted(gates.items()))


def edges_of(verdicts: Sequence[Verdict]) -> dict[str, EdgeVerdict]:
    """Return what the gates say of every promotion; one that no gate guards is not passed."""
    found = {}
    for edge in EDGES:
        guards = [each for each in verdicts if edge in each.edges]
        failed, asked, warned = (
            tuple(each.name for each in guards if not each.is_passed and each.severity == severity)
            for severity in SEVERITIES
        )
        found[edge] = EdgeVerdict(bool(guards) and not failed and not asked, failed, asked, warned)
    return found


def gates_digest(gates: Mapping[str, Any], explained_rejects: Mapping[str, int]) -> str:
    """Return the hash of the gates as they are evaluated: plain JSON, so that comments and order in the file do not matter."""
    return digest(GATES_DOMAIN, {"gates": dict(gates), "explained_rejects": dict(explained_rejects)})


def _verdict(name: str, gate: Gate, values: Values) -> Verdict:
    found = values.find(gate.value)
    origin = gate.threshold if isinstance(gate.threshold, str) else ""
    threshold = values.find(gate.threshold) if isinstance(gate.threshold, str) else gate.threshold
    is_passed = found is not None and threshold is not None and HOLDS[gate.comparison](found, threshold)
    return Verdict(
        name=name,
        edges=gate.edges,
        severity=gate.severity,
        value=gate.value,
        found=found,
        comparison=gate.comparison,
        threshold=threshold,
        threshold_from=origin,
        unit=gate.unit,
        is_passed=is_passed,
        reason=gate.reason,
        explanation=_explanation(gate, found, threshold, origin),
        change="" if is_passed else _change(gate, found, threshold, values),
    )


def _explanation(gate: Gate, found: float | None, threshold: float | None, origin: str) -> str:
    has = "is missing" if found is None else f"is {shown(found)}"
    wants = "a threshold that is missing" if threshold is None else f"{WORDS[gate.comparison]} {shown(threshold)}"
    source = f" ({origin})" if origin else ""
    return f"{gate.value} {has}; wanted: {wants}{source}."


def _change(gate: Gate, found: float | None, threshold: float | None, values: Values) -> str:
    """Return what would have to change for a gate that fails."""
    missing = [gate.value] if found is None else []
    if threshold is None and isinstance(gate.threshold, str):
        missing.append(gate.threshold)
    if missing or found is None or threshold is None:
        return " ".join(f"{name}: {values.why_missing(name)}." for name in missing)
    return " ".join(part for part in (_gap(gate.comparison, found, threshold), _note(gate.value, values)) if part)


def _gap(comparison: Comparison, found: float, threshold: float) -> str:
    """Return by how much a value that is there would have to move."""
    gap = f"{abs(threshold - found):.6g}"
    verb = "rise" if threshold >= found and comparison not in ("below", "at_most") else "fall"
    if comparison in ("above", "below"):
        return f"It would have to {verb} by more than {gap}."
    return f"It would have to {verb} by {gap}{'' if comparison == 'equals' else ' or more'}."


def _note(value: str, values: Values) -> str:
    """Return what is known about a value that fails, and what moves it."""
    moves = FIXED[value].moves if value in FIXED else ""
    said = values.notes.get(value, "")
    return " ".join(f"{each[:1].upper()}{each[1:].rstrip('.')}." for each in (said, moves) if each)


def shown(number: float) -> str:
    """Return a number as an explanation writes it: six significant digits, more where it is told apart by later ones only."""
    short = f"{number:.6g}"
    return short if float(short) == number else f"{number:.12g}"


def formula(gate: Gate) -> str:
    """Return a gate as a line of a formula, such as ``metric.sharpe_ratio >= 1``."""
    threshold = gate.threshold if isinstance(gate.threshold, str) else shown(gate.threshold)
    return f"{gate.value} {SYMBOLS[gate.comparison]} {threshold}"
