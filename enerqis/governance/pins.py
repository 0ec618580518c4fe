"""Which pinned packages a change moves, and which stages take their version into their identity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from packaging.utils import canonicalize_name

from enerqis.governance.side import Side
from enerqis.governance.verdict import PinChange
from enerqis.governance.wording import ABSENT


def pin_changes(old: Mapping[str, str], new: Mapping[str, str], side: Side) -> Iterator[PinChange]:
    """Yield the packages whose pinned version differs; both mappings are of canonical name to version."""
    for name in sorted({*old, *new}):
        one, other = old.get(name, ABSENT), new.get(name, ABSENT)
        if one != other:
            yield PinChange(name, one, other, tuple(_stages(name, side)))


def _stages(package: str, side: Side) -> list[str]:
    """Return the kinds of stages whose environment holds a package."""
    found = set()
    for path, document in side.slices.items():
        if any(canonicalize_name(each) == package for each in side.environment.get(document.env_sha256, {})):
            folder, _, file = path.removeprefix("data/spec/").rpartition("/")
            found.add({"dataset": "ingest", "sweep": "sweep"}.get(folder, file.removesuffix(".json")))
    return sorted(found)
