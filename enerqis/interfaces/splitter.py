"""A cross-validation scheme bound to rows: ranges for the stages, row numbers for what follows scikit-learn's protocol."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from enerqis.interfaces.cv import NO_REACH, CvParams, Reach, Split, gaps
from enerqis.quant.intervals import row_numbers, rows_in
from enerqis.quant.timeline import Ints, Timeline, timeline

Rows = npt.NDArray[np.signedinteger]


class Splitter:
    """A scheme as scikit-learn takes it: ``split(X, y, groups)`` and ``get_n_splits(X, y, groups)``.

    `groups` are the closing instants of the rows (datetime64 or int64 UTC ns); without them rows are equally spaced. Rows of
    several symbols share instants: bind them first with `on`, which also takes label ends. The words `X` and `y` are
    scikit-learn's, which is not needed here.

    Parameters
    ----------
    module : module of the scheme's kind
    params : CvParams
    declared : Reach
        What the experiment declares; fills what `params` leave open.
    rows : Timeline, optional
        The rows it is bound to.
    """

    def __init__(
        self, module: ModuleType, params: CvParams, declared: Reach = NO_REACH, *, rows: Timeline | None = None
    ) -> None:
        self.module = module
        self.params = params
        self.declared = declared
        self.rows = rows

    def on(self, ts: npt.ArrayLike, *, symbols: Ints | None = None, label_end: npt.ArrayLike | None = None) -> Splitter:
        """Return this splitter bound to rows.

        Parameters
        ----------
        ts : array of shape (n_rows,)
            Instant of each row's decision, never decreasing; datetime64 or int64 UTC ns.
        symbols : ndarray of shape (n_rows,), int64, optional
            Number of each row's symbol.
        label_end : array of shape (n_rows,), optional
            When the outcome of each row is known, in place of the purge in bars.

        Raises
        ------
        ValueError
            As `enerqis.quant.timeline.timeline` does.
        """
        purge, embargo = gaps(self.params, self.declared)
        ends = None if label_end is None else _nanoseconds(label_end)
        rows = timeline(_nanoseconds(ts), purge=purge, embargo=embargo, symbols=symbols, label_end=ends)
        return Splitter(self.module, self.params, self.declared, rows=rows)

    def intervals(self) -> Iterator[Split]:
        """Yield the splits of the bound rows as ranges of rows: no row number is made.

        Raises
        ------
        ValueError
            As `instants` does.
        """
        for split in self.instants():
            yield _in_rows(split, self._rows())

    def instants(self) -> Iterator[Split]:
        """Yield the same as ranges of instants: of rows where no two share one.

        Raises
        ------
        ValueError
            If it is bound to no rows, the rows are too few for the scheme, or nothing is left to train on.
        """
        for number, split in enumerate(self.module.splits(self.params, self._rows())):
            if not split.train:
                raise ValueError(
                    f"split {number} has nothing to train on: purge and embargo take it all. Use fewer or longer folds."
                )
            yield split

    def split(self, X: Any, y: Any = None, groups: npt.ArrayLike | None = None) -> Iterator[tuple[Rows, Rows]]:  # noqa: N803, ARG002
        """Yield row numbers to train on and to test, as int32 where that holds them.

        Raises
        ------
        ValueError
            As `intervals` does, or if `X` has not as many rows as the splitter is bound to.
        """
        bound = self._bound(X, groups)
        numbers = row_numbers(bound._rows().rows)
        for split in bound.intervals():
            yield rows_in(split.train, numbers), rows_in(split.tests, numbers)

    def get_n_splits(self, X: Any = None, y: Any = None, groups: npt.ArrayLike | None = None) -> int:  # noqa: N803, ARG002
        """Return how many splits there are.

        Raises
        ------
        ValueError
            If that depends on the rows and none are given.
        """
        known: int | None = self.module.n_splits(self.params)
        if known is not None:
            return known
        if X is None and self.rows is None:
            raise ValueError("the number of splits depends on the rows: pass X")
        bound = self if X is None else self._bound(X, groups)
        return sum(1 for _ in bound.intervals())

    def _rows(self) -> Timeline:
        if self.rows is None:
            raise ValueError("bind the splitter to rows first: splitter.on(ts)")
        return self.rows

    def _bound(self, X: Any, groups: npt.ArrayLike | None) -> Splitter:  # noqa: N803
        """Return the splitter on the rows of `X`: those it is bound to, those at `groups`, or equally spaced ones."""
        count = X.shape[0] if hasattr(X, "shape") else len(X)
        bound = self
        if self.rows is None or groups is not None:
            bound = self.on(np.arange(count) if groups is None else groups)
        if bound._rows().rows != count:
            raise ValueError(f"X has {count} rows, the splitter is bound to {bound._rows().rows}")
        return bound


def _in_rows(split: Split, rows: Timeline) -> Split:
    """Return a split of instants as one of rows."""
    return Split(
        tuple(rows.rows_of(each) for each in split.train),
        tuple(rows.rows_of(each) for each in split.tests),
        tuple(_in_rows(each, rows) for each in split.inner),
    )


def _nanoseconds(instants: npt.ArrayLike) -> Ints:
    """Return instants as int64; datetime64 of any unit becomes UTC ns."""
    found = np.asarray(instants)
    if found.dtype.kind == "M":
        found = found.astype("datetime64[ns]")
    return found.astype(np.int64, copy=False)
