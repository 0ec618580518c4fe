"""The engine that a spec names is part of the identity of its backtest, and the other engines are not."""

import json
from pathlib import Path

import pytest

from enerqis.compose.experiments import resolve_experiment
from enerqis.compose.freezing import Frozen, freeze_dataset, freeze_experiment
from enerqis.io.project import Project

HERE = Project(Path(__file__).parents[2])


def _frozen(*overrides: str, name: str = "goog_sma_cross") -> dict[str, Frozen]:
    return freeze_experiment(HERE, name, resolve_experiment(HERE, "goog_sma_cross", overrides))


def _configs(frozen: dict[str, Frozen]) -> dict[str, str]:
    return {stage: each.document.spec_sha256 for stage, each in frozen.items()}


def test_work_on_one_engine_reruns_nothing_of_the_other() -> None:
    kernel, zipline = _frozen()["backtest"], _frozen("execution.engine=zipline")["backtest"]
    assert "enerqis.engines.kernel" in kernel.code
    assert not any("zipline" in module for module in kernel.code)
    assert "enerqis.engines.zipline" in zipline.code
    assert "enerqis.engines.kernel" not in zipline.code


def test_each_engine_depends_on_its_own_packages() -> None:
    kernel, zipline = _frozen()["backtest"], _frozen("execution.engine=zipline")["backtest"]
    assert {"numba", "llvmlite"} <= set(kernel.environment)
    assert not {"zipline-reloaded", "pandas"} & set(kernel.environment)
    assert {"zipline-reloaded", "pandas"} <= set(zipline.environment)
    assert "numba" not in zipline.environment


def test_another_engine_is_another_identity_of_the_same_config() -> None:
    kernel, zipline = _frozen()["backtest"].document, _frozen("execution.engine=zipline")["backtest"].document
    assert kernel.spec_sha256 == zipline.spec_sha256
    assert kernel.engine_sha256 != zipline.engine_sha256


def test_a_stage_sees_the_keys_of_its_slice_in_one_order_whoever_runs_it() -> None:
    for frozen in _frozen().values():
        spec = frozen.document.spec
        assert json.dumps(spec) == json.dumps(spec, sort_keys=True)


@pytest.mark.parametrize(
    ("overrides", "name"),
    [
        (["question='Does it pay now?'"], "goog_sma_cross"),
        (["dataset.description='another word for it'"], "goog_sma_cross"),
        ([], "goog_renamed"),
    ],
    ids=["question", "description", "name"],
)
def test_what_only_the_page_shows_is_in_the_identity_of_the_page_only(overrides: list[str], name: str) -> None:
    before, after = _configs(_frozen()), _configs(_frozen(*overrides, name=name))
    assert [stage for stage in before if before[stage] != after[stage]] == ["report"]


def test_the_words_about_a_dataset_are_not_in_the_slice_of_its_ingestion() -> None:
    documents = [
        freeze_dataset(HERE, resolve_experiment(HERE, "goog_sma_cross", words).dataset).document
        for words in ([], ["dataset.description='another word for it'"])
    ]
    assert documents[0] == documents[1]
