import itertools
import math

import numpy as np
import pytest
from scipy import stats

from enerqis.quant.overfitting import symmetric_validation

RNG = np.random.default_rng(11)


def by_hand(returns, blocks):
    """Return (best, in sample, out of sample, logit) of every split, as the paper's steps read, one at a time."""
    size = len(returns) // blocks
    parts = np.split(returns[len(returns) - size * blocks :], blocks)
    rows = []
    for chosen in itertools.combinations(range(blocks), blocks // 2):
        inside = np.concatenate([parts[i] for i in chosen])
        outside = np.concatenate([parts[i] for i in range(blocks) if i not in chosen])
        first, second = (half.mean(axis=0) / half.std(axis=0, ddof=1) for half in (inside, outside))
        best = int(np.argmax(first))
        share = stats.rankdata(second)[best] / (returns.shape[1] + 1)
        rows.append((best, first[best], second[best], math.log(share / (1 - share))))
    return [np.array(column) for column in zip(*rows, strict=True)]


@pytest.mark.parametrize(("periods", "configs", "blocks"), [(60, 7, 4), (61, 10, 6), (32, 3, 8)])
def test_every_split_is_what_the_papers_steps_give(periods, configs, blocks):
    returns = RNG.normal(size=(periods, configs)) * 0.01 + 0.002
    found = symmetric_validation(returns, blocks=blocks)
    best, inside, outside, logits = by_hand(returns, blocks)
    assert found.best.tolist() == best.tolist()
    assert found.in_sample == pytest.approx(inside, rel=1e-9)
    assert found.out_of_sample == pytest.approx(outside, rel=1e-9)
    assert found.logits == pytest.approx(logits, rel=1e-9)
    on_it = np.abs(logits) < 1e-12
    assert found.overfitting_fraction == np.mean(logits < -1e-12) + on_it.mean() / 2
    assert found.loss_fraction == np.mean(outside < 0.0)
    assert found.degradation == pytest.approx(np.polyfit(inside, outside, 1), rel=1e-6)


@pytest.mark.parametrize("configs", [2, 3, 5])
def test_few_configurations_without_skill_are_a_coin_even_or_odd(configs):
    drawn = [np.random.default_rng(seed).normal(size=(80, configs)) for seed in range(150)]
    found = np.array([symmetric_validation(each, blocks=6).overfitting_fraction for each in drawn])
    assert abs(found.mean() - 0.5) < 3.0 * found.std() / math.sqrt(len(found))


@pytest.mark.parametrize(
    "returns", [np.repeat(RNG.normal(size=(40, 1)), 4, axis=1), np.zeros((40, 4))], ids=["alike", "flat"]
)
def test_nothing_was_overfitted_where_nothing_could_be_chosen(returns):
    found = symmetric_validation(returns, blocks=4)
    assert set(found.logits.tolist()) == {0.0}
    assert found.overfitting_fraction == 0.5


def test_sixteen_blocks_make_12870_splits_in_tiles_that_change_nothing(monkeypatch):
    returns = RNG.normal(size=(160, 5))
    whole = symmetric_validation(returns)
    monkeypatch.setattr("enerqis.quant.overfitting.TILE_VALUES", 5 * 1000)
    tiled = symmetric_validation(returns)
    assert len(whole.logits) == 12_870
    assert whole.logits.tobytes() == tiled.logits.tobytes()


def test_one_configuration_that_is_always_better_is_never_overfitted():
    returns = RNG.normal(size=(400, 20)) * 0.01
    returns[:, 4] += 0.01
    found = symmetric_validation(returns, blocks=8)
    assert set(found.best.tolist()) == {4}
    assert (found.overfitting_fraction, found.loss_fraction) == (0.0, 0.0)


def test_the_best_of_one_half_is_the_worst_of_the_other_where_halves_are_opposite():
    good = np.repeat([0.01, -0.01], 20) + RNG.normal(size=40) * 1e-4
    found = symmetric_validation(np.column_stack([good, -good]), blocks=2)
    assert found.overfitting_fraction == 1.0
    assert found.loss_fraction == 1.0


def test_configurations_that_never_trade_are_flat_and_share_a_rank():
    returns = np.column_stack([np.zeros(40), np.full(40, 0.001), RNG.normal(size=40) * 0.01 - 0.01])
    found = symmetric_validation(returns, blocks=4)
    assert np.isfinite(found.logits).all()
    assert found.out_of_sample.tolist() == [0.0] * 6
    # first of two that tie above the third: rank 2.5 of 3, w = 0.625
    assert found.logits.tolist() == pytest.approx([math.log(0.625 / 0.375)] * 6)
    slope, intercept = found.degradation
    assert math.isnan(slope)
    assert intercept == 0.0


@pytest.mark.parametrize(
    ("shape", "blocks", "message"),
    [
        ((40, 1), 4, "nothing was chosen"),
        ((40, 3), 3, "Must be even"),
        ((40, 3), 0, "even"),
        ((30, 3), 16, "2 periods"),
    ],
)
def test_what_cannot_be_split_is_refused(shape, blocks, message):
    with pytest.raises(ValueError, match=message):
        symmetric_validation(np.ones(shape), blocks=blocks)
