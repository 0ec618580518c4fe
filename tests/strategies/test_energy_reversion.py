import math

import pytest
from pydantic import ValidationError

from enerqis.interfaces.strategy import Account, Bar, NoState
from enerqis.strategies.energy_reversion import EnergyReversionIndicators, EnergyReversionParams, indicators, on_bar

BAR = Bar(10.0, 10.0, 10.0, 10.0, 1.0)


def target(displacement, units=0.0, **settings):
    ind = EnergyReversionIndicators(displacement**2 / 2, displacement)
    account = Account(units, 10.0 if units else 0.0, 1.0 if units else 0.0, 1000.0)
    return on_bar(EnergyReversionParams(**settings), NoState(), BAR, ind, account).target


def test_it_buys_what_is_stretched_far_below():
    assert target(-2.1, exposure=0.5) == 0.5


def test_it_is_flat_where_stretched_above_and_short_where_it_is_told_to():
    assert target(2.1) == 0.0
    assert target(2.1, is_long_short=True) == -1.0


def test_it_keeps_what_it_has_between_entry_and_exit():
    assert math.isnan(target(-2.0, units=1.0))
    assert math.isnan(target(-0.6, units=1.0))


def test_it_closes_when_the_energy_is_spent():
    assert target(-0.4, units=1.0) == 0.0


def test_it_closes_when_the_price_has_run_through_its_equilibrium():
    assert target(0.6, units=1.0) == 0.0
    assert target(-0.6, units=-1.0, is_long_short=True) == 0.0


def test_it_says_nothing_while_the_energy_is_not_known():
    assert math.isnan(target(math.nan, units=1.0))


def test_it_looks_at_the_potential_energy_and_its_side():
    calls = indicators(EnergyReversionParams(lookback_bars=30))
    assert {name: call.kind for name, call in calls.items()} == {
        "potential": "potential_energy",
        "displacement": "displacement",
    }


def test_an_exit_above_the_entry_is_refused():
    with pytest.raises(ValidationError, match=r"exit_energy \(2.0\) must be less than entry_energy \(2.0\)"):
        EnergyReversionParams(exit_energy=2.0)
