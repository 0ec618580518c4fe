from __future__ import annotations

import pytest

from enerqis.costs import no_commission, notional_bps, per_unit
from enerqis.costs.no_commission import NoCommissionParams
from enerqis.costs.notional_bps import NotionalBpsParams
from enerqis.costs.per_unit import PerUnitParams
from enerqis.interfaces.cost import CarryParams, CommissionParams, SlippageParams
from enerqis.io.plugins import load, params_class, scan


def test_a_commission_per_unit_is_units_times_rate():
    p = PerUnitParams(commission_per_unit=0.01, min_commission=1.0)
    assert per_unit.commission(p, 250.0, 80.0, 1.0) == pytest.approx(2.50)


def test_a_small_fill_pays_the_minimum():
    p = PerUnitParams(commission_per_unit=0.01, min_commission=1.0)
    assert per_unit.commission(p, 3.0, 80.0, 1.0) == 1.0
    assert notional_bps.commission(NotionalBpsParams(commission_bps=5.0, min_commission=2.0), 1.0, 100.0, 1.0) == 2.0


def test_ten_basis_points_are_a_tenth_of_a_percent_of_the_notional_with_its_multiplier():
    p = NotionalBpsParams(commission_bps=10.0, min_commission=0.0)
    assert notional_bps.commission(p, 2.0, 1000.0, 50.0) == pytest.approx(100.0)


@pytest.mark.parametrize(
    ("module", "p"),
    [
        (per_unit, PerUnitParams(commission_per_unit=0.02, min_commission=1.5)),
        (notional_bps, NotionalBpsParams(commission_bps=7.0, min_commission=1.5)),
        (no_commission, NoCommissionParams()),
    ],
)
@pytest.mark.parametrize("units", [0.5, 10.0, 1000.0])
def test_no_commission_exceeds_what_sizing_keeps_back(module, p, units):
    price, multiplier = 37.0, 2.0
    kept = max(module.minimum(p), module.commission_rate(p, price, multiplier) * units * price * multiplier)
    assert module.commission(p, units, price, multiplier) == pytest.approx(kept)


def test_a_price_below_zero_makes_no_commission_less():
    # 2 units x 37.63 x 50 = 3,763 of notional, 10 bps of it
    p = NotionalBpsParams(commission_bps=10.0, min_commission=0.0)
    assert notional_bps.commission(p, 2.0, -37.63, 50.0) == pytest.approx(3.763)
    assert notional_bps.commission_rate(p, -37.63, 50.0) == pytest.approx(0.001)
    assert per_unit.commission_rate(PerUnitParams(commission_per_unit=0.02), -40.0, 50.0) == pytest.approx(1e-5)


@pytest.mark.parametrize("kind", sorted(scan("costs", None)))
def test_a_cost_says_of_each_number_which_way_is_cheaper_or_is_known_to_have_none(kind):
    module = load(scan("costs", None)[kind])
    params = next(
        found
        for base in (CommissionParams, SlippageParams, CarryParams)
        if (found := params_class(scan("costs", None)[kind], base))
    )
    without = {"funding_rate": {"rate_bps", "settlement_hours_utc"}, "sqrt_impact": {"volatility_bars"}}
    without["volume_share"] = {"max_volume_share"}
    numbers = set(params.model_fields) - {"kind"} - without.get(kind, set())
    assert set(getattr(module, "LOOSER", {})) == numbers
    assert getattr(module, "IS_FREE", False) == kind.startswith("no_")
