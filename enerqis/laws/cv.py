"""Laws of cross-validation schemes: nothing is tested by itself, nor by what knows of it; the same again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

import numpy as np
import numpy.typing as npt

from enerqis.interfaces.cv import CvParams, Reach, Split, gaps
from enerqis.io.plugins import load, params_class
from enerqis.laws.documented import undocumented
from enerqis.laws.kinds import Subject, examples
from enerqis.laws.round_trip import does_not_return
from enerqis.quant.timeline import Timeline, timeline

N_INSTANTS = 2_500
REACH = Reach(horizon_bars=7, fit_bars=11)
"""What the experiment of the laws declares: more than nothing, so that a scheme that does not purge is found out."""

HOUR = 3_600_000_000_000


def documented(subject: Subject) -> list[str]:
    """The module, its Params, each field and each function say what they are."""
    return undocumented(subject.kind, params_class(subject.kind, CvParams))


def round_trips(subject: Subject) -> list[str]:
    """Params survive JSON."""
    return [wrong for params in examples(subject, CvParams) if (wrong := does_not_return(params))]


def deterministic(subject: Subject) -> list[str]:
    """The same rows give the same splits, whatever was split between."""
    found = []
    for params, rows in _settings(subject):
        first = _splits(subject, params, rows)
        _splits(subject, params, rows.only(((0, rows.instants - 1),)))
        if _splits(subject, params, rows) != first:
            found.append("it is not deterministic: the same rows gave other splits the second time")
    return found


def counts_its_splits(subject: Subject) -> list[str]:
    """It gives as many splits as it says."""
    found = []
    for params, rows in _settings(subject):
        said, given = load(subject.kind).n_splits(params), len(_splits(subject, params, rows))
        if said is not None and said != given:
            found.append(f"it says {said} splits and gives {given}")
    return found


def trains_on_something(subject: Subject) -> list[str]:
    """Every split has rows to train on and rows to test, ranges in order of time and apart."""
    return _broken(subject, _not_in_order)


def trains_on_nothing_that_knows_the_test(subject: Subject) -> list[str]:
    """No train row's span, from its decision to its outcome, meets a test's, and none looks back at it; inner splits too."""
    return _broken(subject, _knows)


def searches_inside_its_train_set(subject: Subject) -> list[str]:
    """Inner splits hold no row that the outer split does not train on."""
    return _broken(subject, _reaches_out)


def _not_in_order(split: Split, rows: Timeline) -> str:
    for ranges, what in ((split.train, "train"), (split.tests, "test")):
        edges = [edge for each in ranges for edge in each]
        if not edges or edges[0] < 0 or edges[-1] > rows.instants:
            return f"a split has no {what} range inside the rows"
        if any(first >= last for first, last in ranges) or edges != sorted(edges):
            return f"a {what} range is empty or out of order"
    return ""


def _knows(split: Split, rows: Timeline) -> str:
    is_trained = _mask(split.train, rows)
    for first, last in split.tests:
        begins, ends = rows.ts[first], rows.ends[first:last].max()
        if (is_trained & (rows.ts <= ends) & (rows.ends >= begins)).any():
            return (
                "it trains on rows whose outcome meets a test: lay tests out and let enerqis.quant.purging do the rest"
            )
        if (is_trained & (rows.ts > ends) & (rows.begins <= ends)).any():
            return "it trains on rows after a test that look back at it: let enerqis.quant.purging hold them back"
    return ""


def _reaches_out(split: Split, rows: Timeline) -> str:
    is_trained = _mask(split.train, rows)
    for inner in split.inner:
        if (_mask((*inner.train, *inner.tests), rows) & ~is_trained).any():
            return "an inner split holds rows that the outer one does not train on"
    return ""


def _mask(ranges: tuple[tuple[int, int], ...], rows: Timeline) -> npt.NDArray[np.bool_]:
    found = np.zeros(rows.instants, dtype=bool)
    for first, last in ranges:
        found[first:last] = True
    return found


def _broken(subject: Subject, law: Callable[[Split, Timeline], str]) -> list[str]:
    found = [
        complaint
        for params, rows in _settings(subject)
        for split in _splits(subject, params, rows)
        for each in (split, *split.inner)
        if (complaint := law(each, rows))
    ]
    return list(dict.fromkeys(found))


def _splits(subject: Subject, params: CvParams, rows: Timeline) -> list[Split]:
    return list(load(subject.kind).splits(params, rows))


def _settings(subject: Subject) -> Iterator[tuple[CvParams, Timeline]]:
    """Yield Params to try with rows to try them on: one symbol on a grid, several at odd hours."""
    for params in cast("list[CvParams]", examples(subject, CvParams)):
        purge, embargo = gaps(params, REACH)
        yield params, timeline(np.arange(N_INSTANTS, dtype=np.int64) * HOUR, purge=purge, embargo=embargo)
        noise = np.random.default_rng(3)
        ts = np.sort(noise.integers(0, 40 * N_INSTANTS, 3 * N_INSTANTS)) * HOUR
        symbols = np.zeros(ts.size, dtype=np.int64)
        for row in range(1, ts.size):
            symbols[row] = symbols[row - 1] + 1 if ts[row] == ts[row - 1] else noise.integers(0, 3)
        yield params, timeline(ts, purge=purge, embargo=embargo, symbols=symbols)


LAWS = (
    documented,
    round_trips,
    deterministic,
    counts_its_splits,
    trains_on_something,
    trains_on_nothing_that_knows_the_test,
    searches_inside_its_train_set,
)
