from dataclasses import replace

import numpy as np
import pytest

from enerqis.engines.kernel import backtest
from enerqis.quant.cost_stress import charged
from enerqis.validation.stress import stress_tree
from tests.engines.scenes import PLAIN
from tests.validation.conftest import cross


def test_costs_charged_again_are_what_a_run_at_those_costs_gives(panel, job, evidence, ground):
    cases = stress_tree(job, evidence, ground)["cases"]
    for multiple in (0.0, 2.0, 3.0):
        dearer = cross(panel, commission_bps=10.0 * multiple)
        own = ground.evidence(ground.run(dearer), dearer).returns
        found = cases[f"costs_x{multiple:g}"]
        # what commission is kept back makes orders a thousandth smaller
        assert found["total_return_fraction"] == pytest.approx(np.prod(1.0 + own) - 1.0, abs=2e-3)
    totals = [cases[name]["total_return_fraction"] for name in ("costs_x0", "as_recorded", "costs_x2", "costs_x3")]
    assert totals == sorted(totals, reverse=True)
    assert totals[0] - totals[1] > 0.02


def test_fills_one_bar_later_are_a_run_with_a_bar_more_of_latency(job, evidence, ground):
    late = replace(job, execution=job.execution.model_copy(update={"latency_bars": 1}))
    equity = backtest(late, cache_folder=ground.cache_folder, build=PLAIN).equity.column("equity").to_pylist()
    found = stress_tree(job, evidence, ground)["cases"]["fills_one_bar_later"]
    assert found["total_return_fraction"] == pytest.approx(equity[-1] / 1000.0 - 1.0, rel=1e-12)
    assert found != stress_tree(job, evidence, ground)["cases"]["as_recorded"]


def test_at_the_break_even_multiple_the_whole_gain_is_paid_away(job, evidence, ground):
    tree = stress_tree(job, evidence, ground)
    multiple = tree["break_even_cost_multiple"]
    assert multiple > 1.0
    dearer = cross(job.panel, commission_bps=10.0 * multiple)
    left = ground.evidence(ground.run(dearer), dearer).returns
    assert np.prod(1.0 + left) == pytest.approx(1.0, abs=0.1)
    assert charged(evidence.returns, np.zeros(500), times=9.0).tolist() == pytest.approx(evidence.returns.tolist())
