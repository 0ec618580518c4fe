import itertools

import numpy as np
import pytest

from enerqis.quant.drawdown import drawdowns
from enerqis.quant.reordering import reordered

TRADES = np.array([0.10, -0.05, 0.03, -0.20, 0.08])


def drawdown_of(returns):
    return float(drawdowns(np.cumprod(1.0 + np.array(returns)), initial=1.0).max())


def test_every_order_that_comes_out_is_one_of_the_trades_and_all_orders_come_out():
    found = reordered(TRADES, draws=3000, seed=1)
    possible = {round(drawdown_of(order), 12) for order in itertools.permutations(TRADES)}
    assert {round(each, 12) for each in found.drawdowns.tolist()} == possible
    assert found.recorded == pytest.approx(drawdown_of(TRADES), rel=1e-12)


def test_the_rank_is_the_share_of_orders_that_went_no_worse():
    found = reordered(TRADES, draws=3000, seed=1)
    orders = [drawdown_of(order) for order in itertools.permutations(TRADES)]
    exact = np.mean([each <= drawdown_of(TRADES) * (1.0 + 1e-12) for each in orders])
    assert found.rank_fraction == pytest.approx(exact, abs=0.03)


def test_the_same_seed_gives_the_same_orders_in_any_tiles(monkeypatch):
    whole = reordered(TRADES, draws=100, seed=3)
    assert reordered(TRADES, draws=100, seed=3).drawdowns.tobytes() == whole.drawdowns.tobytes()
    assert reordered(TRADES, draws=100, seed=4).drawdowns.tobytes() != whole.drawdowns.tobytes()
    monkeypatch.setattr("enerqis.quant.reordering.TILE_VALUES", 10)
    assert reordered(TRADES, draws=100, seed=3).drawdowns.tobytes() == whole.drawdowns.tobytes()


def test_no_trades_have_no_drawdown_and_losing_all_is_losing_all():
    assert reordered(TRADES[:0], draws=5, seed=0).drawdowns.tolist() == [0.0] * 5
    assert reordered(np.array([-1.5, 0.5]), draws=5, seed=0).drawdowns.tolist() == [1.0] * 5
