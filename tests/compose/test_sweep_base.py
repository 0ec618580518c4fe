"""What points of a sweep share, where words list them although the experiment has a search of its own."""

from pathlib import Path

from enerqis.compose.sweep_base import SweepBase
from enerqis.compose.sweep_words import Value
from enerqis.io.project import Project

PROJECT = Project(Path(__file__).parents[2])
EXPERIMENT = "goog_sma_cross"
"""Its search is over two averages, which holding has not."""


def test_listed_points_may_choose_a_strategy_that_the_experiments_search_does_not_fit():
    words = ["strategy=buy_and_hold"]
    assert SweepBase(PROJECT, EXPERIMENT, words).spec is None
    listed = SweepBase(PROJECT, EXPERIMENT, words, is_listed=True)
    assert listed.spec is not None
    assert listed.spec.strategy.kind == "buy_and_hold"
    half = listed.at([("strategy.exposure", Value("strategy.exposure=0.5", 0.5))])
    assert half.strategy.exposure == 0.5
    composed = listed.at([("+question", Value("++question=another", "another"))])  # composed anew, by its word
    assert (composed.question, composed.search.space) == ("another", {})


def test_what_listed_points_are_judged_by_stays_the_searchs():
    listed = SweepBase(PROJECT, EXPERIMENT, ["search.objective=total_return"], is_listed=True)
    assert listed.spec is not None
    assert (listed.spec.search.kind, listed.spec.search.objective) == ("grid", "total_return")
    assert listed.spec.search.constraints == ()
