"""The yardstick: a hand-written, tiled numba loop for one rule, long while a fast average is above a slow one.

It does what the kernel does for this rule with limits off (next open, all-in, commission kept back, whole units, drawdown and
power sums) and nothing else: no other strategy, cost or knob can be asked of it. Averages are of whole ticks, whose sums are
exact: with sums of prices the noise of floats would decide ties, where two averages are equal, and other bars would be traded.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange


@njit(parallel=True, error_model="numpy")
def sweep(opens, closes, ticks, windows, fast, slow, fee, cash0, threads, tile):
    """Return equity, fills, drawdown and two power sums of each configuration, of shape (n_configs, 5)."""
    out = np.empty((fast.size, 5))
    for thread in prange(threads):
        first, last = fast.size * thread // threads, fast.size * (thread + 1) // threads
        series = np.empty((windows.size, tile))
        running = np.zeros(windows.size)
        state = np.zeros((last - first, 8))
        state[:, 0] = cash0
        state[:, 2] = cash0
        state[:, 4] = cash0
        for start in range(0, closes.size, tile):
            stop = min(start + tile, closes.size)
            for w in range(windows.size):
                total, length = running[w], windows[w]
                for t in range(start, stop):
                    total += ticks[t]
                    if t >= length:
                        total -= ticks[t - length]
                    series[w, t - start] = total / length
                running[w] = total
            for j in range(last - first):
                a, b, warm = series[fast[first + j]], series[slow[first + j]], windows[slow[first + j]] - 1
                cash, units, peak, drawdown, before, sum1, sum2, code = state[j]
                wants, fills = code % 2.0 == 1.0, code // 2.0
                for t in range(max(start, warm), stop):
                    if wants != (units > 0.0) and t > warm:
                        if wants:
                            units = np.floor(cash / (opens[t] * (1.0 + fee)))
                            cash -= units * opens[t] * (1.0 + fee)
                            fills += 1.0 if units > 0.0 else 0.0
                        else:
                            cash += units * opens[t] * (1.0 - fee)
                            units = 0.0
                            fills += 1.0
                    wants = a[t - start] > b[t - start]
                    equity = cash + units * closes[t]
                    if equity > peak:
                        peak = equity
                    if peak - equity > drawdown * peak:
                        drawdown = (peak - equity) / peak
                    change = equity / before - 1.0
                    sum1 += change
                    sum2 += change * change
                    before = equity
                state[j] = (cash, units, peak, drawdown, before, sum1, sum2, 2.0 * fills + (1.0 if wants else 0.0))
        for j in range(last - first):
            out[first + j] = (state[j, 4], state[j, 7] // 2.0, state[j, 3], state[j, 5], state[j, 6])
    return out
