"""Two results held against each other: what was planted is found and named, and nothing else."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerqis.core.tables import EQUITY, FILLS, ORDERS, POSITIONS
from enerqis.quant.comparison import Books, compare
from enerqis.quant.divergence import SAME_ARITHMETIC, Divergence, Tally

DAY = 86_400_000_000_000
OPEN = DAY // 2
CLOSES = [DAY * day for day in (1, 2, 3, 4)]


def order(ts, symbol, units, *, number=1, target=1.0, status="filled", reason="decision"):
    return {
        "order_id": number,
        "ts": ts,
        "symbol": symbol,
        "units": units,
        "target": target,
        "status": status,
        "reason": reason,
    }


def fill(ts, symbol, units, *, number=1, price=10.0, commission=1.0, slippage=0.0, reason="decision"):
    return {
        "ts": ts,
        "symbol": symbol,
        "units": units,
        "price": price,
        "commission": commission,
        "slippage": slippage,
        "order_id": number,
        "reason": reason,
        "bar_ts": -(-ts // DAY) * DAY,
    }


def bar(ts, equity, cash):
    return {"ts": ts, "equity": equity, "cash": cash, "gross_exposure": 0.5, "net_exposure": 0.5}


def position(ts, symbol, units):
    return {"ts": ts, "symbol": symbol, "units": units, "entry_price": 10.0, "close": 10.0}


def books(orders, fills, equity, positions=()):
    tables = ((orders, ORDERS), (fills, FILLS), (equity, EQUITY), (positions, POSITIONS))
    return Books(*(pa.Table.from_pylist(list(rows), schema=schema) for rows, schema in tables))


def example(*, units=50.0, price=10.0, side=1.0, cash=500.0, second_order=CLOSES[2]):
    """Two symbols bought on day 1 and 3, filled at the next open."""
    return books(
        [order(CLOSES[0], "A", math.nan), order(second_order, "B", -3.0, number=2)],
        [
            fill(CLOSES[0] + OPEN, "A", side * units, price=price),
            fill(second_order + OPEN, "B", -3.0, number=2),
        ],
        [bar(CLOSES[0], 1000.0, 1000.0), *(bar(ts, 1001.0, cash) for ts in CLOSES[1:])],
        [position(CLOSES[1], "A", side * units), position(CLOSES[3], "B", -3.0)],
    )


def test_a_result_agrees_with_itself():
    found = compare(example(), example())
    assert found.is_none
    assert (found.orders, found.fills, found.bars) == (Tally(2, 2, 0), Tally(2, 2, 0), Tally(4, 4, 0))
    assert found.max_relative_equity_difference == 0.0
    assert list(found.lines("kernel", "zipline")) == []


def test_one_unit_more_is_named_with_bar_field_and_both_accounts():
    found = compare(example(), example(units=51.0, cash=490.0))
    assert found.fills == Tally(2, 2, 1)
    assert list(found.lines("kernel", "zipline")) == [
        "first difference: bar closing 1970-01-03 00:00:00 UTC, at 1970-01-02 12:00:00 UTC: "
        "A fill: units: kernel 50.0, zipline 51.0",
        "  kernel at the close of that bar: equity 1001.0, cash 500.0, holds A 50.0",
        "  zipline at the close of that bar: equity 1001.0, cash 490.0, holds A 51.0",
    ]


def test_a_unit_count_is_exact_and_a_price_is_not():
    assert compare(example(), example(price=10.0 * (1 + 9e-10))).is_none
    assert compare(example(), example(price=10.0 * (1 + 2e-9))).first.field == "price"
    assert compare(example(), example(units=np.nextafter(50.0, 51.0))).first.field == "units"
    assert compare(example(), example(units=np.nextafter(50.0, 51.0)), SAME_ARITHMETIC).is_none


def test_the_other_side_is_called_a_side():
    found = compare(example(), example(side=-1.0))
    assert (found.first.field, found.first.left, found.first.right) == ("side", 50.0, -50.0)


def test_a_row_that_only_one_side_has_is_said_to_be_missing():
    found = compare(example(), example(second_order=CLOSES[1]))
    assert found.orders == Tally(2, 2, 2)
    sentence = next(found.lines("kernel", "zipline"))
    assert sentence == (
        "first difference: bar closing 1970-01-03 00:00:00 UTC: B order: zipline has it (units -3.0), kernel has not"
    )


def test_cash_is_held_against_equity_not_against_its_own_small_rest():
    rest = 1e-8
    assert compare(example(cash=0.0), example(cash=rest)).is_none
    assert compare(example(cash=0.0), example(cash=2e-6)).first.field == "cash"


def test_the_largest_relative_difference_of_equity_is_measured_over_all_bars():
    other = example()
    equity = other.equity.set_column(1, EQUITY.field("equity"), pa.array([1000.0, 1001.0, 1011.01, 1001.0]))
    found = compare(example(), other._replace(equity=equity))
    assert found.max_relative_equity_difference == pytest.approx(10.01 / 1011.01, rel=1e-12)
    assert (found.first.table, found.first.field, found.first.bar) == ("bar", "equity", CLOSES[2])


def test_bars_that_one_side_lacks_are_counted_and_named():
    shorter = example()._replace(equity=example().equity.slice(0, 3))
    found = compare(example(), shorter)
    assert found.bars == Tally(4, 3, 1)
    assert (found.first.table, found.first.bar, found.first.field) == ("bar", CLOSES[3], "")
    assert found.states is None


def test_sequence_inside_a_bar_and_numbers_of_orders_do_not_count():
    one = books([order(1, "A", 1.0, number=1), order(1, "B", 2.0, number=2)], [], [bar(1, 1.0, 1.0)])
    other = books([order(1, "B", 2.0, number=1), order(1, "A", 1.0, number=2)], [], [bar(1, 1.0, 1.0)])
    assert compare(one, other).is_none


def test_the_answer_survives_json():
    found = compare(example(), example(units=51.0))
    assert Divergence.from_tree(found.tree()) == found


amounts = st.floats(1e-3, 1e6)


@given(st.lists(st.tuples(st.integers(1, 6), st.sampled_from("ABC"), amounts, amounts), max_size=12), st.data())
def test_any_planted_change_of_a_fill_is_found_where_it_was_planted(rows, data):
    fills = [fill(day * DAY, symbol, units, price=price) for day, symbol, units, price in sorted(rows)]
    equity = [bar(day * DAY, 1000.0, 1000.0) for day in range(1, 8)]
    one = books([], fills, equity)
    assert compare(one, one).is_none
    if not fills:
        return
    place = data.draw(st.integers(0, len(fills) - 1))
    field = data.draw(st.sampled_from(["units", "price", "commission"]))
    changed = [dict(row) for row in fills]
    changed[place][field] *= 1.0 + data.draw(st.sampled_from([1e-6, -1e-6, 1e-3]))
    found = compare(one, books([], changed, equity))
    assert found.fills == Tally(len(fills), len(fills), 1)
    assert found.first[:5] == ("fill", fills[place]["ts"], fills[place]["ts"], fills[place]["symbol"], field)
    assert (found.first.left, found.first.right) == (fills[place][field], changed[place][field])
    assert found == compare(one, books([], changed, equity))
