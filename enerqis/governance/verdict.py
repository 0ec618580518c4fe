"""The verdict on a change: everything a reviewer must know of it, as data. Rendering is elsewhere."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from enerqis.governance.figures import Figures
from enerqis.governance.gate_moves import GateMove
from enerqis.governance.moves import Move
from enerqis.governance.reruns import Rerun
from enerqis.governance.rule_moves import RuleMove

FORMAT = "enerqis/review/1"
NOTHING_LOOSENS, DOES_NOT_RESOLVE, LOOSENS, NOBODY_OWNS = 0, 3, 4, 5
"""Exit codes of `enerqis diff`; 1 is a comparison that could not be made, 2 wrong words."""

Status = Literal["changed", "added", "removed", "renamed"]


class ValueChange(NamedTuple):
    """A resolved value that differs: both values (``absent`` where a side has no such key), and the places that set them."""

    key: str
    old: Any
    new: Any
    old_origin: str
    new_origin: str
    meaning: str


class CodeChange(NamedTuple):
    """A module whose code differs, and the stages of the experiment that it reaches."""

    module: str
    what: Literal["changed", "added", "removed"]
    stages: tuple[str, ...]


class PinChange(NamedTuple):
    """A pinned package whose version differs, and the kinds of stages whose identity holds it."""

    package: str
    old: str
    new: str
    stages: tuple[str, ...]


class SchemaChange(NamedTuple):
    """A schema file that differs, and the keys in it that do."""

    file: str
    keys: tuple[str, ...]
    experiments: tuple[str, ...]


class Loosening(NamedTuple):
    """What a named person must agree to: what loosens, where it is set, whose it is by CODEOWNERS of the old side."""

    what: str
    where: str
    owners: tuple[str, ...]


@dataclass(frozen=True)
class Reviewed:
    """One experiment or dataset under review.

    Parameters
    ----------
    name : str
    old_name : str
        Another name on the old side, where it was renamed or two experiments are compared.
    status : {"changed", "added", "removed", "renamed"}
    values : tuple of ValueChange
    limits : tuple of Move
    costs : tuple of Move
        What trading and holding cost, and knobs by which orders fill more kindly.
    code : tuple of CodeChange
    stages : tuple of str
        Its stages that this change makes run again.
    figures : Figures or None
    """

    name: str
    status: Status
    old_name: str = ""
    values: tuple[ValueChange, ...] = ()
    limits: tuple[Move, ...] = ()
    costs: tuple[Move, ...] = ()
    code: tuple[CodeChange, ...] = ()
    stages: tuple[str, ...] = ()
    figures: Figures | None = None


@dataclass(frozen=True)
class Verdict:
    """What a change does.

    Parameters
    ----------
    old, new : str
        What is compared, in words.
    old_problems, new_problems : tuple of str
        Why a side does not resolve; nothing but files, gates and owners is known then. Where only the old one does not, the
        change mends it.
    experiments, datasets : tuple of Reviewed
        Those that the change reaches.
    untouched : int
        Experiments that it does not reach.
    reruns : tuple of Rerun
        Stages that the change makes run again.
    recorded : tuple of str
        Those of them that `dvc.lock` of the new side has recorded already: `dvc repro` does not run them.
    also_stale : tuple of Rerun
        Stages that `dvc repro` runs whatever the change does.
    gates : tuple of GateMove
    rules : tuple of RuleMove
    loosenings : tuple of Loosening
    flattering : tuple of Loosening
        Costs and fills that loosen, or may: said, and nobody's consent is asked beyond the review of the file.
    pins : tuple of PinChange
    schemas : tuple of SchemaChange
    owners : dict of str to list of str
        Changed files by owner.
    unowned : tuple of str
        Changed files that nobody owns.
    has_owners_file : bool
    judged_code : tuple of str
        Changed files of Python that ran while they were judged.
    is_of_runs : bool
        Whether two experiments or receipts are compared, not two states of the project.
    """

    old: str
    new: str
    old_problems: tuple[str, ...] = ()
    new_problems: tuple[str, ...] = ()
    experiments: tuple[Reviewed, ...] = ()
    datasets: tuple[Reviewed, ...] = ()
    untouched: int = 0
    reruns: tuple[Rerun, ...] = ()
    recorded: tuple[str, ...] = ()
    also_stale: tuple[Rerun, ...] = ()
    gates: tuple[GateMove, ...] = ()
    rules: tuple[RuleMove, ...] = ()
    loosenings: tuple[Loosening, ...] = ()
    flattering: tuple[Loosening, ...] = ()
    pins: tuple[PinChange, ...] = ()
    schemas: tuple[SchemaChange, ...] = ()
    owners: dict[str, list[str]] = field(default_factory=dict)
    unowned: tuple[str, ...] = ()
    has_owners_file: bool = False
    judged_code: tuple[str, ...] = ()
    is_of_runs: bool = False

    @property
    def exit_code(self) -> int:
        """What a CI goes by."""
        if self.new_problems:
            return DOES_NOT_RESOLVE
        if not self.loosenings and not self.flattering:
            return NOTHING_LOOSENS
        return LOOSENS if all(each.owners for each in self.loosenings) else NOBODY_OWNS

    @property
    def is_empty(self) -> bool:
        """Whether the change reaches no experiment, dataset, gate, rule, stage, pin or schema."""
        moves = (self.gates, self.rules, self.loosenings)
        parts = (self.experiments, self.datasets, self.reruns, self.pins, self.schemas)
        return not any((*moves, *parts)) and not self.old_problems and not self.new_problems

    def sentence(self) -> str:
        """Return the verdict in one line."""
        if self.new_problems:
            return f"{self.new} does not resolve: {_count(len(self.new_problems), 'problem')}"
        if self.old_problems:
            what = _count(len(self.old_problems), "problem")
            return f"{self.new} resolves, {self.old} did not ({what}): mended, and nothing to compare with"
        loose = len(self.loosenings)
        nobody = sum(not each.owners for each in self.loosenings)
        parts = [_count(loose, "loosening") + (f", {nobody} that nobody owns" if nobody else "")] if loose else []
        if self.flattering:
            parts.append(f"{_count(len(self.flattering), 'loosening')} of costs or fills")
        parts.append(_count(len(self.experiments), "experiment"))
        if self.datasets:
            parts.append(_count(len(self.datasets), "dataset"))
        to_run = len(self.reruns) - len(self.recorded)
        if self.is_of_runs:
            parts = [*parts[:-1], f"{_count(to_run, 'stage')} of another identity"]
        else:
            parts.append(
                f"{_count(to_run, 'stage')} to run" if to_run or not self.reruns else "all stages run, recorded"
            )
        return "; ".join(parts) if not self.is_empty else "changes nothing that is computed or held"

    def tree(self) -> dict[str, Any]:
        """Return the verdict as plain data, keys in a fixed order."""
        return {"format": FORMAT, "exit_code": self.exit_code, **_plain(self)}


def plain_values(reviews: Iterable[Reviewed]) -> list[tuple[Any, list[str]]]:
    """Return the distinct changes of values as `grouped` does, without those of limits that are told as such."""
    others = [
        dataclasses.replace(
            each, values=tuple(value for value in each.values if each.status == "added" or not _is_limit(value.key))
        )
        for each in reviews
    ]
    return grouped(others, "values")


def _is_limit(key: str) -> bool:
    return key.startswith("risk.")


def grouped(reviews: Iterable[Reviewed], part: str) -> list[tuple[Any, list[str]]]:
    """Return the distinct changes of a part (``values``, ``limits``, ``costs``, ``code``), each with its experiments."""
    found: dict[str, tuple[Any, list[str]]] = {}
    for review in reviews:
        for change in getattr(review, part):
            found.setdefault(repr(change), (change, []))[1].append(review.name)
    return list(found.values())


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in dataclasses.fields(value)}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {name: _plain(getattr(value, name)) for name in value._fields}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
