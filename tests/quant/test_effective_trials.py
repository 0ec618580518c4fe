import numpy as np
import pytest

from enerqis.quant.effective_trials import clusters, correlations, effective_trials, participation_ratio

RNG = np.random.default_rng(3)
INDEPENDENT = RNG.normal(size=(800, 30))


def families(count, copies, noise):
    """Return `copies` near copies of each of `count` independent series, side by side."""
    return np.repeat(RNG.normal(size=(800, count)), copies, axis=1) + noise * RNG.normal(size=(800, count * copies))


def test_correlations_are_those_of_numpy():
    series = families(3, 4, 0.5)
    assert correlations(series) == pytest.approx(np.corrcoef(series.T), abs=1e-12)


def test_a_trial_that_never_trades_correlates_with_none():
    found = correlations(np.column_stack([np.zeros(50), RNG.normal(size=50)]))
    assert found.tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_independent_trials_all_count():
    found = correlations(INDEPENDENT)
    assert effective_trials(found) == 30
    # chance correlations of 1/sqrt(800) alone: 30 / (1 + 29 / 800) = 28.95
    assert participation_ratio(found) == pytest.approx(28.95, abs=0.3)


def test_copies_count_once():
    found = correlations(np.repeat(RNG.normal(size=(300, 1)), 25, axis=1))
    assert effective_trials(found) == 1
    assert participation_ratio(found) == pytest.approx(1.0, rel=1e-12)


def test_near_copies_of_five_ideas_are_five():
    found = correlations(families(5, 8, 0.3))
    assert clusters(found).tolist() == np.repeat(np.arange(5), 8).tolist()


def test_loosely_related_trials_stay_apart():
    # noise as large as the idea: a correlation of one half, a quarter of the variance shared
    assert effective_trials(correlations(families(4, 3, 1.0))) == 12


@pytest.mark.parametrize(("shape", "count"), [((5, 0), 0), ((5, 1), 1)])
def test_none_and_one_are_counted(shape, count):
    assert effective_trials(correlations(RNG.normal(size=shape))) == count
