"""The experiments of this repository: right, and over every kind of data."""

from pathlib import Path

import pytest

from enerqis.compose.experiments import names, resolve_all, resolve_experiment
from enerqis.compose.linting import lint
from enerqis.compose.positions import positions
from enerqis.core.errors import ConfigError
from enerqis.io.project import Project

HERE = Project(Path(__file__).parents[2])


def test_the_configuration_has_no_problem() -> None:
    assert [str(problem) for problem in lint(HERE)] == []


def test_every_experiment_is_in_the_graph_and_asks_a_question() -> None:
    experiments = resolve_all(HERE).experiments
    assert sorted(experiments) == names(HERE, "experiment")
    assert all(each.question.endswith("?") for each in experiments.values())


def test_the_first_experiment_chooses_its_strategy_in_words() -> None:
    assert next(iter(resolve_all(HERE).experiments)) == "goog_sma_cross"
    found = positions(HERE.conf / "experiment" / "goog_sma_cross.yaml")
    assert "sma_cross" in [text for key, text in found.scalars.items() if key[-1] == "override /strategy"]


def test_equities_indices_crypto_currencies_and_commodities_are_traded() -> None:
    experiments = resolve_all(HERE).experiments.values()
    assert {each.dataset.frequency for each in experiments} == {"1d", "1h", "15min"}
    assert {each.dataset.calendar for each in experiments} == {"XNYS", "24/7", "24/5"}
    assert len({each.strategy.kind for each in experiments}) >= 8


def test_shorts_that_would_be_flat_are_refused() -> None:
    shorts = ["strategy.is_long_short=true"]
    with pytest.raises(
        ConfigError, match=r"strategy\.is_long_short: the strategy sells short and execution\.allow_short"
    ):
        resolve_experiment(HERE, "goog_sma_cross", shorts)
    assert resolve_experiment(HERE, "goog_sma_cross", [*shorts, "execution.allow_short=true"]).execution.allow_short
