from __future__ import annotations

import math
from pathlib import Path

import pytest
import yaml

from enerqis.costs import half_spread, no_slippage, spread_bps, sqrt_impact, volume_share
from enerqis.costs.half_spread import HalfSpreadParams
from enerqis.costs.no_slippage import NoSlippageParams
from enerqis.costs.spread_bps import SpreadBpsParams
from enerqis.costs.sqrt_impact import SqrtImpactParams
from enerqis.costs.volume_share import VolumeShareParams
from enerqis.interfaces.cost import Market

REPOSITORY = Path(__file__).parents[2]
UNKNOWN = Market(math.nan, math.nan, math.nan)


def test_without_slippage_the_fill_is_at_the_market():
    assert no_slippage.fill_price(NoSlippageParams(), 101.25, 1.0, 10.0, UNKNOWN) == 101.25


def test_a_buy_pays_more_and_a_sell_gets_less_by_half_spread_plus_slippage():
    p = SpreadBpsParams(half_spread_bps=3.0, slippage_bps=2.0)
    assert spread_bps.fill_price(p, 200.0, 1.0, 10.0, UNKNOWN) == pytest.approx(200.10)
    assert spread_bps.fill_price(p, 200.0, -1.0, 10.0, UNKNOWN) == pytest.approx(199.90)


def test_half_of_the_quoted_spread_is_paid_on_each_side():
    # bid 199.70 and ask 200.30: the middle is 200
    quoted, p = Market(1000.0, 0.60, math.nan), HalfSpreadParams()
    assert half_spread.fill_price(p, 200.0, 1.0, 10.0, quoted) == pytest.approx(200.30)
    assert half_spread.fill_price(p, 200.0, -1.0, 10.0, quoted) == pytest.approx(199.70)
    with_slippage = HalfSpreadParams(slippage_bps=5.0)
    assert half_spread.fill_price(with_slippage, 200.0, 1.0, 10.0, quoted) == pytest.approx(200.40)


def test_a_bar_without_a_spread_pays_the_stand_in():
    p = HalfSpreadParams(fallback_bps=25.0)
    assert half_spread.fill_price(p, 200.0, -1.0, 10.0, UNKNOWN) == pytest.approx(199.50)
    assert half_spread.needs(p) == ()
    assert half_spread.needs(HalfSpreadParams()) == ("spread",)


IMPACT = SqrtImpactParams(coefficient=0.8, half_spread_bps=2.0, fallback_bps=15.0, max_impact_bps=300.0)


@pytest.mark.parametrize(
    ("units", "market", "fraction"),
    [
        # 0.8 * 2 % * sqrt(2,500 / 250,000) = 0.8 * 0.02 * 0.1, and 2 bps
        (2_500.0, Market(250_000.0, math.nan, 0.02), 0.0018),
        # four times the units, twice the impact
        (10_000.0, Market(250_000.0, math.nan, 0.02), 0.0034),
        # as much as the whole bar: 0.8 * 2 %
        (250_000.0, Market(250_000.0, math.nan, 0.02), 0.0162),
        # hourly bars of the same market, a 24th of the volume and sqrt(1/24) of the volatility: the same impact
        (2_500.0, Market(250_000.0 / 24, math.nan, 0.02 / math.sqrt(24)), 0.0018),
        # never more than 300 bps
        (1e9, Market(250_000.0, math.nan, 0.02), 0.0302),
        # no volume, or no volatility yet: 15 bps
        (2_500.0, Market(0.0, math.nan, 0.02), 0.0017),
        (2_500.0, Market(math.nan, math.nan, 0.02), 0.0017),
        (2_500.0, Market(250_000.0, math.nan, math.nan), 0.0017),
    ],
)
@pytest.mark.parametrize("side", [1.0, -1.0])
def test_impact_is_volatility_times_the_root_of_the_share_of_volume(units, market, fraction, side):
    paid = sqrt_impact.fill_price(IMPACT, 50.0, side, units, market)
    assert paid == pytest.approx(50.0 * (1.0 + side * fraction), rel=1e-14)


@pytest.mark.parametrize(
    ("module", "p"),
    [
        (spread_bps, SpreadBpsParams(half_spread_bps=30.0, slippage_bps=20.0)),
        (half_spread, HalfSpreadParams(fallback_bps=30.0, slippage_bps=20.0)),
        (sqrt_impact, SqrtImpactParams(fallback_bps=30.0, half_spread_bps=20.0)),
    ],
)
def test_below_zero_a_buyer_is_paid_less_and_a_seller_pays_more(module, p):
    # the price of WTI on 2020-04-20: half a percent of it is 18.815 cents
    assert module.fill_price(p, -37.63, 1.0, 10.0, UNKNOWN) == pytest.approx(-37.44185, rel=1e-12)
    assert module.fill_price(p, -37.63, -1.0, 10.0, UNKNOWN) == pytest.approx(-37.81815, rel=1e-12)


@pytest.mark.parametrize(
    ("units", "volume", "taken", "paid"),
    [
        # zipline's defaults: 2.5 % of 20,000 are 500; 400 are a share of 0.02: 50 * (1 + 0.1 * 0.0004)
        (400.0, 20_000.0, 400.0, 50.002),
        (500.0, 20_000.0, 500.0, 50.003125),
        (9_000.0, 20_000.0, 500.0, 50.003125),
        (1.0, 0.0, 0.0, 50.003125),
        (1.0, math.nan, 0.0, 50.003125),
    ],
)
def test_a_bar_takes_a_share_of_its_volume_at_a_price_that_moves_with_its_square(units, volume, taken, paid):
    p, market = VolumeShareParams(), Market(volume, math.nan, math.nan)
    wide = VolumeShareParams(half_spread_bps=20.0)  # 20 bps of 50 are 10 cents on top
    assert volume_share.fill_price(wide, 50.0, 1.0, units, market) == pytest.approx(paid + 0.1, rel=1e-15)
    assert volume_share.fillable(p, units, market) == taken
    assert volume_share.fill_price(p, 50.0, 1.0, units, market) == pytest.approx(paid, rel=1e-15)
    assert volume_share.fill_price(p, -50.0, -1.0, units, market) == pytest.approx(-paid, rel=1e-15)


def test_shares_in_size_cost_no_less_than_the_plain_tariff():
    # the smallest order pays what us_equity takes, spread and slippage together; a larger one pays its impact on top
    plain, sized = (
        yaml.safe_load((REPOSITORY / f"conf/cost/us_equity{end}.yaml").read_text())["slippage"]
        for end in ("", "__volume_share")
    )
    assert sized["half_spread_bps"] >= plain["half_spread_bps"] + plain["slippage_bps"]
