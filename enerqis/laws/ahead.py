"""The law that the past does not move with the future, for anything computed from the laws' market; findings as sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from enerqis.laws.market import cut_to, with_another_future
from enerqis.laws.streaming import Columns, Floats
from enerqis.leaks.look_ahead import Future, look_ahead

Market = Sequence[Columns]
"""Bars of some assets, side by side."""


def looks_ahead(
    produce: Callable[[Market], Mapping[str, Floats]], assets: Market, cut: int, *, where: str, has_holes: bool = True
) -> list[str]:
    """Return one sentence for each column that moves before bar `cut` when the bars from there on are other ones.

    Parameters
    ----------
    produce : callable
        From a market to columns by name, of shape (n_bars,) or (n_bars, n_assets).
    assets : sequence of mapping of source to ndarray of shape (n_bars,)
    cut : int
    where : str
        The file at fault.
    has_holes : bool
        Whether it is ever shown a NaN; a strategy is asked only at bars that exist.
    """
    whole = produce(assets)
    found = look_ahead(produce, whole, futures(assets, cut, has_holes=has_holes)).findings
    return [f"{where}: {each.sentence}" for each in found]


def futures(assets: Market, cut: int, *, has_holes: bool) -> Iterator[Future[Market]]:
    """Yield the market with its bars from `cut` on those of another, shuffled, NaN, and cut off."""
    changed = [with_another_future(each, cut, seed=2 + place) for place, each in enumerate(assets)]
    yield Future("perturbation", "those of another market", cut, changed)
    order = np.concatenate(
        [np.arange(cut), np.random.default_rng(7).permutation(np.arange(cut, len(assets[0]["close"])))]
    )
    yield Future("perturbation", "shuffled", cut, [_each(each, lambda column: column[order]) for each in assets])
    if has_holes:
        yield Future("perturbation", "NaN", cut, [_each(each, lambda column: _blank(column, cut)) for each in assets])
    yield Future("truncation", "cut off", cut, [cut_to(each, 0, cut) for each in assets])


def _each(columns: Columns, change: Callable[[Floats], Floats]) -> Columns:
    return {name: change(column) for name, column in columns.items()}


def _blank(column: Floats, cut: int) -> Floats:
    return np.where(np.arange(len(column)) < cut, column, np.nan)
