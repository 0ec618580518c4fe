"""The time-shift control: a column that goes with the next bar's return as nothing honest does, and not with its past.

No future is changed here, so it sees what the other tests cannot: recorded prices that are read from a file or a table, and
so stay what they are when the bars are changed.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from enerqis.interfaces.engine import Floats, Ints, Panel
from enerqis.leaks.finding import Finding

LEAST_CORRELATION = 0.4
"""No honest signal of one bar comes near; a direction known for sure has about 0.8, a price known one bar early about 1."""

DEVIATIONS = 6.0
"""In units of ``1 / sqrt(bars)``: what chance does not reach."""

TIMES_OWN = 2.0
"""How many times more than returns know of each other: where markets repeat themselves, or follow another one whose day ended
before theirs, an honest column knows it too."""

LAGS = 5


def foreknown(panel: Panel, columns: Mapping[str, Floats]) -> tuple[Finding, ...]:
    """Return the columns that know the next return, each at the bar that gives it away most.

    Parameters
    ----------
    panel : Panel
    columns : mapping of name to ndarray of shape (n_bars, n_assets)
        Known at the close of their row; NaN = nothing said.

    Returns
    -------
    tuple of Finding
        `value` is the correlation with the return of the bar after, of levels or of changes, whichever is larger;
        `expected` the most that is taken for honest.
    """
    found = []
    for name, values in columns.items():
        for asset in range(len(panel.symbols)):
            each = _known(panel, values[:, asset], asset)
            if each is not None:
                row, value, bound = each
                fact = "goes with the return of the bar after it, as if it were known"
                ts = int(panel.ts[row])
                found.append(Finding("foreknowledge", name, row, ts, panel.symbols[asset], value, bound, fact))
                break
    return tuple(found)


def _known(panel: Panel, values: Floats, asset: int) -> tuple[int, float, float] | None:
    """Return the row, the correlation and its bound where a column knows the next return of an asset."""
    rows = np.flatnonzero(panel.ts_open[:, asset] >= 0)
    close = panel.close[rows, asset] * np.cumprod(panel.split_factor[:, asset])[rows]
    said, returns = values[rows], np.full(rows.size, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):  # a price may be 0 or less
        returns[:-1] = np.diff(np.log(close))
    past = max(_own(returns[np.isfinite(returns)]), _others(panel, returns, rows, asset))
    bound = max(LEAST_CORRELATION, TIMES_OWN * past)
    changes = np.concatenate([[np.nan], np.diff(said)])
    for told in (said, changes):
        both = np.isfinite(told) & np.isfinite(returns)
        product = _products(told[both], returns[both])
        correlation = float(product.sum())
        if product.size and abs(correlation) > max(bound, DEVIATIONS / np.sqrt(product.size)):
            at = int(np.argmax(np.sign(correlation) * product))
            return int(rows[np.flatnonzero(both)[at]]), correlation, bound
    return None


def _own(returns: Floats) -> float:
    """Return the largest correlation of returns with their own past."""
    found = [abs(float(_products(returns[lag:], returns[:-lag]).sum())) for lag in range(1, LAGS + 1)]
    return max(found, default=0.0)


def _others(panel: Panel, returns: Floats, rows: Ints, asset: int) -> float:
    """Return the largest correlation of the returns after `rows` with what another asset did up to them."""
    found = 0.0
    for other in range(len(panel.symbols)):
        both = panel.ts_open[rows, other] >= 0
        if other == asset or both.sum() < 2:
            continue
        close = (panel.close[:, other] * np.cumprod(panel.split_factor[:, other]))[rows[both]]
        with np.errstate(invalid="ignore", divide="ignore"):
            before, after = np.diff(np.log(close)), returns[both][1:]
        known = np.isfinite(before) & np.isfinite(after)
        found = max(found, abs(float(_products(before[known], after[known]).sum())))
    return found


def _products(left: Floats, right: Floats) -> Floats:
    """Return the terms whose sum is the correlation of two series; empty where one does not vary."""
    if left.size < 2:
        return np.zeros(0)
    left, right = left - left.mean(), right - right.mean()
    scale = float(np.sqrt((left * left).sum() * (right * right).sum()))
    terms: Floats = left * right / scale if scale > 0.0 else np.zeros(0)
    return terms
