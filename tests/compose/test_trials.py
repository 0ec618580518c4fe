"""What makes a new trial and what does not: the key of a trial by its laws."""

import pytest

from enerqis.compose.digests import Forms, spec_digest
from enerqis.compose.experiments import compose_experiment, resolve_experiment
from enerqis.compose.points import Points
from enerqis.compose.trials import PARTS, config_digest, config_of, trial_key
from enerqis.compose.validating import validate
from enerqis.io.project import Project

EXPERIMENT = "goog_sma_cross"


@pytest.fixture(scope="module")
def shipped():
    return Project.find()


@pytest.fixture(scope="module")
def key(shipped):
    return config_of(resolve_experiment(shipped, EXPERIMENT))


@pytest.mark.parametrize(
    "override",
    [
        "strategy.fast_bars=11",
        "+feature@feature.own=indicator",
        "universe.symbols=[AAPL]",
        "universe.end='2010-01-04'",
        "risk=standard",
        "cost=none",
        "execution.engine=zipline",
        "execution.initial_cash=20000",
    ],
)
def test_a_part_of_the_config_makes_another_trial(shipped, key, override):
    other = resolve_experiment(shipped, EXPERIMENT, [override])
    assert config_of(other) != key


@pytest.mark.parametrize(
    "overrides",
    [
        ["seed=7"],
        ["execution.initial_cash=1e5"],
        ["question='Is it the same?'"],
        ["~metric.sharpe"],
        ["tracking.experiment_name=other"],
        ["strategy.slow_bars=30", "strategy.fast_bars=10"],
    ],
)
def test_seed_spelling_order_words_metrics_and_tracking_make_none(shipped, key, overrides):
    assert config_of(resolve_experiment(shipped, EXPERIMENT, overrides)) == key


def test_another_content_of_the_dataset_makes_another_trial(key):
    assert trial_key(key, "a" * 64) != trial_key(key, "b" * 64)
    assert trial_key(key, "a" * 64) == trial_key(key, "a" * 64)


def test_what_was_read_of_other_points_changes_no_hash(shipped):
    composed = compose_experiment(shipped, EXPERIMENT, ())
    points = Points(shipped, validate(composed, shipped), composed)
    forms = Forms()
    values = [
        {"strategy.fast_bars": 7},
        {"strategy.fast_bars": 8},
        {"cost.slippage.half_spread_bps": 3.0},
        {"strategy.fast_bars": 7},
    ]
    made = [points.at(each) for each in values]
    assert made[0].cost is made[1].cost  # parts are shared: what is read once is used again
    assert [config_of(each, forms) for each in made] == [config_of(each) for each in made]
    parts = [{"cost": each.cost, "strategy": each.strategy, "seed": each.seed} for each in made]
    assert [spec_digest("backtest", each, forms) for each in parts] == [spec_digest("backtest", each) for each in parts]


def test_a_config_without_one_of_its_parts_has_no_key():
    with pytest.raises(KeyError, match="strategy"):
        config_digest({name: {} for name in PARTS if name != "strategy"})


def test_the_hash_is_sha256_of_the_domain_and_the_canonical_json():
    import hashlib

    parts = {name: {} for name in PARTS} | {"strategy": {"kind": "a", "slow": 1.0}}
    text = '{"cost":{},"execution":{},"feature":{},"risk":{},"strategy":{"kind":"a","slow":1},"universe":{}}'
    assert config_digest(parts) == hashlib.sha256(b"enerqis/trial-config/1\0" + text.encode()).hexdigest()
