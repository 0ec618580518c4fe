"""Schemas of the tables: column, type, unit and the instant a value is known. Every reader and writer takes them here.

Instants are int64-backed UTC timestamps in nanoseconds. ``ts`` is the close of a bar: row t is known at its ``ts`` unless
``available_at`` says later. Prices are raw, in the quote currency; split factors and dividends apply from the row's open on.
"""

from __future__ import annotations

import pyarrow as pa

INSTANT = pa.timestamp("ns", tz="UTC")


def _field(name: str, dtype: pa.DataType, unit: str, meaning: str, *, nullable: bool = False) -> pa.Field:
    return pa.field(name, dtype, nullable=nullable, metadata={"unit": unit, "meaning": meaning})


BARS = pa.schema(
    [
        _field("symbol", pa.string(), "", "instrument, as the dataset names it"),
        _field("ts_open", INSTANT, "UTC ns", "open of the bar"),
        _field("ts", INSTANT, "UTC ns", "close of the bar: when the row is known"),
        _field("session", pa.date32(), "date", "trading session of the calendar that the bar belongs to"),
        _field("open", pa.float64(), "quote currency", "first price"),
        _field("high", pa.float64(), "quote currency", "highest price"),
        _field("low", pa.float64(), "quote currency", "lowest price"),
        _field("close", pa.float64(), "quote currency", "last price"),
        _field("volume", pa.float64(), "units", "units traded in the bar"),
        _field("split_factor", pa.float64(), "new units per old", "split effective at this bar's open; 1 = none"),
        _field("dividend", pa.float64(), "quote currency per unit", "cash paid at this bar's open; 0 = none"),
        _field(
            "spread",
            pa.float64(),
            "quote currency",
            "ask less bid at the close; null = the source quotes none",
            nullable=True,
        ),
    ]
)

ORDERS = pa.schema(
    [
        _field("order_id", pa.int64(), "", "1, 2, ... in order of creation"),
        _field("ts", INSTANT, "UTC ns", "instant of the decision"),
        _field("symbol", pa.string(), "", "instrument"),
        _field("units", pa.float64(), "units", "signed raw units asked for; NaN = sized at fill"),
        _field("target", pa.float64(), "fraction of equity", "exposure asked for after risk limits"),
        _field("status", pa.string(), "", "filled, rejected, cancelled or open at the end"),
        _field(
            "reason", pa.string(), "", "what caused it: decision, rebalance, strategy_stop_loss, a limit's kind, ..."
        ),
        _field("limit", pa.float64(), "quote currency", "raw limit price when it was made; NaN = none"),
        _field("stop", pa.float64(), "quote currency", "raw stop price when it was made; NaN = none"),
    ]
)

FILLS = pa.schema(
    [
        _field("ts", INSTANT, "UTC ns", "instant of the price"),
        _field("symbol", pa.string(), "", "instrument"),
        _field("units", pa.float64(), "units", "signed raw units: positive = bought"),
        _field("price", pa.float64(), "quote currency", "raw price paid, slippage and spread included"),
        _field("commission", pa.float64(), "account currency", "commission paid"),
        _field("slippage", pa.float64(), "account currency", "cost of spread and slippage against the reference price"),
        _field("order_id", pa.int64(), "", "the order filled"),
        _field("reason", pa.string(), "", "what caused it"),
        _field(
            "bar_ts",
            INSTANT,
            "UTC ns",
            "close of the bar in which it happened; on 24/7 its open is another bar's close",
        ),
    ]
)

EQUITY = pa.schema(
    [
        _field("ts", INSTANT, "UTC ns", "close of the bar"),
        _field("equity", pa.float64(), "account currency", "cash plus positions marked at the last close"),
        _field("cash", pa.float64(), "account currency", "cash"),
        _field("gross_exposure", pa.float64(), "fraction of equity", "sum of absolute notionals over equity"),
        _field("net_exposure", pa.float64(), "fraction of equity", "signed sum of notionals over equity"),
        _field("carry", pa.float64(), "account currency", "paid for holding since the row before; below 0 = received"),
    ]
)

POSITIONS = pa.schema(
    [
        _field("ts", INSTANT, "UTC ns", "close of a bar at which units or entry changed"),
        _field("symbol", pa.string(), "", "instrument"),
        _field("units", pa.float64(), "units", "signed raw units held after the bar"),
        _field("entry_price", pa.float64(), "quote currency", "average raw price of the open position; 0 = flat"),
        _field("close", pa.float64(), "quote currency", "raw close the position is marked at"),
    ]
)

TARGETS = pa.schema(
    [
        _field("ts", INSTANT, "UTC ns", "instant of the decision"),
        _field("symbol", pa.string(), "", "instrument"),
        _field(
            "target",
            pa.float64(),
            "fraction of equity",
            "exposure decided, after risk limits; written where it changes",
        ),
    ]
)

TRADES = pa.schema(
    [
        _field("symbol", pa.string(), "", "instrument"),
        _field("side", pa.string(), "", "long or short"),
        _field("entry_ts", INSTANT, "UTC ns", "instant of the first fill"),
        _field("exit_ts", INSTANT, "UTC ns", "instant of the fill that made it flat; of the last close while open"),
        _field("units", pa.float64(), "units", "units entered in all, positive, as they count after the last split"),
        _field("entry_price", pa.float64(), "quote currency", "average raw price of the entries, per unit as above"),
        _field(
            "exit_price",
            pa.float64(),
            "quote currency",
            "average raw price of the exits; the last close for units held",
        ),
        _field("profit", pa.float64(), "account currency", "gain with dividends, after slippage and commission"),
        _field("return_fraction", pa.float64(), "fraction of entry notional", "profit over the notional entered"),
        _field("costs", pa.float64(), "account currency", "commission and slippage of all its fills"),
        _field("reason", pa.string(), "", "what caused the last exit; open = still held at the end"),
        _field("is_open", pa.bool_(), "", "still held at the end: marked, not realised"),
        _field("entry_bar_ts", INSTANT, "UTC ns", "close of the bar of the first fill"),
        _field("exit_bar_ts", INSTANT, "UTC ns", "close of the bar of the last fill, or of the last bar while open"),
    ]
)

POINTS = pa.schema(
    [
        _field("point", pa.int64(), "", "0, 1, ... in the order in which the sweep names them"),
        _field("run_id", pa.string(), "", "stage id that `backtest` has for this point; empty where its spec is wrong"),
        _field("trial", pa.string(), "", "key by which the trial ledger counts it; empty where its spec is wrong"),
        _field("content", pa.string(), "", "hash of the dataset's content, as the ledger knows it; empty as above"),
        _field("strategy_kind", pa.string(), "", "kind of its strategy; empty as above"),
        _field("status", pa.string(), "", "finished or failed"),
        _field("error", pa.string(), "", "why it failed; empty where it did not"),
        _field("same_as", pa.int64(), "", "earlier point with the same spec, whose figures these are; -1 = none"),
        _field("bars_fraction", pa.float64(), "fraction of bars", "part of the bars, from the start, it was run over"),
        _field("bars_count", pa.int64(), "bars", "bars that it was run over"),
        _field("bars_per_year", pa.float64(), "bars", "of the calendar: what annualises figures per bar"),
        _field("final_equity", pa.float64(), "account currency", "equity after the last of them"),
        _field("total_return_fraction", pa.float64(), "fraction", "return over all of them"),
        _field("max_drawdown_fraction", pa.float64(), "fraction", "deepest fall from a peak, positive"),
        _field(
            "sharpe_per_bar_ratio", pa.float64(), "per bar", "mean over standard deviation (ddof=1) of returns per bar"
        ),
        _field("sharpe_annual_ratio", pa.float64(), "per year", "the same times the root of the bars of a year"),
        _field("mean_return_fraction", pa.float64(), "fraction per bar", "mean of returns per bar"),
        _field("return_deviation_fraction", pa.float64(), "fraction per bar", "their standard deviation (ddof=1)"),
        _field("skewness", pa.float64(), "", "of returns per bar; 0 = symmetric"),
        _field("kurtosis", pa.float64(), "", "of returns per bar, not in excess; 3 = normal"),
        _field("fills_count", pa.int64(), "fills", "how many"),
        _field("exposure_fraction", pa.float64(), "fraction of equity", "mean gross exposure"),
        _field("turnover_ratio", pa.float64(), "times initial cash", "notional traded"),
        _field("costs_amount", pa.float64(), "account currency", "commission, slippage and carry paid"),
        _field(
            "signature", pa.string(), "", "returns in 64 blocks of the dataset's time, as the trial ledger keeps them"
        ),
    ]
)
"""Columns of a sweep's table besides its parameters, which stand after `point`; NaN where a figure does not exist."""

BENCHMARK = pa.schema(
    [
        _field("ts", INSTANT, "UTC ns", "close of the bar"),
        _field("equity", pa.float64(), "account currency", "value of buying and holding the universe"),
    ]
)

PATHS = pa.schema(
    [
        _field("path", pa.int64(), "", "number of the path, 0, 1, ..."),
        _field("fold", pa.int64(), "", "number of the test fold in the path, in order of time"),
        _field("session", pa.date32(), "date", "trading session; its close"),
        _field("growth", pa.float64(), "", "what one unit of money at the path's start became, every fold begun flat"),
    ]
)

REJECTED = pa.schema(
    [
        _field("source", pa.string(), "", "name of the raw file"),
        _field("row", pa.int64(), "", "data row in that file, 1 = first after the header"),
        _field("rule", pa.string(), "", "rule that rejected it"),
        _field("text", pa.string(), "", "the row as JSON"),
    ]
)
