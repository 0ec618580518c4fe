"""backtesting.py on the bars of a file: one configuration; prints JSON.

Run in the peers' environment: ``python backtesting_runs.py BARS.npz one``. It sizes an order when it is made, not when it
fills, so its equity is near the others' and not equal.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings

import numpy as np
import pandas as pd
from backtesting import Backtest, Strategy

ALMOST_ALL = 0.9999


def average(values, window):
    """Return the simple average over `window` values."""
    return pd.Series(values).rolling(window).mean().to_numpy()


def strategy(fast_bars, slow_bars):
    """Return the rule as a Strategy class: long while the fast average is above the slow one."""

    class Cross(Strategy):
        def init(self):
            self.fast = self.I(average, self.data.Close, fast_bars)
            self.slow = self.I(average, self.data.Close, slow_bars)

        def next(self):
            if self.fast[-1] > self.slow[-1]:
                if not self.position:
                    self.buy(size=ALMOST_ALL)
            elif self.position:
                self.position.close()

    return Cross


def main():
    """Time one run and print what came out."""
    warnings.simplefilter("ignore")
    bars = np.load(sys.argv[1])
    columns = {name.capitalize(): bars[name] for name in ("open", "high", "low", "close", "volume")}
    frame = pd.DataFrame(columns, index=pd.date_range("2020-01-01", periods=bars["close"].size, freq="min"))
    rule = strategy(int(bars["fast"][0]), int(bars["slow"][0]))
    test = Backtest(frame, rule, cash=float(bars["cash"]), commission=float(bars["fee"]), finalize_trades=False)
    started = time.perf_counter()
    result = test.run()
    seconds = time.perf_counter() - started
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    finals, fills = [float(result["Equity Final [$]"])], 2 * int(result["# Trades"])
    print(json.dumps({"seconds": seconds, "megabytes": megabytes, "finals": finals, "fills": fills}))


if __name__ == "__main__":
    main()
