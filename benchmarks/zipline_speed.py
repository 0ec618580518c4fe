"""The engine zipline beside a plain zipline algorithm: one strategy, the same data, the same equity to the cent.

The plain one is what a user of zipline writes: a daily bundle on disk (bcolz), ``data.history`` at each bar,
``order_target_percent``, stock models without costs; both compute zipline's default metrics. Ingest and imports stand apart.
Run ``python -m benchmarks.zipline_speed [ASSETS ...]``; CPU seconds count, as the machine may do other things.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from enerqis.costs import no_commission, no_slippage
from enerqis.costs.no_commission import NoCommissionParams
from enerqis.costs.no_slippage import NoSlippageParams
from enerqis.engines import zipline
from enerqis.interfaces.engine import Job, Panel, Plugged
from enerqis.io.calendars import sessions
from enerqis.risk import position
from enerqis.risk.position import PositionParams
from enerqis.spec.execution import Execution
from enerqis.strategies import sma_cross
from enerqis.strategies.sma_cross import SmaCrossParams

ROWS, FAST, SLOW, CASH = 2500, 10, 30, 10_000_000.0


def panel(assets: int, seed: int = 20240607) -> Panel:
    """Return seeded daily bars in cents, on days of the New York exchange."""
    random = np.random.default_rng(seed)
    close = np.round(50 * np.exp(np.cumsum(random.normal(2e-4, 0.015, (ROWS, assets)), axis=0)), 2)
    opens = np.round(close * np.exp(random.normal(0, 0.003, close.shape)), 2)
    days = sessions("XNYS", 2010, 2020).between(14_610, 20_000)
    ones = np.ones_like(close)
    return Panel(
        symbols=tuple(f"S{place:03d}" for place in range(assets)),
        ts=days.close[:ROWS],
        ts_open=np.repeat(days.open[:ROWS, None], assets, axis=1),
        session=days.day[:ROWS],
        open=opens,
        high=np.maximum(opens, close),
        low=np.minimum(opens, close),
        close=close,
        volume=ones * 1e6,
        split_factor=ones,
        dividend=ones * 0.0,
        tick_size=np.full(assets, 0.01),
    )


def job(bars: Panel) -> Job:
    """Return the job: each asset at most its share, filled at the next close, sized when decided, in whole units."""
    return Job(
        panel=bars,
        strategy=Plugged(sma_cross, SmaCrossParams(fast_bars=FAST, slow_bars=SLOW)),
        commission=Plugged(no_commission, NoCommissionParams()),
        slippage=Plugged(no_slippage, NoSlippageParams()),
        limits={"position": Plugged(position, PositionParams(max_position_fraction=1.0 / len(bars.symbols)))},
        execution=Execution(
            engine="zipline", initial_cash=CASH, fill_price="next_close", size_at="decision", keep_commission=False,
            cash_shortfall="allow",
        ),
        seed=0,
        calendar="XNYS",
    )  # fmt: skip


def plain_portal(bars: Panel, folder: Path) -> tuple[Any, Any]:
    """Write a bundle's daily store and return the market and zipline's own portal over it."""
    import pandas as pd
    from zipline.data.bcolz_daily_bars import BcolzDailyBarReader, BcolzDailyBarWriter
    from zipline.data.data_portal import DataPortal

    from enerqis.engines.reference.market import Market

    market = Market(job(bars))
    index = market.labels(bars.session)
    writer = BcolzDailyBarWriter(str(folder), market.calendar, index[0], index[-1])
    names = ("open", "high", "low", "close", "volume")
    writer.write(
        (asset, pd.DataFrame({name: getattr(bars, name)[:, asset] for name in names}, index=index))
        for asset in range(len(bars.symbols))
    )
    reader = BcolzDailyBarReader(str(folder))
    calendar = reader.trading_calendar
    portal = DataPortal(
        market.finder, trading_calendar=calendar, first_trading_day=index[0], equity_daily_reader=reader
    )
    return market, portal


def plain(bars: Panel, folder: Path) -> tuple[float, float]:
    """Return CPU seconds and final equity of the plain algorithm."""
    from zipline.algorithm import TradingAlgorithm
    from zipline.api import order_target_percent, set_commission, set_slippage
    from zipline.finance.commission import NoCommission
    from zipline.finance.slippage import FixedSlippage
    from zipline.finance.trading import SimulationParameters

    from enerqis.engines.reference.performance import benchmark_returns

    market, portal = plain_portal(bars, folder)
    assets, weight = market.assets, 1.0 / len(bars.symbols)

    def initialize(context: Any) -> None:
        set_slippage(us_equities=FixedSlippage(spread=0.0))
        set_commission(us_equities=NoCommission())
        context.bars, context.is_long = 0, dict.fromkeys(assets, False)

    def handle_data(context: Any, data: Any) -> None:
        context.bars += 1
        if context.bars < SLOW:
            return
        cents = np.rint(data.history(assets, "close", SLOW, "1d").to_numpy() * 100.0)
        above = cents[-FAST:].sum(axis=0) * SLOW > cents.sum(axis=0) * FAST
        for asset, is_long in zip(assets, above.tolist(), strict=True):
            if is_long != context.is_long[asset]:
                context.is_long[asset] = is_long
                order_target_percent(asset, weight if is_long else 0.0)

    period = SimulationParameters(
        market.first_session, market.last_session, portal.trading_calendar, capital_base=CASH, data_frequency="daily"
    )
    algorithm = TradingAlgorithm(
        sim_params=period, data_portal=portal, initialize=initialize, handle_data=handle_data,
        benchmark_returns=benchmark_returns(market),
    )  # fmt: skip
    start = time.process_time()
    frame = algorithm.run()
    return time.process_time() - start, float(frame["portfolio_value"].iloc[-1])


def ours(bars: Panel) -> tuple[float, float]:
    """Return CPU seconds and final equity of the engine, assets and calendar included."""
    start = time.process_time()
    result = zipline.backtest(job(bars), cache_folder=Path())
    return time.process_time() - start, result.equity.column("equity")[-1].as_py()


def main() -> None:
    """Print both times, their ratio and both final equities."""
    warnings.simplefilter("ignore")  # of the stock parts that only the peer uses
    print(f"cores {os.cpu_count()}; CPU seconds; {ROWS} days; plain zipline with history calls | engine zipline")
    ours(panel(1))
    for assets in [int(each) for each in sys.argv[1:]] or [1, 100]:
        bars = panel(assets)
        with tempfile.TemporaryDirectory() as folder:
            theirs, expected = plain(bars, Path(folder))
        mine, equity = ours(bars)
        agrees = "the same to the cent" if abs(equity - expected) < 0.005 else "DIFFERENT"
        print(
            f"{assets:4d} assets: {theirs:7.2f} s | {mine:7.2f} s, {theirs / mine:.1f} times as fast; "
            f"final equity {expected:,.2f} | {equity:,.2f}: {agrees}",
            flush=True,
        )


if __name__ == "__main__":
    main()
