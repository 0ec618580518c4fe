from __future__ import annotations

import math

import pytest

from enerqis.costs import no_slippage, spread_bps
from enerqis.costs.no_slippage import NoSlippageParams
from enerqis.costs.spread_bps import SpreadBpsParams
from enerqis.interfaces.cost import Market

UNKNOWN = Market(math.nan, math.nan, math.nan)


def test_without_slippage_the_fill_is_at_the_market():
    assert no_slippage.fill_price(NoSlippageParams(), 101.25, 1.0, 10.0, UNKNOWN) == 101.25


def test_a_buy_pays_more_and_a_sell_gets_less_by_half_spread_plus_slippage():
    p = SpreadBpsParams(half_spread_bps=3.0, slippage_bps=2.0)
    assert spread_bps.fill_price(p, 200.0, 1.0, 10.0, UNKNOWN) == pytest.approx(200.10)
    assert spread_bps.fill_price(p, 200.0, -1.0, 10.0, UNKNOWN) == pytest.approx(199.90)
