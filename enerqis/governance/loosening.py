"""Which limits and which gates become looser from one state of the project to another. A change is looser unless it is known
to be tighter: what cannot be told is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from enerqis.io.plugins import load, scan
from enerqis.spec.gates import LOOSER

Profile = Mapping[str, Mapping[str, Any] | None]
"""A resolved risk profile: the numbers of each limit that is on, by kind; None = off."""


class Looser(NamedTuple):
    """One number that lets more through than before.

    Parameters
    ----------
    name : str
        ``risk.KIND.KEY``, ``risk.KIND``, ``gates.NAME`` or ``explained_rejects.DATASET.RULE``.
    old, new : str
        As people read it.
    """

    name: str
    old: str
    new: str

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.name}: {self.old} -> {self.new}"


def directions(plugins: Path | None) -> dict[str, Mapping[str, str]]:
    """Return for each kind of limit the direction in which each of its numbers loosens it, as the plug-ins declare."""
    return {name: getattr(load(kind), "LOOSER", {}) for name, kind in scan("risk", plugins).items()}


def looser_limits(old: Profile, new: Profile, looser: Mapping[str, Mapping[str, str]]) -> Iterator[Looser]:
    """Yield every limit of `old` that is off or looser in `new`; a limit that is new only tightens."""
    for kind, before in sorted(old.items()):
        after = new.get(kind)
        if before is None:
            continue
        if after is None:
            yield Looser(f"risk.{kind}", "on", "off")
            continue
        for key in sorted(before.keys() | after.keys()):
            if _is_looser(before.get(key), after.get(key), looser.get(kind, {}).get(key, "either")):
                yield Looser(f"risk.{kind}.{key}", _shown(before.get(key)), _shown(after.get(key)))


def _is_looser(old: Any, new: Any, direction: str) -> bool:
    """Return whether a number moved the loosening way; None is no bound at all."""
    if old == new or old is None:
        return False
    if new is None or direction == "either":
        return True
    return bool(new > old if direction == "up" else new < old)


def looser_gates(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Looser]:
    """Yield every gate of the file `old` that lets more through in the file `new`, both as plain JSON.

    A gate of another name, value or comparison is another gate: the one that was there is gone.
    """
    for name, before in sorted(old["gates"].items()):
        after = new["gates"].get(name)
        shown = f"gates.{name}"
        if after is None:
            yield Looser(shown, "there", "gone")
            continue
        for key in ("value", "comparison"):
            if after[key] != before[key]:
                yield Looser(f"{shown}.{key}", before[key], after[key])
        if _is_looser_threshold(before, after):
            yield Looser(f"{shown}.threshold", _shown(before["threshold"]), _shown(after["threshold"]))
        if before["severity"] == "blocks" != after["severity"]:
            yield Looser(f"{shown}.severity", before["severity"], after["severity"])
        gone = [each for each in before["edges"] if each not in after["edges"]]
        if gone:
            yield Looser(f"{shown}.edges", ", ".join(before["edges"]), ", ".join(after["edges"]))
    yield from _looser_rejects(old, new)


def _is_looser_threshold(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    old, new = before["threshold"], after["threshold"]
    if isinstance(old, str) or isinstance(new, str):
        return bool(old != new)
    return _is_looser(old, new, LOOSER[before["comparison"]])


def _looser_rejects(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Looser]:
    allowed = {(each["dataset"], each["rule"]): each["most_rows_count"] for each in old["explained_rejects"]}
    for each in new["explained_rejects"]:
        before = allowed.get((each["dataset"], each["rule"]), 0)
        if each["most_rows_count"] > before:
            yield Looser(
                f"explained_rejects.{each['dataset']}.{each['rule']}", str(before), str(each["most_rows_count"])
            )


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
