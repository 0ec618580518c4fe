"""Cross-validation: in each split what is chosen on the train rows is run over the tests, each a run of its own."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from enerqis.core.errors import StageError
from enerqis.core.tables import PATHS
from enerqis.engines.folds import span_of, splits_of
from enerqis.interfaces.cv import Split, paths
from enerqis.interfaces.engine import Job, Panel
from enerqis.interfaces.metric import Floats, Ints
from enerqis.interfaces.splitter import Splitter
from enerqis.quant.intervals import Interval
from enerqis.quant.moments import deviation, mean, quotient
from enerqis.quant.probability import minimum_track_record, probabilistic_sharpe
from enerqis.quant.returns import growth
from enerqis.quant.rounding import significant
from enerqis.quant.sharpe import PeriodSharpe
from enerqis.quant.track import track_record
from enerqis.validation.ground import Ground
from enerqis.validation.record import CONFIDENCE_FRACTION, named_figures

Bools = npt.NDArray[np.bool_]
SURE = ("probabilistic_sharpe_fraction", "minimum_track_record_sessions")
LEVELS = (5, 25, 50, 75, 95)
"""Percentiles of the distribution over paths."""


class Chosen(NamedTuple):
    """What a split runs over its tests.

    Parameters
    ----------
    job : Job
    in_sample : ndarray of shape (n_train_sessions,)
        Returns per session on the train sessions, of the run over the whole period.
    values : mapping
        Parameters that were chosen; empty where nothing was.
    """

    job: Job
    in_sample: Floats
    values: Mapping[str, Any]


Choose = Callable[[Bools], Chosen]
"""From the sessions that may be looked at, a mask over those of the whole run, to what is run over the tests."""


class Tested(NamedTuple):
    """One test fold of one split: its sessions and the returns in them."""

    sessions: Ints
    returns: Floats


@dataclass(frozen=True)
class CrossValidation:
    """The tests of all splits.

    Parameters
    ----------
    splits : tuple of Split
    chosen : tuple of Chosen
        One a split.
    tests : tuple of tuple of Tested
        For each split, one a test.
    per_year : float
        Sessions per year.
    """

    splits: tuple[Split, ...]
    chosen: tuple[Chosen, ...]
    tests: tuple[tuple[Tested, ...], ...]
    per_year: float
    parts: tuple[tuple[tuple[int, int], ...], ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", tuple(tuple((p.split, p.test) for p in path) for path in paths(self.splits)))

    def path_returns(self, path: int) -> Floats:
        """Return the returns per session along a path."""
        return np.concatenate([self.tests[split][test].returns for split, test in self.parts[path]])

    def tree(self) -> dict[str, Any]:
        """Return splits, paths, their distribution, and how much of what was seen in sample is left out of sample."""
        rows = [self._split_tree(number) for number in range(len(self.splits))]
        figures = [named_figures(self.path_returns(path), per_year=self.per_year) for path in range(len(self.parts))]
        distinct = len({self.path_returns(path).tobytes() for path in range(len(self.parts))})
        return {
            "splits": rows,
            "paths": figures,
            "distinct_paths": distinct,
            "out_of_sample": self._out_of_sample(figures),
            "distribution": _distribution(figures),
            "degradation": _degradation(rows),
        }

    def _out_of_sample(self, figures: Sequence[Mapping[str, float]]) -> dict[str, Any]:
        """Return how long all tests together are, and must be, along the path with the middle ratio (of two, the lower)."""
        known = sorted(
            (each["sharpe_ratio"], path) for path, each in enumerate(figures) if math.isfinite(each["sharpe_ratio"])
        )
        if not known:
            return {"sessions": len(self.path_returns(0)) if self.parts else 0, **dict.fromkeys(SURE, math.nan)}
        returns = self.path_returns(known[(len(known) - 1) // 2][1])
        track = track_record(returns)
        sure = (probabilistic_sharpe(track), minimum_track_record(track, confidence_fraction=CONFIDENCE_FRACTION))
        return {"sessions": len(returns), **dict(zip(SURE, sure, strict=True))}

    def table(self) -> pa.Table:
        """Return the growth of every path as `enerqis.core.tables.PATHS`, 12 significant digits."""
        columns: list[list[Any]] = [[], [], [], []]
        for number, path in enumerate(self.parts):
            folds = [self.tests[split][test] for split, test in path]
            values = growth(self.path_returns(number)).tolist()
            columns[0] += [number] * len(values)
            columns[1] += [place for place, fold in enumerate(folds) for _ in fold.sessions]
            columns[2] += [int(session) for fold in folds for session in fold.sessions]
            columns[3] += map(significant, values)
        types = (pa.int64(), pa.int64(), pa.int32(), pa.float64())
        arrays = [pa.array(values, kind) for values, kind in zip(columns, types, strict=True)]
        arrays[2] = arrays[2].cast(pa.date32())
        return pa.table(arrays, schema=PATHS)

    def _split_tree(self, number: int) -> dict[str, Any]:
        chosen, tests = self.chosen[number], self.tests[number]
        together = np.concatenate([each.returns for each in tests])
        return {
            "chosen": dict(chosen.values),
            "in_sample_sharpe_ratio": _ratio(chosen.in_sample, self.per_year),
            "in_sample_sessions": len(chosen.in_sample),
            "out_of_sample_sharpe_ratio": _ratio(together, self.per_year),
            "tests": [
                {
                    "first_session": int(each.sessions[0]),
                    "last_session": int(each.sessions[-1]),
                    "sharpe_ratio": _ratio(each.returns, self.per_year),
                    "total_return_fraction": float(np.prod(1.0 + each.returns) - 1.0),
                }
                for each in tests
            ],
        }


def cross_validate(job: Job, splitter: Splitter, ground: Ground, *, sessions: Ints, choose: Choose) -> CrossValidation:
    """Run what is chosen in each split over its tests.

    Parameters
    ----------
    job : Job
        The experiment; its panel is split.
    splitter : Splitter
        The scheme, with what the experiment declares.
    ground : Ground
    sessions : ndarray of shape (n_sessions,)
        Those of the run over the whole period, which masks are of.
    choose : callable
        Sees train sessions only; where a scheme has splits inside a train set, the tests of those.

    Raises
    ------
    StageError
        If the scheme does not fit the rows, or the engine refuses a run.
    """
    try:
        splits = splits_of(job.panel, splitter)
    except ValueError as exc:
        raise StageError(f"cv: {exc}") from exc
    known: dict[tuple[str, Interval], Tested] = {}
    chosen, tests = [], []
    for split in splits:
        choice = choose(seen(split, job.panel, sessions))
        chosen.append(choice)
        tests.append(tuple(_tested(choice, test, ground, known) for test in split.tests))
    return CrossValidation(splits, tuple(chosen), tuple(tests), ground.sessions_per_year)


def seen(split: Split, panel: Panel, sessions: Ints) -> Bools:
    """Return the sessions that a choice may look at: those of train rows, less any that a row of a test is in."""
    rows = [each for inner in split.inner for each in inner.tests] if split.inner else split.train
    looked_at = np.isin(sessions, _sessions_in(panel, rows))
    found: Bools = looked_at & ~np.isin(sessions, _sessions_in(panel, split.tests))
    return found


def _sessions_in(panel: Panel, intervals: Sequence[Interval]) -> Ints:
    return np.unique(np.concatenate([panel.session[first:last] for first, last in intervals]))


def _tested(chosen: Chosen, rows: Interval, ground: Ground, known: dict[tuple[str, Interval], Tested]) -> Tested:
    """Return a run over one test, the same one where it was made before."""
    key = (repr(sorted(chosen.values.items())), rows)
    if key not in known:
        equity = ground.run(replace(chosen.job, span=span_of(chosen.job, rows))).equity
        known[key] = Tested(*ground.returns(equity, chosen.job))
    return known[key]


def _ratio(returns: Floats, per_year: float) -> float:
    return PeriodSharpe(quotient(mean(returns), deviation(returns))).annual(per_year).value


def _distribution(figures: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    """Return percentiles of each figure over the paths, and the share of paths that lose."""
    if not figures:
        return {}
    percentiles = {}
    for name in figures[0]:
        values = [each[name] for each in figures if math.isfinite(each[name])]
        levels = np.percentile(values, LEVELS).tolist() if values else [math.nan] * len(LEVELS)
        percentiles[name] = {f"p{level:02d}": value for level, value in zip(LEVELS, levels, strict=True)}
    losing = sum(each["total_return_fraction"] < 0.0 for each in figures) / len(figures)
    return {"percentiles": percentiles, "losing_fraction": losing}


def _degradation(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the mean ratio in and out of sample over the splits that have both, how many have, and the share that lose."""
    pairs = [(row["in_sample_sharpe_ratio"], row["out_of_sample_sharpe_ratio"]) for row in rows]
    known = np.array([pair for pair in pairs if all(map(math.isfinite, pair))]).reshape(-1, 2)
    inside, outside = (float(each) for each in known.mean(axis=0)) if len(known) else (math.nan, math.nan)
    return {
        "in_sample_sharpe_ratio": inside,
        "out_of_sample_sharpe_ratio": outside,
        "kept_fraction": outside / inside if inside > 0.0 else math.nan,
        "judged_splits": len(known),
        "losing_splits_fraction": float(np.mean(known[:, 1] < 0.0)) if len(known) else math.nan,
    }
