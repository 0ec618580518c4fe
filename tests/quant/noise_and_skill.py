"""Return series whose skill is known: none at all, or one configuration that has it; and what the statistics say of them."""

from typing import NamedTuple

import numpy as np

from enerqis.quant.bootstrap import block_length
from enerqis.quant.deflation import TrialSharpes, deflated_sharpe
from enerqis.quant.overfitting import symmetric_validation
from enerqis.quant.probability import probabilistic_sharpe
from enerqis.quant.superiority import superiority
from enerqis.quant.track import track_record

LEVEL = 0.05


class Said(NamedTuple):
    """What the statistics say of one seed's configurations."""

    overfitting: float
    reality_check: float
    superior_ability: float
    probabilistic: float
    deflated: float
    is_best_the_skilled: bool


def independent(rng, periods, configs):
    """Return normal returns that have nothing to do with each other."""
    return rng.normal(size=(periods, configs)) * 0.01


def related(rng, periods, configs):
    """Return fat-tailed returns that share a market whose volatility clusters, as those of one strategy's parameters do."""
    volatility = 0.005 * np.exp(np.repeat(rng.normal(size=periods // 25 + 1) * 0.5, 25)[:periods, None])
    market = rng.standard_t(4, size=(periods, 1))
    return volatility * (
        0.7 * market * rng.choice([-1.0, 1.0], size=configs) + rng.standard_t(4, size=(periods, configs))
    )


def said(make, seed, *, periods, configs, draws, blocks, skill=0.0):
    """Return what the statistics say of configurations made from a seed, the last of them with skill."""
    returns = make(np.random.default_rng(seed), periods, configs)
    returns[:, -1] += skill * returns[:, -1].std()
    tracks = [track_record(column) for column in returns.T]
    best = int(np.argmax([each.sharpe.value for each in tracks]))
    test = superiority(returns, mean_block=block_length(returns[:, best]), draws=draws, seed=seed)
    return Said(
        overfitting=symmetric_validation(returns, blocks=blocks).overfitting_fraction,
        reality_check=test.reality_check,
        superior_ability=test.superior_ability,
        probabilistic=probabilistic_sharpe(tracks[best]),
        deflated=deflated_sharpe(tracks[best], TrialSharpes.of([each.sharpe for each in tracks])),
        is_best_the_skilled=best == configs - 1,
    )
