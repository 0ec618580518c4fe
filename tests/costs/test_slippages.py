from __future__ import annotations

import pytest

from enerqis.costs import no_slippage, spread_bps
from enerqis.costs.no_slippage import NoSlippageParams
from enerqis.costs.spread_bps import SpreadBpsParams


def test_without_slippage_the_fill_is_at_the_market():
    assert no_slippage.fill_price(NoSlippageParams(), 101.25, 1.0) == 101.25


def test_a_buy_pays_more_and_a_sell_gets_less_by_half_spread_plus_slippage():
    p = SpreadBpsParams(half_spread_bps=3.0, slippage_bps=2.0)
    assert spread_bps.fill_price(p, 200.0, 1.0) == pytest.approx(200.10)
    assert spread_bps.fill_price(p, 200.0, -1.0) == pytest.approx(199.90)
