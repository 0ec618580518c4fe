import math

import pytest
from pydantic import ValidationError

from enerqis.interfaces.strategy import Account, Bar, NoState
from enerqis.strategies.energy_breakout import EnergyBreakoutIndicators, EnergyBreakoutParams, indicators, on_bar

BAR = Bar(10.0, 10.0, 10.0, 10.0, 1.0)


def target(now, move, bars_held=0.0, usual=0.5, **settings):
    account = Account(1.0 if bars_held else 0.0, 10.0, bars_held, 1000.0)
    ind = EnergyBreakoutIndicators(now, usual, move)
    return on_bar(EnergyBreakoutParams(**settings), NoState(), BAR, ind, account).target


def test_it_goes_with_a_rise_whose_energy_expanded():
    assert target(1.01, 0.02, exposure=0.5) == 0.5


def test_an_energy_at_the_ratio_itself_has_not_expanded():
    assert math.isnan(target(1.0, 0.02))


def test_a_fall_with_expanded_energy_closes_and_shorts_where_it_is_told_to():
    assert target(1.01, -0.02) == 0.0
    assert target(1.01, -0.02, is_long_short=True) == -1.0


def test_a_position_is_closed_after_the_bars_it_may_be_held():
    assert math.isnan(target(0.5, 0.01, bars_held=9.0))
    assert target(0.5, 0.01, bars_held=10.0) == 0.0


def test_it_stays_while_the_energy_is_expanded():
    assert target(1.01, 0.01, bars_held=10.0) == 1.0


def test_it_says_nothing_while_the_usual_energy_is_not_known():
    assert math.isnan(target(2.0, 0.01, usual=math.nan))


def test_it_reads_the_column_of_the_feature_it_names():
    calls = indicators(EnergyBreakoutParams(feature="energy"))
    assert calls["kinetic_now"].inputs == calls["kinetic_usual"].inputs == ("energy.kinetic",)
    assert calls["move"].inputs == ("close",)


def test_a_fast_window_that_is_not_faster_is_refused():
    with pytest.raises(ValidationError, match=r"fast_bars \(50\) must be less than slow_bars \(50\)"):
        EnergyBreakoutParams(fast_bars=50)
