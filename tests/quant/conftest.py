"""Bars and fills from rows that a reader can check by hand; time is counted in hours from 1970."""

import pyarrow as pa
import pytest

from enerqis.core.tables import BARS, FILLS, INSTANT

HOUR = 3_600_000_000_000


def instants(hours):
    return pa.array([round(each * HOUR) for each in hours], pa.int64()).cast(INSTANT)


@pytest.fixture(scope="session")
def make_bars():
    """Bars of one symbol, each open for the hour before `hour`: (hour, close[, split_factor[, dividend]])."""

    def make(rows, symbol="X"):
        full = [(hour, close, *rest, *(1.0, 0.0)[len(rest) :]) for hour, close, *rest in rows]
        hours, closes, splits, dividends = (list(each) for each in zip(*full, strict=True))
        count = len(rows)
        session = pa.array([int(each // 24) for each in hours], pa.int32()).cast(pa.date32())
        columns = [[symbol] * count, instants([each - 1 for each in hours]), instants(hours), session]
        return pa.table([*columns, *[closes] * 4, [1.0] * count, splits, dividends, [None] * count], schema=BARS)

    return make


@pytest.fixture(scope="session")
def make_fills():
    """Fills: (hour, units, price[, commission, slippage, reason, symbol, close of the bar]); unless said the bar opens then."""

    def make(rows):
        defaults = (0.0, 0.0, "decision", "X")
        full = [(hour, units, price, *rest, *(*defaults, hour + 1)[len(rest) :]) for hour, units, price, *rest in rows]
        hours, units, prices, commissions, slippages, reasons, symbols, bars = (
            list(each) for each in zip(*full, strict=True)
        )
        ids = list(range(1, len(rows) + 1))
        return pa.table(
            [instants(hours), symbols, units, prices, commissions, slippages, ids, reasons, instants(bars)],
            schema=FILLS,
        )

    return make
