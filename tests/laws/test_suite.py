"""Every law over every strategy, indicator, feature, cost, limit and scheme of cross-validation, shipped and in plugins/."""

from pathlib import Path

import pytest

from enerqis.io.project import Project
from enerqis.laws.suite import trials

TRIALS = tuple(trials(Project.find(Path(__file__))))


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.name)
def test_the_law_holds(trial):
    assert trial.complaints() == []


def test_no_family_is_left_out():
    assert {trial.subject.kind.family for trial in TRIALS} == {
        "indicators",
        "features",
        "strategies",
        "costs",
        "risk",
        "cv",
    }
