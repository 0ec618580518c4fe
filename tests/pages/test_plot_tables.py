import csv
import io

import numpy as np
import pyarrow as pa
import pytest

from enerqis.core.tables import BARS, EQUITY, FILLS, INSTANT, ORDERS
from enerqis.interfaces.metric import evidence_from
from enerqis.pages.plot_tables import POINTS, plot_tables

DAY = 86_400_000_000_000


def evidence_of(equity, closes):
    count = len(equity)
    hours = pa.array((np.arange(count) + 1) * DAY - 1, pa.int64()).cast(INSTANT)
    opens = pa.array(np.arange(count) * DAY, pa.int64()).cast(INSTANT)
    session = pa.array(np.arange(count), pa.int32()).cast(pa.date32())
    one = [1.0] * count
    bars = pa.table(
        [["X"] * count, opens, hours, session, *[closes] * 4, one, one, [0.0] * count, [None] * count], schema=BARS
    )
    table = pa.table([hours, equity, *[[0.0] * count] * 4], schema=EQUITY)
    empty = FILLS.empty_table()
    return evidence_from(
        equity=table,
        fills=empty,
        orders=ORDERS.empty_table(),
        bars=bars,
        calendar_sessions=np.arange(count),
        sessions_per_year=365.25,
        initial_cash=100.0,
    )


def test_a_short_run_is_written_whole():
    tables = plot_tables(evidence_of([100.0, 110.0, 99.0], [10.0, 20.0, 10.0]))
    assert tables["equity.csv"] == (
        "ts,equity,benchmark\n"
        "1970-01-01T23:59:59Z,100.0,100.0\n"
        "1970-01-02T23:59:59Z,110.0,200.0\n"
        "1970-01-03T23:59:59Z,99.0,100.0\n"
    )
    assert tables["drawdown.csv"].splitlines()[3] == "1970-01-03T23:59:59Z,-0.1,-0.5"
    assert tables["monthly.csv"] == "month,return,benchmark\n1970-01,-0.01,0.0\n"


def test_a_long_run_is_thinned_and_keeps_its_highest_and_lowest_value():
    walk = 100.0 + 10.0 * np.sin(np.arange(5000) / 9.0) + np.arange(5000) / 100.0
    tables = plot_tables(evidence_of(walk, walk))
    rows = list(csv.DictReader(io.StringIO(tables["equity.csv"])))
    assert 100 < len(rows) <= POINTS
    assert max(float(row["equity"]) for row in rows) == pytest.approx(walk.max(), rel=1e-11)
    assert min(float(row["equity"]) for row in rows) == pytest.approx(walk.min(), rel=1e-11)


def test_a_run_without_bars_has_only_headings():
    from dataclasses import replace

    one = evidence_of([100.0], [10.0])
    none = np.array([])
    empty = replace(
        one,
        sessions=np.array([], np.int64),
        returns=none,
        benchmark_returns=none,
        equity=one.equity.slice(0, 0),
        benchmark=one.benchmark.slice(0, 0),
    )
    assert [text.count("\n") for text in plot_tables(empty).values()] == [1, 1, 1]
