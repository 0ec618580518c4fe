"""Many jobs at once, in plain Python: the same figures as each alone, to the bit."""

from dataclasses import fields, replace

import numpy as np
import pytest

import enerqis.engines.kernel as kernel
import tests.engines.holding as holding
from enerqis.costs import borrow_rate, notional_bps, spread_bps
from enerqis.engines.batching import batches, first_rows, run_jobs, statistics_of
from enerqis.engines.kernel import backtest
from enerqis.engines.planning import Build
from enerqis.interfaces.engine import Plugged, Span
from enerqis.quant.return_moments import bar_returns
from tests.engines.scenes import PLAIN, job_of, panel_of

CLOSES = [100, 103, 99, 104, 110, 96, 101, 108]
PLAN = {"target": [1.0, np.nan, 0.0, 1.0, np.nan, 0.5, np.nan, 0.0]}


@pytest.fixture(scope="module")
def panel():
    return panel_of(CLOSES, plan=PLAN)


def jobs_of(panel):
    paid = Plugged(notional_bps, notional_bps.NotionalBpsParams(commission_bps=10.0))
    spread = Plugged(spread_bps, spread_bps.SpreadBpsParams())
    return [
        job_of(panel, commission=paid, initial_cash=1000.0, lot_step=0.0),
        job_of(panel, commission=paid, slippage=spread, lot_step=0.0),
        job_of(panel, commission=paid, initial_cash=5000.0, lot_step=0.0),
        job_of(panel, limits={"stop_loss": {"max_loss_fraction": 0.02}}, lot_step=0.0),
    ]


def test_jobs_that_share_all_but_numbers_form_a_batch(panel):
    jobs = jobs_of(panel)
    assert batches([*jobs, job_of(panel_of(CLOSES, plan=PLAN))]) == [[0, 2], [1], [3], [4]]


def test_other_engines_run_alone(panel):
    jobs = jobs_of(panel)[:1] * 2
    slow = [replace(job, execution=job.execution.model_copy(update={"engine": "zipline"})) for job in jobs]
    assert batches([*slow, *jobs]) == [[0], [1], [2, 3]]


def test_a_batch_gives_the_figures_of_each_job_alone_to_the_bit(panel, tmp_path):
    jobs = jobs_of(panel)
    ran = run_jobs(jobs, cache_folder=tmp_path, threads=1, build=PLAIN)
    assert ran.errors == {}
    for i, job in enumerate(jobs):
        table = backtest(job, cache_folder=tmp_path, build=PLAIN)
        assert ran.result.final_equity[i] == table.equity.column("equity")[-1].as_py()
        alone = statistics_of(table, job)
        for each in fields(alone):
            np.testing.assert_allclose(
                getattr(ran.result, each.name)[i], getattr(alone, each.name)[0], rtol=1e-13, atol=0, err_msg=each.name
            )
        np.testing.assert_array_equal(ran.result.moments[i], alone.moments[0])
        assert ran.result.max_drawdown[i] == alone.max_drawdown[0]


@pytest.mark.parametrize("build", [PLAIN, Build(is_generic=True, is_compiled=False)])
def test_a_batch_keeps_the_equity_after_marked_rows_to_the_bit_wherever_tiles_end(panel, kernels, monkeypatch, build):
    marks = (-1, 0, 2, 3, 3, 5, 7)
    jobs = [replace(job, marks=marks) for job in jobs_of(panel)[::2]]
    jobs.append(replace(jobs[0], span=Span(0, 2, 6)))
    monkeypatch.setattr(kernel, "tile_bars", lambda rows, fitting, most: 3)
    ran = run_jobs(jobs, cache_folder=kernels, threads=2, build=build)
    for i, job in enumerate(jobs):
        table = backtest(job, cache_folder=kernels, build=PLAIN)
        equity = dict(zip(range(job.rows.first, job.rows.last), table.equity["equity"].to_pylist(), strict=True))
        expected = [equity.get(row, np.nan) for row in marks]
        np.testing.assert_array_equal(ran.result.marks[i], expected)
        np.testing.assert_array_equal(statistics_of(table, job).marks, [expected])
        unmarked = run_jobs([replace(job, marks=())], cache_folder=kernels, threads=1, build=build).result
        assert unmarked.marks.shape == (1, 0)
        assert unmarked.moments[0].tolist() == ran.result.moments[i].tolist()


def test_jobs_that_mark_other_rows_run_in_other_batches(panel):
    jobs = [replace(job_of(panel), marks=marks) for marks in ((1, 2), (1, 3), (1, 2))]
    assert batches(jobs) == [[0, 2], [1]]


def test_an_account_that_lost_all_returns_nothing_more(tmp_path):
    # 30 units on 1,000: 1,000, -500, and a debt that dear interest makes grow; a ratio of two debts is no return
    panel = panel_of([100.0, 100.0, 50.0, 45.0, 45.0, 45.0], plan={"target": [3.0] + [np.nan] * 5})
    debt = Plugged(borrow_rate, borrow_rate.BorrowRateParams(debit_rate=1.0))
    job = job_of(panel, carry=debt, keep_commission=False, cash_shortfall="allow", initial_margin_fraction=1.0)
    equity = backtest(job, cache_folder=tmp_path, build=PLAIN).equity.column("equity").to_numpy()
    assert equity[2] < 0.0
    assert equity[-1] < equity[-2] < 0.0
    (sums,) = run_jobs([job], cache_folder=tmp_path, threads=1, build=PLAIN).result.moments
    assert sums[0] == pytest.approx(bar_returns(equity).sum(), rel=1e-12)
    assert sums[1] == pytest.approx((bar_returns(equity) ** 2).sum(), rel=1e-12)


def test_jobs_that_decide_what_cannot_be_traded_fail_alone_in_the_midst_of_a_batch(panel, tmp_path):
    targets = [0.5, 2e6, 1.0, 0.0, 3e6]  # beyond a million is no exposure
    jobs = [
        replace(job_of(panel, lot_step=0.0), strategy=Plugged(holding, holding.HoldingParams(target=target)))
        for target in targets
    ]
    assert batches(jobs) == [[0, 1, 2, 3, 4]]
    ran = run_jobs(jobs, cache_folder=tmp_path, threads=1, build=PLAIN)
    assert list(ran.errors) == [1, 4]
    assert "must be a finite exposure of at most a million" in ran.errors[4]
    assert np.isnan(ran.result.final_equity).tolist() == [False, True, False, False, True]
    assert (
        ran.result.final_equity[2] == backtest(jobs[2], cache_folder=tmp_path, build=PLAIN).equity["equity"][-1].as_py()
    )
    assert ran.result.fills.tolist() == [1, 0, 1, 0, 0]


def test_the_first_rows_are_what_was_known_at_their_end(panel, tmp_path):
    whole = backtest(job_of(panel), cache_folder=tmp_path, build=PLAIN).equity
    part = backtest(job_of(first_rows(panel, 5)), cache_folder=tmp_path, build=PLAIN).equity
    assert part.equals(whole.slice(0, 5))
