import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from enerqis.core.errors import StageError
from enerqis.io.plugins import Plugged
from enerqis.quant.overfitting import symmetric_validation
from enerqis.quant.superiority import superiority
from enerqis.search import grid, successive_halving, tpe
from enerqis.search.grid import GridParams
from enerqis.search.successive_halving import SuccessiveHalvingParams
from enerqis.search.tpe import TpeParams
from enerqis.spec.space import IntRange
from enerqis.validation.search import Candidates, judged
from tests.validation.conftest import cross

FAST, SLOW = "strategy.fast_bars", "strategy.slow_bars"
SPACE = {FAST: IntRange(low=4, high=8, step=2), SLOW: IntRange(low=6, high=26, step=10)}
POINTS = [{FAST: fast, SLOW: slow} for fast, slow in itertools.product((4, 6, 8), (6, 16, 26)) if fast < slow]


def candidates(job, ground, evidence, search):
    def job_at(values):
        if values[FAST] == 8 and values[SLOW] == 26:
            raise StageError("refused, as a strategy or an engine may")
        return cross(job.panel, fast=values[FAST], slow=values[SLOW])

    def trial(point, result):
        params = point.strategy.params
        figures = {} if result is None else {"final": result.equity.column("equity")[-1].as_py()}
        return {"key": f"{params.fast_bars}/{params.slow_bars}", **figures}

    return Candidates(search, {}, job_at, ground, evidence, trial)


@pytest.fixture(scope="module")
def on_grid(job, ground, evidence):
    params = GridParams(space=SPACE, constraints=(f"{FAST} < {SLOW}",))
    return candidates(job, ground, evidence, Plugged(grid, params))


def own_returns(panel, ground, point):
    job = cross(panel, fast=point[FAST], slow=point[SLOW])
    return ground.evidence(ground.run(job), job).returns


def test_the_best_of_what_is_seen_is_chosen_and_nothing_else_is_looked_at(on_grid, panel, ground):
    seen = np.zeros(500, dtype=bool)
    seen[100:250] = True
    known = [point for point in POINTS if point != {FAST: 8, SLOW: 26}]
    returns = [own_returns(panel, ground, point)[seen] for point in known]
    best = int(np.argmax([each.mean() / each.std(ddof=1) for each in returns]))
    chosen = on_grid.choose(seen)
    assert dict(chosen.values) == known[best]
    assert chosen.in_sample.tolist() == returns[best].tolist()
    assert chosen.job.strategy.params.fast_bars == known[best][FAST]


def test_what_is_refused_is_counted_and_not_chosen(on_grid):
    tree = on_grid.tree(seed=0)
    assert (tree["configurations"], tree["refused"]) == (len(POINTS) - 1, 1)
    assert {FAST: 8, SLOW: 26} not in [each["values"] for each in tree["points"]]


def test_every_point_that_was_run_is_counted_as_a_trial(on_grid, panel, ground):
    tried = on_grid.tree(seed=0)["tried"]
    # fast below slow of 4, 6, 8 and 6, 16, 26: seven points, of which one is refused and no trial
    assert [each["key"] for each in tried] == ["4/16", "4/26", "4/6", "6/16", "6/26", "8/16"]
    job = cross(panel, fast=4, slow=6)
    assert tried[2]["final"] == ground.run(job).equity.column("equity")[-1].as_py()


def test_points_of_a_fold_and_those_left_behind_are_trials_too(job, ground, evidence):
    params = SuccessiveHalvingParams(
        space=SPACE, constraints=(f"{FAST} < {SLOW}",), trials=6, first_fraction=0.5, reduction=2, seed=1
    )
    halving = candidates(job, ground, evidence, Plugged(successive_halving, params))
    halving.choose(np.arange(500) < 300)
    # six drawn of seven points; that which cannot be run may be among them
    assert len(halving.tree(seed=0)["tried"]) >= 5


def test_statistics_of_the_best_know_the_points_that_were_left_behind(job, ground, evidence):
    params = SuccessiveHalvingParams(
        space=SPACE, constraints=(f"{FAST} < {SLOW}",), trials=6, first_fraction=0.5, reduction=3, seed=1
    )
    halving = candidates(job, ground, evidence, Plugged(successive_halving, params))
    tree = halving.tree(seed=0)
    whole = [each.values for each in halving.searched(np.ones(500, dtype=bool)) if each.fraction == 1.0]
    assert tree["configurations"] == len(tree["points"]) == len(tree["tried"]) > len(whole)
    assert tree["best"] in whole
    assert sum(tree["overfitting"]["logit_counts"]) == 12_870


def test_a_run_that_fails_is_a_trial_without_figures(job, panel, ground, evidence):
    params = GridParams(space={FAST: IntRange(low=4, high=4), SLOW: IntRange(low=6, high=6)})
    short = candidates(job, ground, evidence, Plugged(grid, params))
    unknown = job.execution.model_copy(update={"rebalance": "every_moon"})
    short.job_at = lambda values: replace(job, execution=unknown)
    assert short.returns({FAST: 4, SLOW: 6}) is None
    assert list(short._tried.values()) == [{"key": "5/20"}]


def test_a_point_that_a_search_proposes_twice_is_one_configuration(job, ground, evidence):
    pytest.importorskip("optuna")
    space = {FAST: IntRange(low=4, high=6, step=2), SLOW: IntRange(low=16, high=16)}
    params = TpeParams(space=space, trials=6, batch_trials=2, startup_trials=2)
    tree = candidates(job, ground, evidence, Plugged(tpe, params)).tree(seed=0)
    assert tree["configurations"] == len(tree["points"]) == 2


def test_overfitting_and_superiority_are_those_of_all_returns(on_grid, panel, ground):
    tree = on_grid.tree(seed=3)
    matrix = np.column_stack([own_returns(panel, ground, each["values"]) for each in tree["points"]])
    assert tree["overfitting"]["overfitting_fraction"] == symmetric_validation(matrix).overfitting_fraction
    assert sum(tree["overfitting"]["logit_counts"]) == 12_870
    assert 0.0 in tree["overfitting"]["logit_edges"]
    block = tree["superiority"]["block_sessions"]
    found = superiority(matrix, mean_block=block, draws=500, seed=3)
    assert tree["superiority"]["superior_ability"] == found.superior_ability
    ratios = [each["sharpe_ratio"] for each in tree["points"]]
    assert tree["best"] == tree["points"][int(np.argmax(ratios))]["values"]
    assert 1 <= tree["effective"] <= tree["configurations"]


def test_a_search_that_drops_points_is_told_of_part_of_what_is_seen(job, ground, evidence):
    params = SuccessiveHalvingParams(
        space=SPACE, constraints=(f"{FAST} < {SLOW}",), trials=6, first_fraction=0.5, reduction=2, seed=1
    )
    halving = candidates(job, ground, evidence, Plugged(successive_halving, params))
    asked = halving.searched(np.ones(500, dtype=bool))
    # six points over half of the sessions, the better three over all of them
    assert [each.fraction for each in asked] == [0.5] * 6 + [1.0] * 3


def test_a_direction_turns_the_choice_around(job, ground, evidence):
    seen = np.ones(500, dtype=bool)
    totals = {}
    for direction in ("maximize", "minimize"):
        params = GridParams(
            space=SPACE, constraints=(f"{FAST} < {SLOW}",), objective="max_drawdown", direction=direction
        )
        chosen = candidates(job, ground, evidence, Plugged(grid, params)).choose(seen)
        totals[direction] = judged("max_drawdown", chosen.in_sample)
    assert totals["minimize"] < totals["maximize"]


def test_what_returns_do_not_say_is_refused_as_an_objective():
    with pytest.raises(StageError, match=r"^search.objective: 'turnover' cannot be judged on part of the period"):
        judged("turnover", np.zeros(3))
    assert judged("total_return", np.array([0.1, 0.1])) == pytest.approx(0.21)
    assert math.isnan(judged("sharpe", np.zeros(3)))


def test_a_train_set_on_which_nothing_has_a_score_is_refused(on_grid):
    nothing = np.zeros(500, dtype=bool)
    nothing[:2] = True
    with pytest.raises(StageError, match="no point has a score"):
        on_grid.choose(nothing)
