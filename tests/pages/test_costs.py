import math

import pyarrow as pa
import pytest

from enerqis.core.tables import FILLS, INSTANT
from enerqis.pages.costs import MAX_ROWS, OTHERS, cost_rows


def fills_of(rows):
    symbols, units, prices, commissions, slippages = (list(each) for each in zip(*rows, strict=True))
    count = len(rows)
    ts = pa.array(range(count), pa.int64()).cast(INSTANT)
    return pa.table(
        [ts, symbols, units, prices, commissions, slippages, list(range(count)), ["a"] * count, ts], schema=FILLS
    )


def test_costs_stand_by_symbol_dearest_first_and_together():
    fills = fills_of([("A", 1.0, 100.0, 1.0, 0.0), ("B", -2.0, 100.0, 2.0, 1.0), ("A", -1.0, 100.0, 1.0, 0.0)])
    rows, whole = cost_rows(fills, contract_multiplier=10.0)
    assert [(row.symbol, row.fills, row.traded, row.total) for row in rows] == [
        ("B", 1, 2000.0, 3.0),
        ("A", 2, 2000.0, 2.0),
    ]
    assert [row.share for row in rows] == [0.6, 0.4]
    assert (whole.total, whole.bps) == (5.0, pytest.approx(12.5))


def test_many_symbols_end_in_one_line_and_nothing_is_lost():
    fills = fills_of([(f"S{i:02d}", 1.0, 100.0, float(i), 0.0) for i in range(40)])
    rows, whole = cost_rows(fills, contract_multiplier=1.0)
    assert (len(rows), rows[-1].symbol) == (MAX_ROWS + 1, OTHERS)
    assert sum(row.total for row in rows) == whole.total == sum(range(40))


def test_free_trading_has_no_shares():
    rows, whole = cost_rows(fills_of([("A", 1.0, 1.0, 0.0, 0.0)]), contract_multiplier=1.0)
    assert whole.total == 0.0
    assert math.isnan(rows[0].share)
