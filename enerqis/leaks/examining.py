"""All leak tests on one experiment: its own bars, features, strategy and folds. Cut points by seed, bounded work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from enerqis.core.errors import StageError
from enerqis.engines.warmup import warmup_row
from enerqis.interfaces.cv import Split
from enerqis.interfaces.engine import BacktestResult, Floats, Ints, Panel
from enerqis.interfaces.feature import fit_bars
from enerqis.interfaces.indicator import IndicatorCall
from enerqis.interfaces.strategy import is_algorithm
from enerqis.leaks.chain import Chain, targets
from enerqis.leaks.fills import fill_findings
from enerqis.leaks.finding import Finding
from enerqis.leaks.folds import out_of_fold
from enerqis.leaks.foreknowledge import foreknown
from enerqis.leaks.futures import futures, part_of
from enerqis.leaks.labels import label_among_features, unpurged
from enerqis.leaks.look_ahead import Examined, Place, look_ahead
from enerqis.leaks.warm_up import warm_up

CUTS = 5
"""Cut points, by seed, one in each equal part of the bars after the first quarter."""

BEFORE_VALUES, AFTER_VALUES = 12_000, 4_000
"""Rows times assets looked at before and after a cut."""

SPLITS = 3
"""Splits whose tests are changed, by seed."""


class Leaks:
    """What the tests say of one experiment.

    Parameters
    ----------
    chain : Chain
    result : BacktestResult
        Of the experiment itself, on its own engine.
    splits : sequence of Split
        Of the experiment's scheme; empty without one.
    seed : int
    cuts : int
        Rows from which on the future is changed.
    """

    def __init__(
        self, chain: Chain, result: BacktestResult, *, splits: Sequence[Split], seed: int, cuts: int = CUTS
    ) -> None:
        self.chain, self.result, self.splits, self.seed, self.cuts = chain, result, splits, seed, cuts
        self.panel = chain.job.panel
        self.columns: set[str] = set()
        self.seen: set[str] = set()
        self.refused: list[str] = []

    def findings(self) -> tuple[Finding, ...]:
        """Return all findings; of a leak that others are made from, the first in the chain alone."""
        self.columns, self.seen, self.refused = set(), set(), []
        found = [*self._look_ahead(), *self._warm_up(), *fill_findings(self.chain.job, self.result)]
        found += [*self._foreknown(), *self._labels(), *self._folds()]
        return tuple(found)

    def tree(self) -> dict[str, Any]:
        """Return findings, how many columns were tested, and which ones the tests are blind on."""
        found = self.findings()
        return {
            "findings": [each.tree() for each in found],
            "columns": len(self.columns),
            "blind": sorted(self.columns - self.seen),
            "refused": self.refused,
            "cuts": self.cuts,
        }

    def _look_ahead(self) -> tuple[Finding, ...]:
        """Return what looks ahead at any of the cuts: the first link of the chain that does."""
        found: dict[str, Finding] = {}
        if is_algorithm(self.chain.job.strategy.module):
            self.refused.append("a plain zipline algorithm is not run again over other bars: that would take minutes")
            return ()
        for cut in cut_points(self.panel.ts.size, self.seed, self.cuts):
            try:
                examined = self._at(cut)
            except (StageError, ArithmeticError) as exc:  # plain Python raises where compiled code says NaN
                self.refused.append(f"bars changed from {cut} on: {exc}")
                continue
            self.seen |= examined.seen
            for each in examined.findings:
                found.setdefault(each.subject, each)
        return first_links(tuple(found.values()))

    def _at(self, cut: int) -> Examined:
        assets = len(self.panel.symbols)
        first = max(0, cut - BEFORE_VALUES // assets)
        panel = part_of(self.panel, first, min(self.panel.ts.size, cut + AFTER_VALUES // assets))
        whole = self.chain.columns(panel)
        self.columns |= set(whole)
        if self.chain.job.execution.last_bar == "close":  # what is sold at the end of a cut run is no look ahead
            whole.pop("the account")
        place = Place(panel.ts, panel.symbols, first)
        return look_ahead(self.chain.columns, whole, futures(panel, cut - first, seed=self.seed), place=place)

    def _warm_up(self) -> tuple[Finding, ...]:
        """Return the series, of features and of the strategy, that begin later and do not come to the same."""
        calls = {f"feature {name}": call for name, call in self.chain.calls(are_labels=False).items()}
        calls |= {f"series {name} of the {self.chain.strategy}": call for name, call in self.chain.declared.items()}
        found: list[Finding] = []
        for name, call in calls.items():
            warm = self.panel.ts.size // 2
            start = warmup_row(self.panel, [call], warm)
            if start > 0:
                found += self._started_at(name, call, start, warm)
        return first_links(found)

    def _started_at(self, name: str, call: IndicatorCall, start: int, warm: int) -> tuple[Finding, ...]:
        """Return whether a series that sees the bars from `start` on is at `warm` what it is with as many bars before."""
        first = max(0, start - (warm - start) - 1)
        part = part_of(self.panel, first, min(self.panel.ts.size, warm + AFTER_VALUES // len(self.panel.symbols)))
        later = self.chain.series(part, {name: call}, start - first)
        whole = self.chain.series(part, {name: call})
        return warm_up(later, whole, start - first, warm - first, place=Place(part.ts, part.symbols, first)).findings

    def _foreknown(self) -> tuple[Finding, ...]:
        """Return the columns that know the next return; labels are not among them."""
        said = {f"feature {name}": values for name, values in self.panel.features.items()}
        standing = _standing(targets(self.panel, self.result))
        return first_links(foreknown(self.panel, {**said, self.chain.strategy: standing}))

    def _labels(self) -> tuple[Finding, ...]:
        labels, known = self.chain.labels(self.panel)
        if not labels:
            return ()
        features = {f"feature {name}": values for name, values in self.panel.features.items()}
        named = {f"label {name}": instants for name, instants in known.items()}
        return (*label_among_features(self.panel, features, labels, known), *unpurged(self.panel, named, self.splits))

    def _folds(self) -> tuple[Finding, ...]:
        """Return the fitted scores that know a test in the train rows beside it: by what they declare, and by what they do."""
        declared = {name: bars for name, each in self.chain.features.items() if (bars := fit_bars(each.params))}
        calls = {
            f"feature {name}": call
            for name, call in self.chain.calls(are_labels=False).items()
            if name.partition(".")[0] in declared
        }
        if not calls or not self.splits:
            return ()
        begins = {name: fitted_since(self.panel, declared[name.split()[1].partition(".")[0]]) for name in calls}
        rng = np.random.default_rng(self.seed)
        chosen = sorted(rng.permutation(len(self.splits))[:SPLITS].tolist())
        some = [self.splits[number] for number in chosen]
        moved = out_of_fold(lambda panel, _: self.chain.series(panel, calls), self.panel, some, seed=self.seed)
        said = unpurged(self.panel, {}, self.splits, begins=begins)
        return tuple({each.subject: each for each in (*moved, *said)}.values())


def cut_points(n_bars: int, seed: int, count: int) -> tuple[int, ...]:
    """Return rows to change the future from: one in each of `count` equal parts of the bars after the first quarter."""
    edges = np.linspace(max(2, n_bars // 4), n_bars - 1, count + 1).astype(int)
    rng = np.random.default_rng(seed)
    pairs = zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    return tuple(int(rng.integers(low, high)) for low, high in pairs if high > low)


def first_links(found: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings of features where there are any, else those of series, of the strategy, of the account."""
    for link in ("feature", "series", "strategy", ""):
        each = tuple(finding for finding in found if finding.subject.startswith(link))
        if each:
            return each
    return ()


def fitted_since(panel: Panel, bars: int) -> Ints:
    """Return the close of the first bar of a window that ends at each row and holds that many bars of the asset.

    Where the asset has no bar, nothing is fitted, and it is the row's own close.
    """
    found: Ints = np.repeat(panel.ts[:, None], len(panel.symbols), axis=1)
    for asset in range(len(panel.symbols)):
        rows = np.flatnonzero(panel.ts_open[:, asset] >= 0)
        found[rows, asset] = panel.ts[rows[np.maximum(np.arange(rows.size) - bars + 1, 0)]]
    return found


def _standing(said: Floats) -> Floats:
    """Return what stands at each row: the last that was said; NaN before anything was."""
    rows = np.where(np.isnan(said), 0, np.arange(len(said))[:, None])
    found: Floats = np.take_along_axis(said, np.maximum.accumulate(rows, axis=0), axis=0)
    return found
