import math

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerqis.core.tables import FILLS, TRADES
from enerqis.quant.columns import integers
from enerqis.quant.trades import round_trips, traded_notional

HOUR = 3_600_000_000_000


def rows(fills, bars, **options):
    table = round_trips(fills, bars, **options)
    assert table.schema.equals(TRADES)
    hours = zip(integers(table, "entry_ts") // HOUR, integers(table, "exit_ts") // HOUR, strict=True)
    plain = table.drop(["entry_ts", "exit_ts", "entry_bar_ts", "exit_bar_ts"]).to_pylist()
    return [row | {"hours": (int(a), int(b))} for row, (a, b) in zip(plain, hours, strict=True)]


def test_bought_and_sold_is_one_long_trip(make_fills, make_bars):
    fills = make_fills([(1, 10.0, 50.0, 1.0, 0.5), (5, -10.0, 60.0, 2.0, 1.0, "stop_loss")])
    assert rows(fills, make_bars([(1, 50.0), (6, 60.0)])) == [
        {
            "symbol": "X",
            "side": "long",
            "hours": (1, 5),
            "units": 10.0,
            "entry_price": 50.0,
            "exit_price": 60.0,
            "profit": 97.0,  # 10 x 10 less commission; slippage is in the prices
            "return_fraction": 97.0 / 500.0,
            "costs": 4.5,
            "reason": "stop_loss",
            "is_open": False,
        }
    ]


def test_adding_and_reducing_is_one_trip_at_average_prices(make_fills, make_bars):
    fills = make_fills([(1, 10.0, 50.0), (2, 30.0, 70.0), (3, -20.0, 80.0), (4, -20.0, 40.0)])
    (trip,) = rows(fills, make_bars([(5, 40.0)]))
    assert (trip["units"], trip["entry_price"], trip["exit_price"]) == (40.0, 65.0, 60.0)
    assert trip["profit"] == pytest.approx(-200.0)


def test_a_fill_through_zero_closes_one_trip_and_opens_the_next(make_fills, make_bars):
    fills = make_fills([(1, 10.0, 50.0), (2, -30.0, 60.0, 3.0, 6.0), (3, 20.0, 55.0)])
    long, short = rows(fills, make_bars([(4, 55.0)]))
    assert (long["side"], long["profit"], long["costs"]) == ("long", pytest.approx(99.0), pytest.approx(3.0))
    assert (short["side"], short["hours"], short["units"]) == ("short", (2, 3), 20.0)
    assert short["profit"] == pytest.approx(98.0)


def test_a_split_changes_units_and_entry_price_of_an_open_trip(make_fills, make_bars):
    fills = make_fills([(1, 10.0, 100.0), (9, -20.0, 60.0)])
    (trip,) = rows(fills, make_bars([(1, 100.0), (5, 50.0, 2.0), (9, 60.0)]))
    assert (trip["units"], trip["entry_price"], trip["exit_price"], trip["profit"]) == (20.0, 50.0, 60.0, 200.0)


def test_a_fill_at_the_open_of_a_split_counts_in_new_units(make_fills, make_bars):
    fills = make_fills([(1, 10.0, 100.0), (4, -20.0, 60.0)])  # the bar that closes at 5 opens at 4
    (trip,) = rows(fills, make_bars([(1, 100.0), (5, 55.0, 2.0)]))
    assert (trip["is_open"], trip["profit"]) == (False, 200.0)


@pytest.mark.parametrize(("units", "expected"), [(10.0, 15.0), (-10.0, -15.0)])
def test_a_dividend_is_earned_long_and_owed_short(make_fills, make_bars, units, expected):
    fills = make_fills([(1, units, 50.0), (9, -units, 50.0)])
    (trip,) = rows(fills, make_bars([(1, 50.0), (5, 50.0, 1.0, 1.5), (9, 50.0)]))
    assert trip["profit"] == pytest.approx(expected)


def test_a_trip_that_ends_inside_a_bar_takes_no_dividend_of_the_bar_that_opens_then(make_fills, make_bars):
    # on 24/7: the bar that closes at 4 ends the trip; the one that opens at 4 and closes at 5 pays 1.5
    bars = make_bars([(1, 50.0), (4, 50.0), (5, 50.0, 1.0, 1.5)])
    (inside,) = rows(make_fills([(1, 1.0, 50.0), (4, -1.0, 50.0, 0.0, 0.0, "stop_loss", "X", 4)]), bars)
    assert inside["profit"] == 0.0
    (at_open,) = rows(make_fills([(1, 1.0, 50.0), (4, -1.0, 50.0)]), bars)
    assert at_open["profit"] == 1.5


def test_what_is_held_at_the_end_is_marked_at_the_last_close(make_fills, make_bars):
    fills = make_fills([(1, -10.0, 50.0, 1.0), (2, 4.0, 40.0)])
    (trip,) = rows(fills, make_bars([(1, 50.0), (8, 45.0)]))
    assert (trip["is_open"], trip["reason"], trip["hours"]) == (True, "open", (1, 8))
    assert trip["profit"] == pytest.approx(4 * 10.0 + 6 * 5.0 - 1.0)
    assert trip["exit_price"] == pytest.approx((4 * 40.0 + 6 * 45.0) / 10.0)


def test_fractional_units_that_do_not_add_up_to_zero_are_flat(make_fills, make_bars):
    fills = make_fills([(1, 0.1, 50.0), (2, 0.2, 50.0), (3, -0.3, 60.0), (4, 1.0, 50.0), (5, -1.0, 55.0)])
    first, second = rows(fills, make_bars([(6, 50.0)]))
    assert first["profit"] == pytest.approx(3.0)
    assert (second["hours"], second["profit"]) == ((4, 5), pytest.approx(5.0))


def test_trips_stand_in_the_order_they_began(make_fills, make_bars):
    fills = make_fills(
        [(2, 1.0, 5.0, 0.0, 0.0, "a", "Y"), (3, 1.0, 5.0, 0.0, 0.0, "a", "X"), (4, -1.0, 6.0, 0.0, 0.0, "b", "Y")]
    )
    bars = pa.concat_tables([make_bars([(1, 5.0), (9, 7.0)]), make_bars([(1, 5.0), (9, 7.0)], "Y")])
    assert [(row["symbol"], row["is_open"]) for row in rows(fills, bars)] == [("Y", False), ("X", True)]


def test_the_multiplier_turns_points_into_currency(make_fills, make_bars):
    fills = make_fills([(1, 2.0, 50.0), (2, -2.0, 51.0)])
    (trip,) = rows(fills, make_bars([(3, 51.0)]), contract_multiplier=50.0)
    assert (trip["profit"], trip["return_fraction"]) == (100.0, pytest.approx(0.02))
    assert traded_notional(fills, contract_multiplier=50.0) == 10_100.0


def test_a_price_of_zero_has_no_return(make_fills, make_bars):
    (trip,) = rows(make_fills([(1, 1.0, 0.0), (2, -1.0, 1.0)]), make_bars([(3, 1.0)]))
    assert trip["profit"] == 1.0
    assert math.isnan(trip["return_fraction"])


def test_without_fills_there_are_no_trips(make_bars):
    assert rows(FILLS.empty_table(), make_bars([(1, 1.0)])) == []


amounts = st.integers(-20, 20).filter(bool).map(float)


@given(
    st.lists(st.tuples(amounts, st.integers(1, 200).map(float), st.integers(0, 5).map(float)), min_size=1, max_size=30)
)
def test_profits_together_are_what_the_account_gained(make_fills, make_bars, drawn):
    fills = make_fills([(hour + 1, *each) for hour, each in enumerate(drawn)])
    last_close = 77.0
    cash = sum(-units * price - commission for units, price, commission in drawn)
    gained = cash + sum(units for units, _, _ in drawn) * last_close
    trips = rows(fills, make_bars([(len(drawn) + 2, last_close)]))
    assert sum(trip["profit"] for trip in trips) == pytest.approx(gained)
