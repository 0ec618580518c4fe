"""The claim of all these figures, on series whose skill is known; `benchmarks/noise_and_skill.py` does 200 seeds."""

import math

import numpy as np
import pytest

from tests.quant.noise_and_skill import LEVEL, independent, related, said

SMALL = {"periods": 252, "configs": 10, "draws": 150, "blocks": 8}
SEEDS = 40


@pytest.mark.parametrize("make", [independent, related])
def test_noise_is_called_noise(make):
    found = [said(make, seed, **SMALL) for seed in range(SEEDS)]
    overfitting = np.array([each.overfitting for each in found])
    error = overfitting.std(ddof=1) / math.sqrt(SEEDS)
    assert abs(overfitting.mean() - 0.5) < 2.6 * error
    # 6 or more of 40 at a level of 5 % come once in seventy times
    assert sum(each.superior_ability < LEVEL for each in found) < 6
    assert sum(each.deflated >= 0.95 for each in found) <= 2
    # what nobody corrected for ten trials fools one in three
    assert sum(each.probabilistic >= 0.95 for each in found) > 10


@pytest.mark.parametrize("make", [independent, related])
def test_planted_skill_is_found(make):
    # 0.35 a day is too good for any market, and what a single year can show
    found = [said(make, seed, skill=0.35, **SMALL) for seed in range(12)]
    assert sum(each.is_best_the_skilled for each in found) >= 11
    assert np.mean([each.overfitting for each in found]) < 0.1
    assert sum(each.superior_ability < LEVEL for each in found) >= 10
    assert np.median([each.deflated for each in found]) > 0.9
