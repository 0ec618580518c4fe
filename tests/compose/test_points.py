import pytest

from enerqis.compose.experiments import compose_experiment, resolve_experiment
from enerqis.compose.freezing import freeze_experiment
from enerqis.compose.identifying import Identities
from enerqis.compose.points import Points, plain_values
from enerqis.compose.structure_pins import StructurePins
from enerqis.compose.validating import validate
from enerqis.core.errors import ConfigError

NAME = "gold_drift"
VALUES = {"strategy.fast_bars": 7, "strategy.slow_bars": 40, "execution.initial_cash": 5000.0}


@pytest.fixture
def points(project):
    composed = compose_experiment(project, NAME)
    return Points(project, validate(composed, project), composed)


def test_a_point_is_what_composing_it_alone_gives(project, points):
    words = [f"{key}={value}" for key, value in VALUES.items()]
    assert points.can_set(VALUES)
    assert points.at(VALUES) == resolve_experiment(project, NAME, words)
    assert points.base.strategy.fast_bars == 5


def test_a_value_that_a_file_leaves_to_its_default_can_be_set(project, points):
    assert points.at({"strategy.source": "open"}) == resolve_experiment(project, NAME, ["strategy.source=open"])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"strategy.fast_bars": "x"}, '<override>: strategy.fast_bars: expected a whole number, found text "x".'),
        ({"strategy.fast_bars": 2.5}, "<override>: strategy.fast_bars: expected a whole number, found number 2.5."),
        (
            {"strategy.source": "grade"},
            "<override>: strategy.source: 'fast' reads 'grade', which no bar and no feature has. "
            "Allowed: open, high, low, close, volume.",
        ),
    ],
)
def test_a_wrong_point_says_what_is_wrong_as_composing_it_does(project, points, values, message):
    with pytest.raises(ConfigError) as caught:
        points.at(values)
    assert str(caught.value) == message
    with pytest.raises(ConfigError) as composed:
        resolve_experiment(project, NAME, [f"{key}={value}" for key, value in values.items()])
    assert str(composed.value) == message


@pytest.mark.parametrize(
    "values", [{"strategy.absent": 1}, {"strategy": 1}, {"strategy.source": "${seed}"}, {"seed": 1}]
)
def test_what_is_no_plain_value_has_to_be_composed(points, values):
    assert not points.can_set(values)


def test_an_interpolated_spec_has_to_be_composed(project):
    path = project.conf / "strategy" / "drift.yaml"
    path.write_text(path.read_text().replace("slow_bars: 20", "slow_bars: ${.fast_bars}"))
    composed = compose_experiment(project, NAME)
    assert not Points(project, validate(composed, project), composed).can_set(VALUES)


def test_plain_values_are_named_by_their_keys(points):
    found = plain_values(points.base.model_dump(mode="json"))
    assert (found["strategy.fast_bars"], found["execution.lot_step"]) == (5, 1.0)
    assert "universe.symbols" not in found


def test_the_hashes_of_a_point_are_those_of_its_own_slice(project, points):
    pins = StructurePins(project)
    identities = Identities(project, pins.of)
    for values in ({}, VALUES, {"execution.initial_cash": 1.0}):
        experiment = points.at(values)
        document = freeze_experiment(project, "any", experiment)["backtest"].document
        assert identities.hashes(experiment) == (
            document.spec_sha256, document.code_sha256, document.engine_sha256, document.env_sha256,
        )  # fmt: skip
    assert len(pins.every) == 1
