"""The stage `validate` on a shipped experiment, and what its report makes of it."""

import json
import re

import numpy as np
import pytest

from enerqis.core.groups import EXPERIMENT_STAGES
from enerqis.core.tables import PATHS
from enerqis.io.parquet import read_table
from enerqis.pipeline.api import _stages_of
from enerqis.pipeline.selection import _set
from tests.pipeline.finished import EXPERIMENT


@pytest.fixture(scope="module")
def found(finished_project):
    folder = finished_project.data / "validate" / EXPERIMENT
    content = json.loads((folder / "validation.json").read_text("utf-8"))
    return content, read_table(folder / "paths.parquet", PATHS)


def test_a_shipped_experiment_has_folds_paths_and_a_search(found):
    content, paths = found
    assert len(content["cv"]["splits"]) == 45
    assert content["cv"]["distinct_paths"] > 1
    assert content["search"]["configurations"] > 300
    assert content["search"]["overfitting"]["splits"] == 12_870
    last = [paths.filter(np.array(paths.column("path")) == path).column("growth")[-1].as_py() for path in range(9)]
    assert last == pytest.approx([each["total_return_fraction"] + 1.0 for each in content["cv"]["paths"]], rel=1e-9)


def test_what_a_search_keeps_out_of_sample_is_less_than_what_it_saw(found):
    degradation = found[0]["cv"]["degradation"]
    assert degradation["out_of_sample_sharpe_ratio"] < degradation["in_sample_sharpe_ratio"]


def test_it_does_not_know_how_many_trials_there_were(found):
    assert "trials" not in json.dumps(found[0])


def test_the_page_says_the_verdict_and_counts_what_the_search_tried(finished_project, found):
    page = (finished_project.data / "report" / EXPERIMENT / "index.html").read_text("utf-8")
    first = re.search(r'<section id="validation".*?<p>(.*?)</p>', page, re.DOTALL)[1]
    tried = found[0]["search"]["configurations"]  # the run is one of the points
    assert first.startswith((f"One of {tried} trials on these data", f"The best of {tried} trials on these data"))
    assert "deflated Sharpe" in first
    assert f"One of {tried} configs tried on these data" in page


def test_git_keeps_the_figures_of_the_verdict(finished_project, found):
    kept = json.loads((finished_project.data / "metrics" / f"{EXPERIMENT}.json").read_text("utf-8"))["validation"]
    assert kept["trials_count"] == found[0]["search"]["configurations"]
    assert kept["overfitting_fraction"] == found[0]["search"]["overfitting"]["overfitting_fraction"]
    assert 0.0 < kept["deflated_sharpe_fraction"] < kept["probabilistic_sharpe_fraction"]


def test_a_point_is_set_key_by_key_and_an_unknown_key_is_none():
    tree = {"risk": {"time_stop": None}, "strategy": {"kind": "x", "bars": 3}}
    assert _set(tree, {"strategy.bars": 5}) == {
        "risk": {"time_stop": None},
        "strategy": {"kind": "x", "bars": 5},
    }
    assert tree["strategy"]["bars"] == 3
    with pytest.raises(KeyError, match="barz"):
        _set(tree, {"strategy.barz": 5})


@pytest.mark.parametrize(
    ("overrides", "left_out"),
    [
        ([], set()),
        (["strategy.fast_bars=12"], {"parity", "validate", "gate"}),
        (["cost=none", "cv=walk_forward"], {"parity", "gate"}),
        (["+cv.n_folds=5"], {"parity", "gate"}),
        (["search.cv_like=1"], {"parity", "validate", "gate"}),
    ],
)
def test_a_try_out_is_validated_where_an_override_says_how(overrides, left_out):
    assert set(EXPERIMENT_STAGES) - set(_stages_of(overrides)) == left_out
