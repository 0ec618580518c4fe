"""A fold is a run of its own: a flat account over the rows of one test, indicators warm before it, nothing else carried."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from enerqis.engines.choosing import backtest
from enerqis.engines.configuration import calls_of
from enerqis.engines.warmup import warmup_row
from enerqis.interfaces.cv import Split
from enerqis.interfaces.engine import BacktestResult, Job, Panel, Span
from enerqis.interfaces.splitter import Splitter
from enerqis.quant.intervals import Interval


class Fold(NamedTuple):
    """One test of one split.

    Parameters
    ----------
    split, test : int
        Number of the split, and of the test in it: what a path names (`enerqis.interfaces.cv.paths`).
    train : tuple of Interval
        Rows of the panel that the split trains on.
    span : Span
        Rows of the panel that the test runs over, from the start of its warm-up on.
    """

    split: int
    test: int
    train: tuple[Interval, ...]
    span: Span


def splits_of(panel: Panel, splitter: Splitter) -> tuple[Split, ...]:
    """Return the splits of a panel, as ranges of its rows; every asset's bars count for the outcome of its own.

    Raises
    ------
    ValueError
        As `Splitter.intervals` does.
    """
    rows, assets = np.nonzero(panel.ts_open >= 0)
    return tuple(splitter.on(panel.ts[rows], symbols=assets.astype(np.int64)).instants())


def folds(job: Job, splits: Iterable[Split]) -> tuple[Fold, ...]:
    """Return every test of every split, in their order, as the job's strategy has to run over it."""
    spans: dict[Interval, Span] = {}
    found = []
    for number, split in enumerate(splits):
        for place, test in enumerate(split.tests):
            if test not in spans:
                spans[test] = span_of(job, test)
            found.append(Fold(number, place, split.train, spans[test]))
    return tuple(found)


def span_of(job: Job, rows: Interval) -> Span:
    """Return `rows` with the warm-up that the indicators of the job's strategy declare."""
    return Span(warmup_row(job.panel, calls_of(job).values(), rows[0]), *rows)


def over(job: Job, rows: Interval) -> Job:
    """Return the job over some rows of its panel, a test or a part of a train set.

    The account is flat at the close of the first row, where the first decision is made; what is held at the end is marked,
    or closed, as the execution spec says. A strategy's memory begins with the first decision. Indicators are warm, features
    are what they are at their row, the market before the first row is known.
    """
    return replace(job, span=span_of(job, rows))


def run_fold(job: Job, fold: Fold, *, cache_folder: Path) -> BacktestResult:
    """Run a job over one test; the equity of no row before it is in the result.

    Raises
    ------
    StageError
        As `enerqis.engines.choosing.backtest` does.
    """
    return backtest(replace(job, span=fold.span), cache_folder=cache_folder)
