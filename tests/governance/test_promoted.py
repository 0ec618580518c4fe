"""What a promotion is held against: the last one of its name; of a new name, those on the same strategy and dataset."""

import json

import pytest

from enerqis.governance.audit_log import read_log
from enerqis.governance.loosening import told_limits
from enerqis.governance.promoted import looser_than_before
from enerqis.governance.side import Limits
from enerqis.io.project import Project
from enerqis.spec.registry import RegistryRecord
from tests.governance.ledger_of_states import promoted, recorded, thing

KINDS = {"halt": Limits(looser={"max_drawdown_fraction": "up"}, code="a" * 64)}
ON = (f"dataset/d@{'d' * 64}", f"strategy/s@{'5' * 64}")


def _limits(most):
    return told_limits({"risk": {"halt": {"max_drawdown_fraction": most}}, "execution": {}}, KINDS)


def _record(name, rests_on):
    given = {**thing(name, "e", rests_on=rests_on), "state": "research", "entry": "f" * 64}
    return RegistryRecord.model_validate_json(json.dumps(given))


def _said(project, name, most, rests_on=ON):
    return [str(each) for each in looser_than_before(_record(name, rests_on), read_log(project), _limits(most), {})]


@pytest.fixture
def project(tmp_path):
    project = Project(tmp_path)
    recorded(project, thing("x", "a", rests_on=ON))
    promoted(project, "x", "a", "research", "candidate", limits=_limits(0.2))
    return project


@pytest.mark.parametrize(
    "rests_on",
    [
        ON,
        (f"dataset/d@{'1' * 64}", f"strategy/s@{'2' * 64}"),
        (f"dataset/other@{'d' * 64}", f"strategy/other@{'5' * 64}"),
    ],
    ids=["the same", "the same names", "the same data and code"],
)
def test_another_name_loosens_nothing(project, rests_on):
    assert _said(project, "y", 0.3, rests_on) == ["risk.halt.max_drawdown_fraction: 0.2 -> 0.3"]
    assert _said(project, "y", 0.2, rests_on) == []


@pytest.mark.parametrize(
    "rests_on", [(ON[0], f"strategy/t@{'2' * 64}"), (f"dataset/e@{'1' * 64}", ON[1])], ids=["strategy", "dataset"]
)
def test_another_strategy_or_dataset_has_limits_of_its_own(project, rests_on):
    assert _said(project, "y", 0.3, rests_on) == []


def test_a_name_that_was_promoted_is_held_against_itself(project):
    recorded(project, thing("y", "b", rests_on=ON))
    promoted(project, "y", "b", "research", "candidate", limits=_limits(0.3))
    assert _said(project, "y", 0.3) == []
    assert _said(project, "y", 0.4) == ["risk.halt.max_drawdown_fraction: 0.3 -> 0.4"]
    assert _said(project, "x", 0.3) == ["risk.halt.max_drawdown_fraction: 0.2 -> 0.3"]


def test_it_is_held_against_what_was_demoted_and_recorded_anew_too(project):
    recorded(project, thing("x", "c", rests_on=(f"dataset/e@{'1' * 64}", ON[1])))
    assert _said(project, "y", 0.3) == ["risk.halt.max_drawdown_fraction: 0.2 -> 0.3"]
