"""Why two results differ: the components of their identities, followed into their inputs, and where the results part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from enerqis.compose.differences import ABSENT, Change, identity_changes
from enerqis.core.errors import EnerqisError, StageError
from enerqis.ingestion.manifest import read_manifest
from enerqis.io.project import Project
from enerqis.pipeline.lookup import input_of, require_one_stage
from enerqis.pipeline.results import Result, books
from enerqis.quant.comparison import compare
from enerqis.quant.divergence import Divergence, Tolerance

TO_THE_BIT = Tolerance(units=0.0, money=0.0)


@dataclass(frozen=True)
class Reasons:
    """What two results differ in.

    Parameters
    ----------
    changes : tuple of Change
        What differs in their identities; of an input, followed to what differs in its own.
    is_same_result : bool
        Whether the hashes of the results are the same.
    divergence : Divergence or None
        Of backtests: where they part; None for other stages, and where the tables are not there any more.
    missing : str
        Why there is no divergence; empty where there is one or none is needed.
    """

    changes: tuple[Change, ...]
    is_same_result: bool
    divergence: Divergence | None
    missing: str = ""


def reasons(project: Project, old: Result, new: Result) -> Reasons:
    """Return why two results of one stage differ.

    Raises
    ------
    StageError
        If they are results of different stages.
    """
    require_one_stage(old, new)
    changes = tuple(_changes(project, old, new, set()))
    if old.receipt["result_sha256"] == new.receipt["result_sha256"]:
        return Reasons(changes, True, None)
    if old.stage != "backtest":
        return Reasons(changes, False, None)
    try:
        return Reasons(changes, False, compare(books(old), books(new), TO_THE_BIT))
    except EnerqisError as exc:
        return Reasons(changes, False, None, f"the tables of one are not there: {exc}")


def _changes(project: Project, old: Result, new: Result, seen: set[str]) -> Iterator[Change]:
    """Yield what differs in two identities; a changed input is followed by what differs in it, each dataset once."""
    changes = identity_changes(old.receipt, new.receipt)
    inputs = {name: place for place, name in enumerate(old.module.INPUTS)}
    for change in sorted(changes, key=lambda each: inputs.get(each.name, 0) if each.component == "data" else 0):
        yield change
        if change.component == "data" and change.name in inputs and change.name not in seen:
            seen |= {"parquet", "processed"} if change.name in ("parquet", "processed") else {change.name}
            yield from _inside(project, old, new, change.name, seen)


def _inside(project: Project, old: Result, new: Result, name: str, seen: set[str]) -> Iterator[Change]:
    """Yield what differs in an input of two results, where both inputs are still there."""
    try:
        one, other = (input_of(project, each, name) for each in (old, new))
    except StageError:
        return
    for change in _changes(project, one, other, seen):
        yield change._replace(component=f"data: {name}: {change.component}")
    if name == "parquet":
        yield from _partitions(one, other)


def _partitions(old: Result, new: Result) -> Iterator[Change]:
    """Yield the partitions of bars that differ between two datasets."""
    one, other = (dict(read_manifest(each.path("processed")).partitions) for each in (old, new))
    for name in sorted({*one, *other}):
        if one.get(name) != other.get(name):
            hashes = [digests[name][:12] if name in digests else ABSENT for digests in (one, other)]
            yield Change("data: parquet: partition", name, *hashes)
