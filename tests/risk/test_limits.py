from __future__ import annotations

import importlib

import pytest

from enerqis.interfaces.risk import HOOKS, LimitParams
from enerqis.io.plugins import params_class, scan
from enerqis.risk import (
    daily_loss,
    drawdown_halt,
    drawdown_throttle,
    gross_exposure,
    leverage,
    net_exposure,
    position,
    stop_loss,
    take_profit,
    time_stop,
    trailing_stop,
)

KINDS = scan("risk", None)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_limit_has_one_hook_and_says_for_each_parameter_which_way_loosens_it(kind):
    module = importlib.import_module(KINDS[kind].module)
    params = params_class(KINDS[kind], LimitParams)
    assert params is not None
    assert [hook for hook in HOOKS if hasattr(module, hook)].__len__() == 1
    assert set(module.LOOSER) == set(params.model_fields)
    assert set(module.LOOSER.values()) <= {"up", "down"}


def test_a_target_beyond_the_position_limit_is_pulled_back_on_both_sides():
    p = position.PositionParams(max_position_fraction=0.5)
    assert [position.limit_target(p, target) for target in (0.7, -0.7, 0.3)] == [0.5, -0.5, 0.3]


def test_gross_and_net_limits_scale_the_whole_book():
    assert gross_exposure.limit_scale(gross_exposure.GrossExposureParams(max_gross_fraction=1.0), 1.6, 0.4) == 0.625
    assert net_exposure.limit_scale(net_exposure.NetExposureParams(max_net_fraction=0.25), 1.6, -0.5) == 0.5
    assert net_exposure.limit_scale(net_exposure.NetExposureParams(max_net_fraction=0.25), 1.6, 0.1) == 1.0


def test_leverage_held_is_brought_back_to_its_bound():
    assert leverage.limit_held(leverage.LeverageParams(max_leverage_fraction=2.0), 2.5, 0.0) == 0.8


def test_stops_lie_on_the_losing_side_of_their_anchor():
    loss = stop_loss.StopLossParams(max_loss_fraction=0.25)
    trail = trailing_stop.TrailingStopParams(max_giveback_fraction=0.5)
    assert stop_loss.stop_price(loss, 1.0, 100.0, 130.0) == 75.0
    assert stop_loss.stop_price(loss, -1.0, 100.0, 80.0) == 125.0
    assert trailing_stop.stop_price(trail, 1.0, 100.0, 130.0) == 65.0
    assert trailing_stop.stop_price(trail, -1.0, 100.0, 80.0) == 120.0


def test_a_profit_lies_on_the_winning_side():
    p = take_profit.TakeProfitParams(max_gain_fraction=0.25)
    assert (take_profit.profit_price(p, 1.0, 100.0), take_profit.profit_price(p, -1.0, 100.0)) == (125.0, 75.0)


def test_time_is_up_after_the_last_allowed_bar():
    p = time_stop.TimeStopParams(max_held_bars=3)
    assert [time_stop.exit_bar(p, held) for held in (2.0, 3.0)] == [False, True]


def test_daily_loss_is_measured_from_the_start_of_the_session():
    p = daily_loss.DailyLossParams(max_daily_loss_fraction=0.25)
    assert [daily_loss.limit_equity(p, equity, 200.0, 100.0) for equity in (75.5, 75.0)] == [1.0, 0.0]


def test_a_halt_is_measured_from_the_peak():
    p = drawdown_halt.DrawdownHaltParams(max_drawdown_fraction=0.5)
    assert [drawdown_halt.limit_equity(p, equity, 200.0, 100.0) for equity in (101.0, 100.0)] == [1.0, 0.0]


def test_a_throttle_goes_down_in_even_steps():
    p = drawdown_throttle.DrawdownThrottleParams(
        start_drawdown_fraction=0.125, max_drawdown_fraction=0.375, min_scale_fraction=0.5, steps=2
    )
    scales = [
        drawdown_throttle.limit_equity(p, equity, 100.0, 100.0) for equity in (90.0, 87.5, 87.0, 74.0, 62.5, 10.0)
    ]
    assert scales == [1.0, 1.0, 0.75, 0.5, 0.5, 0.5]


def test_a_throttle_must_end_below_where_it_starts():
    with pytest.raises(ValueError, match="must be above start_drawdown_fraction"):
        drawdown_throttle.DrawdownThrottleParams(start_drawdown_fraction=0.3, max_drawdown_fraction=0.2)
