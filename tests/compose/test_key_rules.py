from pathlib import Path

import pytest

from enerqis.compose.experiments import resolve_experiment
from enerqis.core.errors import ConfigError
from enerqis.io.project import Project

HERE = Project(Path(__file__).parents[2])
SMA = "conf/strategy/sma_cross.yaml"


@pytest.mark.parametrize(
    ("overrides", "begins", "ends"),
    [
        (["strategy.fast_bars=60"], "<override>: strategy: fast_bars (60)", f" slow_bars is set at {SMA}:13:12."),
        (["strategy.slow_bars=5"], "<override>: strategy: fast_bars (10)", f" fast_bars is set at {SMA}:12:12."),
        (
            ["strategy.fast_bars=60", "strategy.slow_bars=50"],
            "<override>: strategy: fast_bars (60)",
            "raise the other.",
        ),
    ],
)
def test_an_override_that_breaks_a_rule_between_two_keys_is_the_place(overrides, begins, ends):
    with pytest.raises(ConfigError, match="must be less than") as caught:
        resolve_experiment(HERE, "goog_sma_cross", overrides)
    (said,) = map(str, caught.value.problems)
    assert said.startswith(begins)
    assert said.endswith(ends)
