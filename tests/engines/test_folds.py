"""Folds by hand: one share, whole units, fills at the next open, which is the next close in these panels."""

from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest

import tests.engines.scripted as scripted
from enerqis.core.errors import StageError
from enerqis.cv import purged_kfold, walk_forward
from enerqis.cv.purged_kfold import PurgedKfoldParams
from enerqis.cv.walk_forward import WalkForwardParams
from enerqis.engines import zipline
from enerqis.engines.folds import Fold, folds, over, run_fold, splits_of
from enerqis.engines.kernel import backtest, batch
from enerqis.interfaces.cv import Reach, Split
from enerqis.interfaces.engine import Plugged, Span
from enerqis.interfaces.splitter import Splitter
from enerqis.strategies import cross_sectional_momentum, sma_cross
from enerqis.strategies.cross_sectional_momentum import CrossSectionalMomentumParams
from enerqis.strategies.sma_cross import SmaCrossParams
from tests.engines.agreement import difference
from tests.engines.scenes import DAY, PLAIN, fills, job_of, panel_of

NAN = float("nan")
CLOSE = [10.0, 10.0, 10.0, 12.0, 13.0, 14.0, 16.0, 11.0, 12.0]


def crossing(panel, fast=1, slow=3, **knobs):
    strategy = Plugged(sma_cross, SmaCrossParams(fast_bars=fast, slow_bars=slow))
    return replace(job_of(panel, **knobs), strategy=strategy)


def days(result):
    return [each.value // DAY for each in result.equity.column("ts").to_pylist()]


def test_a_fold_starts_flat_decides_at_its_first_close_and_shows_no_bar_before_it(kernels):
    # row 4: 13 is above (10 + 12 + 13) / 3, so 71 units are bought at 14 in row 5; row 7: 11 is below, too late to sell
    job = over(crossing(panel_of(CLOSE)), (4, 8))
    assert job.span == Span(2, 4, 8)
    result = backtest(job, cache_folder=kernels, build=PLAIN)
    assert fills(result) == [(5, 71.0, 14.0, "decision")]
    assert days(result) == [4, 5, 6, 7]
    assert result.equity.column("equity").to_pylist() == [1000.0, 1000.0, 6.0 + 71 * 16.0, 6.0 + 71 * 11.0]


def test_without_its_warm_up_the_same_rows_would_be_another_run(kernels):
    cold = replace(crossing(panel_of(CLOSE)), span=Span(4, 4, 8))
    result = backtest(cold, cache_folder=kernels, build=PLAIN)
    assert fills(result) == [(7, 90.0, 11.0, "decision")]  # the average of three is there at row 6 only


def test_what_is_held_at_the_end_is_closed_where_the_spec_says_so(kernels):
    job = over(crossing(panel_of(CLOSE), last_bar="close"), (4, 8))
    result = backtest(job, cache_folder=kernels, build=PLAIN)
    assert fills(result)[-1] == (7, -71.0, 11.0, "last_bar")


def test_all_rows_are_the_run_that_has_no_span(kernels):
    job = crossing(panel_of(CLOSE))
    whole = backtest(job, cache_folder=kernels, build=PLAIN)
    assert difference(backtest(over(job, (0, 9)), cache_folder=kernels, build=PLAIN), whole) == ""


def test_the_figures_of_a_batch_are_those_of_the_span(kernels):
    job = over(crossing(panel_of(CLOSE)), (4, 8))
    found = batch([job], cache_folder=kernels, threads=1, build=PLAIN)
    equity = np.array([1000.0, 1000.0, 1142.0, 787.0])
    returns = equity[1:] / equity[:-1] - 1.0
    assert found.final_equity.tolist() == [787.0]
    assert found.max_drawdown == pytest.approx([(1142.0 - 787.0) / 1142.0])
    assert found.sharpe == pytest.approx([returns.mean() / returns.std(ddof=1)])
    # of four bars the first is flat: 71 units at 14, 16 and 11 over the equity of the bar
    assert found.exposure == pytest.approx([(994 / 1000 + 1136 / 1142 + 781 / 787) / 4])
    with pytest.raises(StageError, match="configuration 1 of a batch differs from the first in its rows"):
        batch([job, over(job, (3, 8))], cache_folder=kernels, threads=1, build=PLAIN)


def test_nothing_outside_the_warm_up_and_the_test_is_seen(kernels):
    noise = np.random.default_rng(4)
    close = 50.0 * np.exp(np.cumsum(noise.normal(0.0, 0.02, 120)))
    job = over(crossing(panel_of(close), fast=3, slow=12), (60, 90))
    other = close.copy()
    other[: job.span.warmup], other[90:] = 7.0, noise.uniform(1.0, 99.0, 30)
    changed = replace(job, panel=panel_of(other))
    results = [backtest(each, cache_folder=kernels, build=PLAIN) for each in (job, changed)]
    assert results[0].fills.num_rows > 2
    assert difference(*results) == ""


@pytest.mark.parametrize("rows", [(30, 55), (41, 80)])
def test_both_engines_run_a_fold_alike(kernels, rows):
    # the second asset is absent at row 30, the third splits in the warm-up and inside; momentum remembers when it ranked
    noise = np.random.default_rng(9)
    close = 50.0 * np.exp(np.cumsum(noise.normal(0.0, 0.03, (80, 3)), axis=0))
    close[28:33, 1] = NAN
    split = np.ones_like(close)
    split[[25, 47], 2] = 2.0
    close[:, 2] /= np.cumprod(split[:, 2])
    params = CrossSectionalMomentumParams(lookback_bars=12, skip_bars=2, top_count=2, rebalance_bars=5)
    strategy = Plugged(cross_sectional_momentum, params)
    limits = {"trailing_stop": {"max_giveback_fraction": 0.05}, "drawdown_throttle": {}}
    job = replace(job_of(panel_of(close, split=split), limits=limits), strategy=strategy)
    (fold,) = folds(job, [Split(((0, 10),), (rows,))])
    reference = run_fold(
        replace(job, execution=job.execution.model_copy(update={"engine": "zipline"})), fold, cache_folder=kernels
    )
    ours = backtest(replace(job, span=fold.span), cache_folder=kernels, build=PLAIN)
    assert ours.fills.num_rows > 3
    assert difference(ours, reference) == ""
    shown = reference.own_tables["performance"].column("ts").to_pylist()
    assert shown[0].value // DAY == rows[0]
    assert len(shown) == rows[1] - rows[0]


def test_the_splits_of_a_panel_are_ranges_of_its_rows_by_each_assets_own_bars():
    panel = panel_of([[10.0, 1.0], [11.0, NAN], [12.0, NAN], [13.0, 1.0], [14.0, 1.0], [15.0, 1.0]])
    splitter = Splitter(purged_kfold, PurgedKfoldParams(n_folds=2), Reach(horizon_bars=1))
    # row 0's outcome is known at row 3, the second asset's next bar: it meets the second test
    assert splits_of(panel, splitter) == (Split(((4, 6),), ((0, 3),)), Split(((1, 2),), ((3, 6),)))


def test_every_test_of_every_split_is_a_fold_with_its_warm_up():
    job = crossing(panel_of(np.arange(20.0, 40.0)), slow=4)
    splitter = Splitter(walk_forward, WalkForwardParams(train_bars=8, test_bars=5))
    assert folds(job, splits_of(job.panel, splitter)) == (
        Fold(0, 0, ((0, 8),), Span(5, 8, 13)),
        Fold(1, 0, ((5, 13),), Span(10, 13, 18)),
    )


@pytest.mark.parametrize("span", [Span(3, 2, 5), Span(0, 5, 5), Span(0, 2, 10), Span(-1, 2, 5)])
def test_rows_that_are_no_span_are_refused(kernels, span):
    job = replace(crossing(panel_of(CLOSE)), span=span)
    with pytest.raises(StageError, match=r"rows \(.*\) are no span of a panel of 9 rows"):
        backtest(job, cache_folder=kernels, build=PLAIN)
    assert "are no span" in zipline.refuse(job)[0]


def test_a_memory_begins_with_the_first_decision(kernels):
    # decisions are read from a plan: what it asks before the first row is not heard, what it asks there is
    plan = {"target": [1.0, 0.5, NAN, NAN, 0.25, NAN, NAN]}
    panel = panel_of([10.0] * 7, plan=plan)
    job = replace(job_of(panel), strategy=Plugged(scripted, scripted.ScriptedParams()))
    result = backtest(over(job, (3, 7)), cache_folder=kernels, build=PLAIN)
    assert fills(result) == [(5, 25.0, 10.0, "decision")]


def test_a_plain_algorithm_has_no_memory_to_start_it_by():
    plain = ModuleType("plain")
    plain.initialize = plain.handle_data = lambda *arguments: None
    job = replace(crossing(panel_of(CLOSE), engine="zipline"), strategy=Plugged(plain, SmaCrossParams()))
    assert zipline.refuse(job) == []
    assert zipline.refuse(replace(job, span=Span(0, 4, 8))) == [
        "strategy: a plain zipline algorithm runs over all rows, no part of them with a warm-up before it"
    ]
