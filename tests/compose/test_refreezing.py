"""A slice frozen again from its plain JSON has the hashes that it was frozen with."""

from dataclasses import replace
from pathlib import Path

import pytest

from enerqis.compose.experiments import resolve_experiment
from enerqis.compose.freezing import freeze_dataset, freeze_experiment
from enerqis.compose.refreezing import refreeze
from enerqis.core.errors import StageError
from enerqis.io.project import Project

HERE = Project(Path(__file__).parents[2])
NAME = "btc_energy_breakout"


@pytest.fixture(scope="module")
def experiment():
    return resolve_experiment(HERE, NAME)


def test_every_slice_has_the_same_hashes_again(experiment):
    for stage, frozen in freeze_experiment(HERE, NAME, experiment).items():
        document = frozen.document.model_copy(update={"trial_sha256": None})  # one slice does not hold a whole config
        assert refreeze(HERE, stage, frozen.document.spec) == replace(frozen, document=document)


def test_the_slice_of_a_dataset_has_the_same_hashes_again(experiment):
    frozen = freeze_dataset(HERE, experiment.dataset)
    assert refreeze(HERE, "ingest", frozen.document.spec) == frozen


def test_a_key_that_the_installed_code_does_not_know_is_named(experiment):
    spec = freeze_experiment(HERE, NAME, experiment)["backtest"].document.spec
    spec = {**spec, "strategy": {**spec["strategy"], "patience_bars": 3}}
    with pytest.raises(StageError, match=r"'backtest' is not one that the installed code reads: .*patience_bars"):
        refreeze(HERE, "backtest", spec)
