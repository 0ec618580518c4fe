"""Why two runs differ: the key, the partition of data, and the first order and bar that part."""

from __future__ import annotations

import pytest

from enerqis.core.errors import StageError
from enerqis.io.project import Project
from enerqis.pipeline import api
from enerqis.pipeline.lookup import run_of
from enerqis.pipeline.reasons import reasons
from enerqis.pipeline.results import placed
from tests.pipeline.finished import EXPERIMENT


def test_the_same_run_differs_in_nothing(finished_project: Project) -> None:
    run = run_of(finished_project, EXPERIMENT)
    found = reasons(finished_project, run, run)
    assert (found.changes, found.is_same_result, found.divergence) == ((), True, None)


def test_a_lot_of_ten_is_named_as_the_reason_and_the_first_fill_shows_it(finished_project: Project) -> None:
    """100 000 at the first open buy 764 shares; rounded down to tens, 760."""
    other = api.run(EXPERIMENT, ["execution.lot_step=10"], project=finished_project.root)
    found = reasons(finished_project, run_of(finished_project, EXPERIMENT), run_of(finished_project, other.run_id[:16]))
    assert [str(each) for each in found.changes] == ["engine: execution.lot_step: 1.0 -> 10.0"]
    assert found.divergence is not None
    assert found.divergence.first is not None
    assert found.divergence.first[0] == "fill"
    assert found.divergence.first[3:] == ("GOOG", "units", 764.0, 760.0)
    assert found.divergence.orders.differing == 0


def test_a_value_that_changes_no_result_says_so(finished_project: Project) -> None:
    other = api.run(EXPERIMENT, ["execution.band_fraction=0.2"], project=finished_project.root)
    found = reasons(finished_project, run_of(finished_project, EXPERIMENT), run_of(finished_project, other.run_id))
    assert [str(each) for each in found.changes] == ["engine: execution.band_fraction: 0.05 -> 0.2"]
    assert found.is_same_result


def test_other_data_are_followed_to_the_key_and_the_partition(finished_project: Project) -> None:
    """Without its splits and dividends AAPL differs in 2000 and 2005 (splits) and from 2012 on (dividends), GOOG nowhere."""
    words = ["dataset.adjustments.from_adjusted_close=nothing"]
    other = api.run(EXPERIMENT, words, project=finished_project.root)
    found = reasons(finished_project, run_of(finished_project, EXPERIMENT), run_of(finished_project, other.run_id))
    said = [str(each) for each in found.changes]
    key = 'data: parquet: config: dataset.adjustments.from_adjusted_close: "splits_and_dividends" -> "nothing"'
    assert said.count(key) == 1
    assert said[0].startswith("data: parquet: ")
    partitions = [each.name for each in found.changes if each.component == "data: parquet: partition"]
    assert [name for name in partitions if name.startswith("AAPL")] == [
        "AAPL/2000", "AAPL/2005", "AAPL/2012", "AAPL/2013",
    ]  # fmt: skip
    assert not [name for name in partitions if name.startswith("GOOG")]
    assert found.is_same_result


def test_results_of_different_stages_are_not_compared(finished_project: Project) -> None:
    with pytest.raises(StageError, match="'backtest' and 'features' are different stages"):
        reasons(
            finished_project, run_of(finished_project, EXPERIMENT), placed(finished_project, "features", EXPERIMENT)
        )
