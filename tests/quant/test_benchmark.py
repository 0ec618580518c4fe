import numpy as np
import pyarrow as pa
import pytest

from enerqis.core.tables import BARS, BENCHMARK
from enerqis.quant.benchmark import buy_and_hold

HOUR = 3_600_000_000_000


def value(bars, hours, cash=100.0):
    table = buy_and_hold(bars, ts=np.array(hours) * HOUR, initial_cash=cash)
    assert table.schema.equals(BENCHMARK)
    return table.column("equity").to_pylist()


def test_it_buys_at_the_first_close_and_follows_the_price(make_bars):
    assert value(make_bars([(1, 50.0), (2, 60.0), (3, 40.0)]), [1, 2, 3]) == pytest.approx([100.0, 120.0, 80.0])


def test_a_split_changes_units_not_value(make_bars):
    assert value(make_bars([(1, 50.0), (2, 25.0, 2.0), (3, 30.0)]), [1, 2, 3]) == pytest.approx([100.0, 100.0, 120.0])


def test_a_dividend_is_paid_on_the_units_after_the_split_and_kept_as_cash(make_bars):
    bars = make_bars([(1, 50.0), (2, 25.0, 2.0, 1.0), (3, 50.0)])
    assert value(bars, [1, 2, 3]) == pytest.approx([100.0, 104.0, 204.0])


def test_what_happened_at_the_open_of_the_first_bar_is_in_its_price_already(make_bars):
    assert value(make_bars([(1, 50.0, 2.0, 5.0), (2, 50.0)]), [1, 2]) == pytest.approx([100.0, 100.0])


def test_symbols_share_the_cash_equally_and_a_later_one_waits_as_cash(make_bars):
    bars = pa.concat_tables([make_bars([(1, 10.0), (2, 20.0), (3, 20.0)]), make_bars([(2, 5.0), (3, 10.0)], "Y")])
    assert value(bars, [1, 2, 3]) == pytest.approx([100.0, 150.0, 200.0])


def test_a_symbol_that_ends_stays_at_its_last_close(make_bars):
    bars = pa.concat_tables([make_bars([(1, 10.0), (3, 20.0)]), make_bars([(1, 10.0), (2, 5.0)], "Y")])
    assert value(bars, [1, 2, 3]) == pytest.approx([100.0, 75.0, 125.0])


def test_a_price_below_zero_cannot_be_bought_but_can_be_held(make_bars):
    assert value(make_bars([(1, -5.0), (2, 10.0), (3, -10.0)]), [1, 2, 3]) == pytest.approx([100.0, 100.0, -100.0])
    assert value(make_bars([(1, -5.0)]), [1]) == [100.0]


def test_without_bars_there_is_nothing_to_hold():
    with pytest.raises(ValueError, match="no bars"):
        buy_and_hold(BARS.empty_table(), ts=np.array([1]), initial_cash=1.0)
