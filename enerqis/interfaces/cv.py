"""The cross-validation interface: from the rows of an experiment to train and test ranges, nothing computed on them.

A scheme is one file with ``class XParams(CvParams)`` and

``splits(params, timeline) -> Iterator[Split]``
    lazily, in order; every range is of instants of the timeline. The scheme lays out tests and windows; who may be trained on
    beside a test is `enerqis.quant.purging`'s to say.
``n_splits(params) -> int | None``
    how many; None where it depends on the rows.

A scheme that purges derives its Params from `PurgedParams`, one that trains after a test too from `EmbargoedParams`. What they
leave open comes from the experiment's declarations, its `Reach`; less than that is refused before anything is computed.

Law: train and test share no instant, no train row's outcome meets a test's span, every test has something to train on, the
same rows give the same splits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, NamedTuple

from pydantic import Field

from enerqis.core.units import NANOSECONDS_PER_SECOND, Bars, BarsOrNone
from enerqis.interfaces.feature import fit_bars, horizon_bars
from enerqis.quant.intervals import Interval
from enerqis.quant.timeline import Gap, Timeline
from enerqis.quant.windows import walked
from enerqis.spec.base import Spec
from enerqis.spec.execution import Execution

Hours = Annotated[float, Field(ge=0.0, le=1_000_000.0)]
NANOSECONDS_PER_HOUR = 3600 * NANOSECONDS_PER_SECOND
NONE = "none"
"""The kind that splits nothing."""


class CvParams(Spec):
    """Base of every scheme's Params; subclasses add the literal ``kind``."""


class PurgedParams(CvParams):
    """A scheme that leaves rows between train and test out."""

    purge_bars: BarsOrNone | None = Field(
        None, description="bars after a decision until its outcome is known; null = what features and limits declare"
    )
    purge_hours: Hours = Field(
        0.0, description="hours after a decision until its outcome is known, where that is later"
    )


class WalkedParams(PurgedParams):
    """A scheme of tests that follow each other, each after the window it trains on."""

    train_bars: Bars = Field(
        504, description="bars of a train window, of the first one where anchored; purge not counted"
    )
    test_bars: Bars = Field(63, description="bars of each test")
    is_anchored: bool = Field(False, description="train windows begin at the first bar and grow, instead of rolling")
    is_last_kept: bool = Field(False, description="also test the bars left over at the end, fewer than test_bars")


class EmbargoedParams(PurgedParams):
    """A scheme that also trains on rows after a test."""

    embargo_bars: BarsOrNone | None = Field(
        None,
        description="bars that a row after a test must lie behind it, by its symbol; null = the longest fit window",
    )
    embargo_hours: Hours = Field(
        0.0, description="hours after a test's last outcome that are not trained on, where that is longer"
    )


class Reach(NamedTuple):
    """How far the declarations of an experiment reach from one bar.

    Parameters
    ----------
    horizon_bars : int
        Bars after a decision until its outcome is known.
    fit_bars : int
        Bars before it that the fitted scores rest on.
    """

    horizon_bars: int = 0
    fit_bars: int = 0


NO_REACH = Reach()
"""Of an experiment that declares nothing."""


def horizons(features: Mapping[str, Spec], limits: Mapping[str, Spec], execution: Execution) -> dict[str, int]:
    """Return what says how many bars after a decision its outcome is known: the key of the spec, and the bars.

    Parameters
    ----------
    features : mapping of name to FeatureParams
        A label counts by its ``horizon_bars``.
    limits : mapping of kind to LimitParams
        Those that are on. A ``max_held_bars`` bounds the outcome of a decision: it fills ``1 + latency_bars`` bars later, is
        held that long, the bar of the fill included, and is closed ``1 + latency_bars`` bars after that.
    execution : Execution
    """
    found = {f"feature.{name}.horizon_bars": horizon_bars(each) for name, each in features.items()}
    for kind, each in limits.items():
        held = getattr(each, "max_held_bars", 0)
        found[f"risk.{kind}.max_held_bars"] = held + 1 + 2 * execution.max_latency_bars if held else 0
    return {key: bars for key, bars in found.items() if bars}


def fit_windows(features: Mapping[str, Spec]) -> dict[str, int]:
    """Return what says how many bars a fitted score rests on: the key of the spec, and the bars."""
    return {f"feature.{name}.fit_bars": bars for name, each in features.items() if (bars := fit_bars(each))}


def reach(features: Mapping[str, Spec], limits: Mapping[str, Spec], execution: Execution) -> Reach:
    """Return how far an experiment reaches: the longest of its `horizons`, and of its `fit_windows`."""
    return Reach(
        horizon_bars=max(horizons(features, limits, execution).values(), default=0),
        fit_bars=max(fit_windows(features).values(), default=0),
    )


def gaps(params: CvParams, declared: Reach) -> tuple[Gap, Gap]:
    """Return purge and embargo of a scheme: what it says, else what is declared."""
    purge = _gap(params, "purge", declared.horizon_bars)
    return purge, _gap(params, "embargo", declared.fit_bars)


def _gap(params: CvParams, name: str, declared: int) -> Gap:
    bars = getattr(params, f"{name}_bars", None)
    hours = getattr(params, f"{name}_hours", 0.0)
    return Gap(declared if bars is None else bars, round(hours * NANOSECONDS_PER_HOUR))


class Split(NamedTuple):
    """One train set and the tests it is for.

    Parameters
    ----------
    train : tuple of Interval
        Ascending, disjoint.
    tests : tuple of Interval
        One a test fold, ascending; folds that touch stay apart, because each is a run of its own.
    inner : tuple of Split
        Splits inside `train`, for a search; empty where the scheme has none.
    """

    train: tuple[Interval, ...]
    tests: tuple[Interval, ...]
    inner: tuple[Split, ...] = ()


class PathPart(NamedTuple):
    """One test fold of a path: which split tests it, and as which of its tests."""

    split: int
    test: int


def paths(splits: Iterable[Split]) -> tuple[tuple[PathPart, ...], ...]:
    """Return the paths that the tests of `splits` make: each test fold once a path, in order of time.

    The j-th split that tests a fold gives that fold of path j, so that a path is as long as the tests allow and no result is
    used twice. A scheme that tests every fold once has one path; combinatorial purged ones have ``C(N, k) * k / N``.

    References
    ----------
    Lopez de Prado (2018), Advances in Financial Machine Learning, section 12.3.
    """
    by_fold: dict[Interval, list[PathPart]] = {}
    for number, split in enumerate(splits):
        for place, test in enumerate(split.tests):
            by_fold.setdefault(test, []).append(PathPart(number, place))
    count = max((len(parts) for parts in by_fold.values()), default=0)
    return tuple(
        tuple(by_fold[fold][number] for fold in sorted(by_fold) if number < len(by_fold[fold]))
        for number in range(count)
    )


def walk(params: WalkedParams, timeline: Timeline) -> Iterator[tuple[tuple[Interval, ...], Interval]]:
    """Yield train and test rows of each step over a timeline, in order of time."""
    yield from walked(
        timeline,
        train_bars=params.train_bars,
        test_bars=params.test_bars,
        is_anchored=params.is_anchored,
        is_last_kept=params.is_last_kept,
    )
