import math

import pyarrow as pa
import pytest

from enerqis.core.tables import INSTANT, TRADES
from enerqis.core.units import NANOSECONDS_PER_DAY as DAY
from enerqis.metrics.trades import TradesParams, compute


@pytest.fixture
def trades():
    """Won 30 in two days, lost 10 in four, earned nothing in three, and holds one that stands at +99."""
    days = [(0, 2), (3, 7), (8, 11), (12, 13)]
    entries = pa.array([a * DAY for a, _ in days], pa.int64()).cast(INSTANT)
    exits = pa.array([b * DAY for _, b in days], pa.int64()).cast(INSTANT)
    columns = [["X"] * 4, ["long"] * 4, entries, exits, [1.0] * 4, [100.0] * 4, [130.0, 90.0, 100.0, 199.0]]
    rest = [[30.0, -10.0, 0.0, 99.0], [0.3, -0.1, 0.0, 0.99], [0.0] * 4, ["decision"] * 4, [False] * 3 + [True]]
    return pa.table([*columns, *rest, entries, exits], schema=TRADES)


def test_trades_by_hand(make_evidence, trades):
    assert compute(TradesParams(), make_evidence([0.1], trades=trades)) == pytest.approx(
        {
            "trades_count": 3.0,
            "open_trades_count": 1.0,
            "win_rate_fraction": 1.0 / 3.0,
            "profit_factor_ratio": 3.0,
            "average_trade_amount": 20.0 / 3.0,
            "average_win_amount": 30.0,
            "average_loss_amount": -5.0,
            "average_trade_return_fraction": 0.2 / 3.0,
            "average_holding_days": 3.0,
        }
    )


def test_without_a_trade_only_the_counts_exist(make_evidence):
    found = compute(TradesParams(), make_evidence([0.1]))
    assert {name for name, value in found.items() if not math.isnan(value)} == {"trades_count", "open_trades_count"}
