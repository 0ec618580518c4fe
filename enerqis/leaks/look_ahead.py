"""Look-ahead: with another future the past must not move. Truncation and perturbation, whatever the world is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from enerqis.leaks.finding import Finding

Floats = npt.NDArray[np.float64]
World = TypeVar("World")
"""What columns are computed from: a panel of bars, or the columns of one asset."""


class Future(NamedTuple, Generic[World]):
    """A world whose bars from `cut` on are other ones.

    Parameters
    ----------
    test : {"truncation", "perturbation"}
    words : str
        What became of those bars.
    cut : int
        First row that differs.
    world : World
    """

    test: str
    words: str
    cut: int
    world: World


class Place(NamedTuple):
    """What rows and assets are called.

    Parameters
    ----------
    ts : ndarray of shape (n_rows,) or None
        Closing instants, UTC ns.
    symbols : tuple of str
        Empty = not named.
    first : int
        Number that row 0 has outside, where the rows are a part of more.
    """

    ts: npt.NDArray[np.int64] | None = None
    symbols: tuple[str, ...] = ()
    first: int = 0

    def finding(
        self, test: str, subject: str, at: tuple[int, int], *, value: float, expected: float, fact: str
    ) -> Finding:
        """Return a finding at a row and an asset."""
        row, asset = at
        ts = -1 if self.ts is None else int(self.ts[row])
        symbol = self.symbols[asset] if asset < len(self.symbols) else ""
        return Finding(test, subject, self.first + row, ts, symbol, value, expected, fact)


NOWHERE = Place()
"""Rows without instants, assets without names."""


class Examined(NamedTuple):
    """What a test says.

    Parameters
    ----------
    findings : tuple of Finding
        One a column at most.
    seen : frozenset of str
        Columns that moved after the cut where the bars there did: on these the test can see. On others it is blind.
    """

    findings: tuple[Finding, ...]
    seen: frozenset[str]


def look_ahead(
    produce: Callable[[World], Mapping[str, Floats]],
    whole: Mapping[str, Floats],
    futures: Iterable[Future[World]],
    *,
    place: Place = NOWHERE,
    known_after: Mapping[str, int] | None = None,
) -> Examined:
    """Return which columns moved before the bars that were changed.

    Parameters
    ----------
    produce : callable
        From a world to columns by what they are called in a finding; each of shape (n_rows,) or (n_rows, n_assets).
    whole : mapping
        What it makes of the world as it is.
    futures : iterable of Future
    place : Place
    known_after : mapping of column to int, optional
        Rows after its own at which a column's value may be known: the horizon of a label. 0 where not named.

    Returns
    -------
    Examined
        A finding names the first bar that moved; what moved there looks at least that far ahead.
    """
    found: dict[str, Finding] = {}
    seen: set[str] = set()
    for future in futures:
        columns = produce(future.world)
        for name, values in whole.items():
            last = max(0, future.cut - (known_after or {}).get(name, 0))
            old, new = _two(values), _two(columns[name])
            if future.cut < min(len(old), len(new)) and _moved(old[last : len(new)], new[last:]).any():
                seen.add(name)
            is_moved = _moved(old[:last], new[:last])
            if name not in found and is_moved.any():
                found[name] = _finding(name, old, new, is_moved, future, place)
    return Examined(tuple(found.values()), frozenset(seen))


def _two(values: Floats) -> Floats:
    return np.asarray(values, dtype=np.float64).reshape(len(values), -1)


def _moved(old: Floats, new: Floats) -> npt.NDArray[np.bool_]:
    """Return where two arrays differ by a bit that counts: NaN is NaN."""
    moved: npt.NDArray[np.bool_] = ~((old == new) | (np.isnan(old) & np.isnan(new)))
    return moved


def _finding(
    name: str, old: Floats, new: Floats, is_moved: npt.NDArray[np.bool_], future: Future[World], place: Place
) -> Finding:
    row = int(np.argmax(is_moved.any(axis=1)))
    asset = int(np.argmax(is_moved[row]))
    ahead = future.cut - row
    fact = f"looks ahead by {ahead} bar{'s' if ahead > 1 else ''} or more: it moves when later bars are {future.words}"
    value, expected = float(old[row, asset]), float(new[row, asset])
    return place.finding(future.test, name, (row, asset), value=value, expected=expected, fact=fact)
