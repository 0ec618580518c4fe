"""Honest controls: what only looks as if it knew the future must raise no alarm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from enerqis.cv import purged_kfold
from enerqis.cv.purged_kfold import PurgedKfoldParams
from enerqis.engines.folds import splits_of
from enerqis.engines.kernel import backtest
from enerqis.features import fitted_zscore, forward_return
from enerqis.features.fitted_zscore import FittedZscoreParams
from enerqis.features.forward_return import ForwardReturnParams
from enerqis.interfaces.cv import Reach, Split
from enerqis.interfaces.engine import Panel
from enerqis.interfaces.splitter import Splitter
from enerqis.io.plugins import Plugged
from enerqis.leaks.chain import Chain
from enerqis.leaks.examining import Leaks
from enerqis.leaks.fills import fill_findings
from enerqis.leaks.folds import out_of_fold
from enerqis.leaks.foreknowledge import foreknown
from enerqis.leaks.labels import label_among_features
from enerqis.leaks.universe import Life, survivorship
from tests.engines.scenes import DAY, PLAIN, job_of, panel_of
from tests.leaks.worlds import CUT, looked_at, market, rolled, tossing
from tests.validation.conftest import cross


def long_ema(panel: Panel) -> np.ndarray:
    """Weight 0.001: its start is never quite forgotten."""
    found = panel.close.copy()
    for row in range(1, len(found)):
        found[row] = 0.999 * found[row - 1] + 0.001 * found[row]
    return found


def expanding_then_rolling_mean(panel: Panel) -> np.ndarray:
    """Warms up by the mean of all bars so far."""
    return np.array([panel.close[max(0, t - 49) : t + 1].mean(axis=0) for t in range(len(panel.close))])


def rolling_zscore(panel: Panel) -> np.ndarray:
    deviation = rolled(panel.close, 20, lambda each: each.std(axis=0))
    return (panel.close - rolled(panel.close, 20, lambda each: each.mean(axis=0))) / deviation


def right_labelled_resample(panel: Panel) -> np.ndarray:
    """Close of each group of five bars, from the group's last bar on."""
    rows = (np.arange(len(panel.close)) + 1) // 5 * 5 - 1
    return np.where(rows[:, None] < 0, np.nan, panel.close[np.maximum(rows, 0)])


def lagged(panel: Panel) -> np.ndarray:
    return np.vstack([np.full((5, panel.close.shape[1]), np.nan), panel.close[:-5]])


def past_return(panel: Panel) -> np.ndarray:
    return panel.close / lagged(panel) - 1.0


def expanding_zscore(panel: Panel) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        rows = [
            (each - panel.close[: t + 1].mean(axis=0)) / panel.close[: t + 1].std(axis=0)
            for t, each in enumerate(panel.close)
        ]
    return np.array(rows)


def forward_filled(panel: Panel) -> np.ndarray:
    found = panel.close.copy()
    for row in range(1, len(found)):
        found[row] = np.where(np.isnan(found[row]), found[row - 1], found[row])
    return found


def momentum_of_those_there(panel: Panel) -> np.ndarray:
    """Ranks the symbols that have a bar at the row, delisted ones while they live."""
    score = np.where(np.isnan(panel.close), -np.inf, np.nan_to_num(past_return(panel)))
    return np.argsort(np.argsort(score, axis=1), axis=1).astype(float)


def forward_adjusted(panel: Panel) -> np.ndarray:
    """Prices times the factors so far."""
    return panel.close * np.cumprod(panel.split_factor, axis=0)


COLUMNS = [
    (long_ema, market()),
    (expanding_then_rolling_mean, market()),
    (rolling_zscore, market()),
    (right_labelled_resample, market()),
    (lagged, market()),
    (past_return, market()),
    (expanding_zscore, market()),
    (forward_filled, market(3, 800, gone=0.7)),
    (momentum_of_those_there, market(5, gone=0.2)),
    (forward_adjusted, replace(market(), split_factor=np.where(np.arange(400)[:, None] % 90 == 80, 2.0, 1.0))),
]


@pytest.mark.parametrize(("column", "panel"), COLUMNS, ids=lambda each: getattr(each, "__name__", ""))
def test_no_alarm_for_a_column_that_knows_the_past_alone(column: Callable[[Panel], np.ndarray], panel: Panel) -> None:
    examined = looked_at(column, panel)
    assert examined.findings == ()
    assert examined.seen == {"feature x.value"}  # and the test could have seen one
    assert foreknown(panel, {"feature x.value": column(panel)}) == ()


def test_a_column_that_never_changes_is_called_blind_not_honest() -> None:
    assert looked_at(lambda panel: np.ones(panel.close.shape), market()).seen == frozenset()


def test_no_alarm_for_a_scaler_fitted_on_the_train_rows_of_its_fold() -> None:
    def scaled(panel: Panel, split: Split) -> dict[str, np.ndarray]:
        rows = np.concatenate([panel.close[first:last] for first, last in split.train])
        return {"score": (panel.close - rows.mean(axis=0)) / rows.std(axis=0)}

    assert out_of_fold(scaled, market(), [Split(((0, 190), (270, 400)), ((200, 250),))], seed=1) == ()


def test_no_alarm_for_labels_and_scores_in_folds_that_are_purged_by_what_they_declare(kernels) -> None:
    panel = market(2, 250, gone=0.3)
    features = {
        "next": Plugged(forward_return, ForwardReturnParams(horizon_bars=5)),
        "score": Plugged(fitted_zscore, FittedZscoreParams(fit_bars=20)),
    }
    chain = Chain(tossing(panel), features, kernels, is_compiled=False)
    ready = chain.ready(panel)
    splits = splits_of(panel, Splitter(purged_kfold, PurgedKfoldParams(n_folds=5), Reach(horizon_bars=5, fit_bars=20)))
    chain = replace(chain, job=replace(chain.job, panel=ready))
    result = chain.run(ready)
    assert Leaks(chain, result, splits=splits, seed=3, cuts=1).tree()["findings"] == []
    loose = splits_of(panel, Splitter(purged_kfold, PurgedKfoldParams(n_folds=5)))
    found = {each.subject: each.test for each in Leaks(chain, result, splits=loose, seed=3, cuts=0).findings()}
    assert found == {"label next.value": "unpurged_fold", "feature score.value": "out_of_fold"}


@pytest.mark.parametrize("trades", [True, False], ids=["random", "without trades"])
def test_no_alarm_for_a_strategy_that_looks_at_nothing(kernels, trades) -> None:
    chain = Chain(tossing(market(2, gone=0.5), trades=trades), {}, kernels, is_compiled=False)
    result = chain.run(chain.job.panel)
    assert bool(result.fills.num_rows) == trades
    tree = Leaks(chain, result, splits=(), seed=3, cuts=1).tree()
    assert tree["findings"] == []
    assert trades or "strategy coin" in tree["blind"]


def test_no_alarm_for_a_shipped_strategy_with_costs(kernels) -> None:
    chain = Chain(cross(market()), {}, kernels, is_compiled=False)
    tree = Leaks(chain, chain.run(chain.job.panel), splits=(), seed=3, cuts=1).tree()
    assert (tree["findings"], tree["blind"], tree["refused"]) == ([], [], [])


@pytest.mark.parametrize("knobs", [{}, {"fill_price": "next_close", "latency_bars": 2, "last_bar": "close"}], ids=str)
def test_no_alarm_for_stops_inside_bars_limit_orders_and_late_fills(kernels, knobs) -> None:
    panel = market()
    rng = np.random.default_rng(2)
    plan = {"target": np.where(rng.random(400) < 0.2, rng.choice([0.0, 1.0], 400), np.nan)}
    plan["limit"] = np.where(rng.random(400) < 0.1, panel.close[:, 0] * 0.99, np.nan)
    panel = replace(panel, features=panel_of(panel.close, plan=plan).features)
    limits = {"stop_loss": {"max_loss_fraction": 0.02}, "take_profit": {"max_gain_fraction": 0.02}}
    job = job_of(panel, limits=limits, lot_step=0.0, **knobs)
    result = backtest(job, cache_folder=kernels, build=PLAIN)
    assert result.fills.num_rows > 20
    assert fill_findings(job, result) == ()


def test_no_alarm_where_the_market_repeats_itself_and_an_honest_column_knows_it() -> None:
    turns = np.where(np.arange(400) % 2 == 0, 0.02, -0.019)
    panel = panel_of(np.round(100.0 * np.exp(np.cumsum(turns)), 2))
    assert foreknown(panel, {"feature x.value": -np.vstack([[[0.0]], np.diff(panel.close, axis=0)])}) == ()


def test_no_alarm_where_one_market_follows_another_and_still_for_recorded_prices() -> None:
    rng = np.random.default_rng(8)
    leader = rng.normal(0.0, 0.02, 400)
    follower = np.concatenate([[0.0], 0.8 * leader[:-1]]) + rng.normal(0.0, 0.01, 400)
    panel = panel_of(100.0 * np.exp(np.cumsum(np.column_stack([leader, follower]), axis=0)))
    told = np.column_stack([np.full(400, np.nan), np.sign(leader)])  # goes with the follower's next return by 0.66
    assert foreknown(panel, {"strategy x": told}) == ()
    alone = panel_of(panel.close[:, 1:])
    assert [each.symbol for each in foreknown(alone, {"strategy x": told[:, 1:]})] == list(alone.symbols)


def test_no_alarm_for_a_label_that_was_lagged_until_it_is_known() -> None:
    panel = market()
    back = past_return(panel)
    label = np.vstack([back[5:], np.full((5, 1), np.nan)])
    known = np.concatenate([panel.ts[5:], np.zeros(5, dtype=np.int64)])[:, None]
    assert label_among_features(panel, {"feature x.value": back}, {"next.value": label}, {"next.value": known}) == ()


LIVES = {f"S{i:02d}": Life(0, 100 * DAY if i < 20 else (30 + i) * DAY) for i in range(40)}


@pytest.mark.parametrize(
    "universe",
    [["S00"], ["S00", "S01", "S02", "S03", "S04", "S30"], ["S01", "S02"]],
    ids=["one symbol", "one that died", "chance"],
)
def test_no_alarm_for_a_universe_that_chance_could_give(universe) -> None:
    assert survivorship(universe, LIVES, start=DAY, end=100 * DAY, grace=10 * DAY) == ()


def test_the_future_that_is_changed_leaves_the_past_as_it_is() -> None:
    panel = market(3, gone=0.3)
    kept = looked_at(lambda world: world.close, panel, CUT)
    assert kept.findings == ()
