import math

import pytest

from enerqis.cv.purged_kfold import PurgedKfoldParams
from enerqis.cv.walk_forward import WalkForwardParams
from enerqis.engines.kernel import backtest
from enerqis.features.fitted_zscore import FittedZscoreParams
from enerqis.features.forward_return import ForwardReturnParams
from enerqis.features.market_energy import MarketEnergyParams
from enerqis.interfaces.cv import PathPart, Reach, Split, fit_windows, gaps, horizons, paths, reach
from enerqis.quant.timeline import Gap
from enerqis.risk.stop_loss import StopLossParams
from enerqis.risk.time_stop import TimeStopParams
from enerqis.spec.execution import Execution
from tests.engines.scenes import PLAIN, fills, job_of, panel_of


def test_labels_scores_and_time_stops_say_how_far_an_experiment_reaches():
    features = {
        "week": ForwardReturnParams(horizon_bars=5),
        "month": ForwardReturnParams(horizon_bars=21),
        "score": FittedZscoreParams(fit_bars=60),
        "energy": MarketEnergyParams(),
    }
    limits = {"time_stop": TimeStopParams(max_held_bars=30), "stop_loss": StopLossParams()}
    assert horizons(features, limits, Execution(latency_bars=2)) == {
        "feature.week.horizon_bars": 5,
        "feature.month.horizon_bars": 21,
        "risk.time_stop.max_held_bars": 35,
    }
    assert fit_windows(features) == {"feature.score.fit_bars": 60}
    assert reach(features, limits, Execution()) == Reach(31, 60)
    assert reach({}, {}, Execution()) == Reach(0, 0)


@pytest.mark.parametrize("latency_bars", [0, 1, 2])
def test_a_position_is_closed_when_its_horizon_ends(latency_bars, kernels):
    target = [math.nan, 1.0, *[math.nan] * 14]
    job = job_of(
        panel_of([10.0] * 16, plan={"target": target}),
        limits={"time_stop": {"max_held_bars": 4}},
        latency_bars=latency_bars,
    )
    bought, sold = fills(backtest(job, cache_folder=kernels, build=PLAIN))
    horizon = reach({}, {"time_stop": TimeStopParams(max_held_bars=4)}, job.execution).horizon_bars
    assert (bought[0], sold[0]) == (1 + 1 + latency_bars, 1 + horizon)


def test_what_a_scheme_leaves_open_comes_from_the_declarations():
    hour = 3_600_000_000_000
    assert gaps(PurgedKfoldParams(), Reach(5, 60)) == (Gap(5), Gap(60))
    said = PurgedKfoldParams(purge_bars=7, purge_hours=1.5, embargo_bars=0, embargo_hours=2.0)
    assert gaps(said, Reach(5, 60)) == (Gap(7, 3 * hour // 2), Gap(0, 2 * hour))
    assert gaps(WalkForwardParams(), Reach(5, 60))[0] == Gap(5)


def test_each_path_tests_every_fold_once():
    # three folds, two of them tested in each split: the worked case of Lopez de Prado's section 12.3 in small
    a, b, c = (0, 2), (2, 4), (4, 6)
    splits = [Split((c,), (a, b)), Split((b,), (a, c)), Split((a,), (b, c))]
    assert paths(splits) == (
        (PathPart(0, 0), PathPart(0, 1), PathPart(1, 1)),
        (PathPart(1, 0), PathPart(2, 0), PathPart(2, 1)),
    )
    assert paths([]) == ()
