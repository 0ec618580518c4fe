"""Prices of zero and less, such as WTI's of 2020-04-20: nothing is opened at them, what is held is closed; in both engines."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from enerqis.costs import spread_bps
from enerqis.costs.spread_bps import SpreadBpsParams
from enerqis.engines import kernel, zipline
from enerqis.io.plugins import Plugged
from tests.engines.agreement import difference
from tests.engines.scenes import PLAIN, fills, job_of, panel_of

NAN = math.nan


@pytest.mark.parametrize("price", [0.0, -5.0])
@pytest.mark.parametrize("keeps", [True, False])
def test_no_target_is_opened_at_a_price_of_zero_or_less(tmp_path: Path, price: float, keeps: bool) -> None:
    panel = panel_of([10.0, 10.0, price, -7.0], plan={"target": [NAN, 1, NAN, NAN]})
    job = job_of(panel, keep_commission=keeps, lot_step=0.0)
    found = kernel.backtest(job, cache_folder=tmp_path, build=PLAIN)
    assert fills(found) == []
    assert found.orders.column("status").to_pylist() == ["rejected"]
    assert found.equity.column("equity").to_pylist() == [1000.0] * 4


def test_what_is_held_is_closed_below_zero_at_a_worse_price(tmp_path: Path) -> None:
    # 100 units at 10, sold at -5 less 1 % of 5: 1,000 - 1,000 - 505
    costs = Plugged(spread_bps, SpreadBpsParams(half_spread_bps=100.0, slippage_bps=0.0))
    panel = panel_of([10.0, 10.0, 6.0, -5.0], plan={"target": [1, NAN, 0, NAN]})
    job = job_of(panel, slippage=costs, keep_commission=False, cash_shortfall="allow")
    found = kernel.backtest(job, cache_folder=tmp_path, build=PLAIN)
    assert fills(found)[-1] == (3, -100.0, -5.05, "decision")
    assert found.equity.column("cash").to_pylist()[-1] == pytest.approx(1000.0 - 1010.0 - 505.0)
    assert difference(found, zipline.backtest(job, cache_folder=tmp_path)) == ""
