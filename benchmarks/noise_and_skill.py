"""What the statistics say of pure noise and of planted skill, over 200 seeds. The tests do forty, smaller ones."""

from __future__ import annotations

import math
import sys
import time

import numpy as np

from benchmarks.own_tests import mount

SEEDS = 200
SKILL = 0.2
"""Mean over deviation per day of the configuration with skill: some 3.2 a year."""
SIZE = {"periods": 1008, "configs": 50, "draws": 500, "blocks": 16}


def main() -> int:
    """Print the figures of noise and of skill, and return how many of them are not as claimed."""
    mount()
    from tests.quant.noise_and_skill import LEVEL, independent, related, said

    # a share of 200 seeds may lie this far above the level by chance, once in a hundred times
    most = LEVEL + 2.33 * math.sqrt(LEVEL * (1.0 - LEVEL) / SEEDS)
    print(f"{SEEDS} seeds of {SIZE['configs']} configurations and {SIZE['periods']} days; level {LEVEL:.0%}")
    print(
        f"{'':24}{'PBO':>14}{'PSR>=.95':>10}{'DSR>=.95':>10}{'RC<level':>10}{'SPA<level':>10}{'found':>8}{'CPU s':>8}"
    )
    wrong = 0
    for make in (independent, related):
        for skill in (0.0, SKILL):
            started = time.process_time()
            found = [said(make, seed, skill=skill, **SIZE) for seed in range(SEEDS)]
            overfitting = np.array([each.overfitting for each in found])
            error = float(overfitting.std(ddof=1)) / math.sqrt(SEEDS)
            fooled, deflated, white, hansen = (
                float(np.mean(each))
                for each in (
                    [each.probabilistic >= 0.95 for each in found],
                    [each.deflated >= 0.95 for each in found],
                    [each.reality_check < LEVEL for each in found],
                    [each.superior_ability < LEVEL for each in found],
                )
            )
            best = float(np.mean([each.is_best_the_skilled for each in found]))
            print(
                f"{make.__name__ + (', skill' if skill else ', noise'):24}{overfitting.mean():>7.3f} ± {error:.3f}"
                f"{fooled:>10.1%}{deflated:>10.1%}{white:>10.1%}{hansen:>10.1%}"
                f"{f'{best:.0%}' if skill else '':>8}{time.process_time() - started:>8.1f}"
            )
            if skill:
                wrong += int(overfitting.mean() > 0.1) + int(hansen < 0.9) + int(deflated < 0.5)
            else:
                wrong += int(abs(overfitting.mean() - 0.5) > 2.6 * error) + int(hansen > most) + int(deflated > LEVEL)
    print(f"{wrong} figures are not as claimed" if wrong else "all figures are as claimed")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
