"""vectorbt on the bars of a file: one configuration, or a grid with drawdown and Sharpe; prints JSON.

Run in the peers' environment: ``python vectorbt_runs.py BARS.npz one|grid|plain``. Tuned: NumPy arrays in, signals made by
comparing averages once, no value updates inside a bar, no more order records than signals, the grid in blocks of columns.
"""

from __future__ import annotations

import json
import resource
import sys
import time

import numpy as np
import vectorbt as vbt

COLUMNS_A_BLOCK = 10
REPEATS = 3


def averages(closes, windows):
    """Return the simple average of each window, of shape (n_bars, n_windows)."""
    return vbt.MA.run(closes, window=windows, short_name="ma").ma.to_numpy()


def portfolio(bars, fast, slow):
    """Return vectorbt's portfolio: long while the fast average is above the slow one, filled at the next open."""
    wants = np.zeros(fast.shape, dtype=np.bool_)
    wants[1:] = (fast > slow)[:-1]
    before = np.zeros_like(wants)
    before[1:] = wants[:-1]
    entries, exits = wants & ~before, before & ~wants
    most_orders = int((entries | exits).sum(axis=0).max()) + 1
    return vbt.Portfolio.from_signals(
        bars["close"][:, None],
        entries,
        exits,
        price=bars["open"][:, None],
        size=np.inf,
        size_granularity=1.0,
        fees=float(bars["fee"]),
        init_cash=float(bars["cash"]),
        update_value=False,
        max_orders=most_orders * fast.shape[1],
        max_logs=0,
        freq="1min",
    )


def one(bars):
    """Return the final equity and number of fills of one run, its equity series made."""
    series = averages(bars["close"], [int(bars["fast"][0]), int(bars["slow"][0])])
    made = portfolio(bars, series[:, :1], series[:, 1:])
    equity = made.value().to_numpy()
    return [float(equity[-1, 0] if equity.ndim == 2 else equity[-1])], int(made.orders.count().sum())


def grid(bars, *, judges=True):
    """Return the final equities of the grid and the number of fills, drawdown and Sharpe computed."""
    windows = sorted({int(window) for window in np.concatenate([bars["fast"], bars["slow"]])})
    series = averages(bars["close"], windows)
    fast, slow = np.searchsorted(windows, bars["fast"]), np.searchsorted(windows, bars["slow"])
    finals, fills = [], 0
    for start in range(0, fast.size, COLUMNS_A_BLOCK):
        block = slice(start, start + COLUMNS_A_BLOCK)
        made = portfolio(bars, series[:, fast[block]], series[:, slow[block]])
        finals += [float(value) for value in made.final_value()]
        fills += int(made.orders.count().sum())
        if judges:
            made.max_drawdown()
            made.sharpe_ratio()
    return finals, fills


def plain(bars):
    """Return the same without drawdown and Sharpe."""
    return grid(bars, judges=False)


def main():
    """Time the job named on the command line and print what came out."""
    bars = np.load(sys.argv[1])
    job = {"one": one, "grid": grid, "plain": plain}[sys.argv[2]]
    job(bars)
    seconds = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        finals, fills = job(bars)
        seconds.append(time.perf_counter() - started)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": min(seconds), "megabytes": megabytes, "finals": finals, "fills": fills}))


if __name__ == "__main__":
    main()
