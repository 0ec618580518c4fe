"""The values that gates look at, gathered from what the stages wrote: one number a name, and why one is missing.

It computes no statistic: K, the deflated ratio and the rest of the verdict are those that `report` wrote, from the recorded
trials. Only counts are made here, of findings, rows and differences.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from enerqis.quant.divergence import Divergence
from enerqis.spec.gate_values import FIXED, METRIC, RISK

Document = Mapping[str, Any]
TABLES = ("orders", "fills", "bars")


@dataclass(frozen=True)
class Documents:
    """What the stages of one experiment wrote; empty where a stage did not run.

    Parameters
    ----------
    report : mapping
        ``data/metrics/EXPERIMENT.json``: ``metrics`` and ``validation``.
    validate, parity : mapping
        ``validation.json`` and the table of parity.
    ingest : mapping
        The dataset's manifest.
    backtest : mapping
        The backtest's receipt.
    limits : mapping of str to float
        Numbers of the risk profile, ``KIND.KEY``.
    explained : mapping of str to int
        For each rule the rejected rows that a person looked at.
    """

    report: Document
    validate: Document
    parity: Document
    ingest: Document
    backtest: Document
    limits: Mapping[str, float] = field(default_factory=dict)
    explained: Mapping[str, int] = field(default_factory=dict)

    def of(self, stage: str) -> Document:
        """Return what a stage wrote."""
        found: Document = getattr(self, stage)
        return found


@dataclass(frozen=True)
class Values:
    """The numbers by name, and what else a reader of one should know.

    Parameters
    ----------
    numbers : mapping of str to float
    notes : mapping of str to str
        A sentence about a value: which rows, which finding, or why it is missing.
    ran : frozenset of str
        Stages that wrote something.
    """

    numbers: Mapping[str, float]
    notes: Mapping[str, str]
    ran: frozenset[str]

    def find(self, name: str) -> float | None:
        """Return a value; None where it is missing."""
        return self.numbers.get(name)

    def why_missing(self, name: str) -> str:
        """Return which stage would make a value that is missing, and what it lacks."""
        section, _, key = name.partition(".")
        if section == RISK:
            kind = key.partition(".")[0]
            return f"the risk profile has no limit '{kind}'. Switch {RISK}.{kind} on; stage 'resolve' then says it"
        if section == METRIC:
            return self._unwritten("report", "a metric that says it (conf/metric), and trades enough for it to exist")
        known = FIXED[name]
        stage = "validate" if section == "validation" and "validate" not in self.ran else known.stage
        return self.notes.get(name) or self._unwritten(stage, known.lacks)

    def _unwritten(self, stage: str, lacks: str) -> str:
        if stage not in self.ran:
            return f"stage '{stage}' makes it and did not run"
        return f"stage '{stage}' makes it where the experiment has {lacks or 'it'}; here it has not"


def gathered(documents: Documents) -> Values:
    """Return every value that the documents hold."""
    numbers: dict[str, float] = {}
    for name, known in FIXED.items():
        if known.path:
            _put(numbers, name, _at(documents.of(known.stage), known.path))
    for name, figure in documents.report.get("metrics", {}).items():
        _put(numbers, f"{METRIC}.{name}", figure)
    for name, limit in documents.limits.items():
        _put(numbers, f"{RISK}.{name}", limit)
    notes: dict[str, str] = {}
    for count in (_parity, _leaks, _data):
        for name, number, note in count(documents):
            _put(numbers, name, number)
            if note:
                notes[name] = note
    ran = frozenset(stage for stage in ("report", "validate", "parity", "ingest", "backtest") if documents.of(stage))
    return Values(numbers, notes, ran)


def _put(numbers: dict[str, float], name: str, value: Any) -> None:
    """Keep a value that is a finite number."""
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        numbers[name] = float(value)


def _at(tree: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        tree = tree.get(step) if isinstance(tree, Mapping) else None
    return tree


Counted = Iterator[tuple[str, int | None, str]]
"""Name, number and note of each value."""


def _parity(documents: Documents) -> Counted:
    table = documents.parity
    if table and table["divergence"] is None:
        refused = f"the engine {table['engines'][1]} cannot run this spec: {'; '.join(table['refused'])}"
        for name in ("parity.differing_count", "parity.max_equity_difference_fraction"):
            yield name, None, refused
    elif table:
        divergence = table["divergence"]
        first = next(Divergence.from_tree(divergence).lines(*table["engines"]), "")
        yield "parity.differing_count", sum(divergence[name]["differing"] for name in TABLES), first


def _leaks(documents: Documents) -> Counted:
    leaks = documents.validate.get("leaks")
    if leaks:
        sentences = [each["sentence"] for each in leaks["findings"]]
        yield "leak.findings_count", len(sentences), " ".join(sentences)
        untested = [*leaks["blind"], *leaks["refused"]]
        yield "leak.untested_count", len(untested), "; ".join(untested)


def _data(documents: Documents) -> Counted:
    manifest = documents.ingest
    if not manifest:
        return
    over = {
        rule: each["rejected"] - documents.explained.get(rule, 0)
        for rule, each in manifest["rules"].items()
        if each["rejected"] > documents.explained.get(rule, 0)
    }
    said = ", ".join(f"{rows} by rule '{rule}'" for rule, rows in sorted(over.items()))
    yield "data.unexplained_rejects_count", sum(over.values()), said
    symbols = manifest["symbols"].values()
    for name, key in (
        ("data.missing_sessions_count", "sessions_missing"),
        ("data.missing_bars_count", "bars_missing"),
        ("data.jumps_count", "jump_count"),
    ):
        yield name, sum(each[key] for each in symbols), ""
