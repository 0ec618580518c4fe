import math

import numpy as np
import pytest
from arch.bootstrap import SPA, StationaryBootstrap

from enerqis.quant.superiority import long_run_variance, superiority

RNG = np.random.default_rng(2)
NOISE = RNG.normal(size=(250, 12)) * 0.01


def by_hand(excess, *, block, draws, seed):
    """Return White's and Hansen's three probabilities as the papers define them, with the draws of arch."""
    count = len(excess)
    mean = excess.mean(axis=0)
    omega = np.sqrt(long_run_variance(excess, mean_block=block))
    limit = -omega * math.sqrt(2.0 * math.log(math.log(count)) / count)
    recentred = {"lower": np.maximum(mean, 0.0), "superior_ability": np.where(mean >= limit, mean, 0.0), "upper": mean}
    white, hansen = [], {name: [] for name in recentred}
    for (star,), _ in StationaryBootstrap(block, excess, seed=seed).bootstrap(draws):
        drawn = star.mean(axis=0)
        white.append((drawn - mean).max() > mean.max())
        for name, centre in recentred.items():
            hansen[name].append(((drawn - centre) / omega).max() > (mean / omega).max())
    return {"reality_check": np.mean(white), **{name: np.mean(each) for name, each in hansen.items()}}


def test_both_tests_are_what_their_papers_define():
    # of very different volatility, so that dividing by it matters, and with hopeless ones among them
    excess = NOISE * np.linspace(0.1, 10.0, 12) - np.where(np.arange(12) > 8, 0.02, 0.0)
    excess[:, 0] += 0.0001
    found = superiority(excess, mean_block=3.0, draws=300, seed=4)
    assert found._asdict() == pytest.approx(by_hand(excess, block=3, draws=300, seed=4))
    assert found.superior_ability < found.reality_check


def test_arch_does_not_studentise_which_is_why_the_differences_are_divided_before():
    excess = NOISE * np.linspace(0.1, 10.0, 12)
    values = []
    for is_studentised in (True, False):
        test = SPA(np.zeros(250), -excess, block_size=3, reps=100, studentize=is_studentised, seed=1)
        test.compute()
        values.append(test.pvalues.tolist())
    assert values[0] == values[1]


def test_probabilities_are_those_of_arch_where_it_is_given_what_it_does_not_divide():
    excess = NOISE * np.linspace(0.1, 10.0, 12) - np.where(np.arange(12) > 8, 0.02, 0.0)
    excess[:, 0] += 0.0001

    def theirs(differences):
        test = SPA(np.zeros(250), -differences, block_size=3, reps=300, seed=4)
        test.compute()
        return test.pvalues

    found = superiority(excess, mean_block=3.0, draws=300, seed=4)
    assert found.reality_check == theirs(excess)["upper"]
    divided = theirs(excess / np.sqrt(long_run_variance(excess, mean_block=3)))
    assert (found.lower, found.superior_ability, found.upper) == tuple(divided[["lower", "consistent", "upper"]])


def test_the_variance_is_that_of_means_of_the_bootstrap():
    dependent = np.apply_along_axis(lambda each: np.convolve(each, np.full(5, 0.2), "valid"), 0, NOISE[:, :3])
    means = StationaryBootstrap(6, dependent, seed=3).apply(lambda each: each.mean(axis=0), reps=4000)
    assert long_run_variance(dependent, mean_block=6) == pytest.approx(len(dependent) * means.var(axis=0), rel=0.08)


def test_planted_skill_is_found_among_noise():
    skilled = NOISE.copy()
    skilled[:, 7] += 0.003
    found = superiority(skilled, mean_block=2.0, draws=300, seed=1)
    assert found.superior_ability < 0.01
    assert found.reality_check < 0.01
    assert superiority(NOISE, mean_block=2.0, draws=300, seed=1).superior_ability > 0.05


def test_configurations_that_never_differ_from_the_benchmark_are_left_out():
    flat = np.zeros((250, 2))
    alone = superiority(NOISE, mean_block=2.0, draws=100, seed=1)
    assert superiority(np.column_stack([flat, NOISE]), mean_block=2.0, draws=100, seed=1) == alone
    assert all(math.isnan(each) for each in superiority(flat, mean_block=2.0, draws=100, seed=1))
