"""What a promotion is held against: the last one of its name; of a new name, those on the same strategy and dataset."""

import copy
import json

import pytest

from enerqis.governance.audit_log import append, read_log
from enerqis.governance.loosening import told_limits
from enerqis.governance.promoted import (
    log_of_decision,
    looser_rules_than_before,
    looser_than_before,
    told_approvers,
    untold_loosenings,
)
from enerqis.governance.side import Limits
from enerqis.io.project import Project
from enerqis.spec.registry import RegistryRecord
from tests.governance.ledger_of_states import START, promoted, recorded, thing

KINDS = {"halt": Limits(looser={"max_drawdown_fraction": "up"}, code="a" * 64)}
ON = (f"dataset/d@{'d' * 64}", f"strategy/s@{'5' * 64}")


def _limits(most):
    return told_limits({"risk": {"halt": {"max_drawdown_fraction": most}}, "execution": {}}, KINDS)


def _record(name, rests_on):
    given = {**thing(name, "e", rests_on=rests_on), "state": "research", "entry": "f" * 64}
    return RegistryRecord.model_validate_json(json.dumps(given))


def _said(project, name, most, rests_on=ON):
    return [str(each) for each in looser_than_before(_record(name, rests_on), read_log(project), _limits(most), {})]


def _gates(threshold):
    edges = ["sandbox->paper"]
    gate = {"value": "metric.sharpe_ratio", "comparison": "at_least", "threshold": threshold, "edges": edges}
    return {"gates": {"luck": gate}}


def _told(project, event, facts):
    return append(project, event, subject="x", facts=facts, who="Ada <ada@example.org>", when=START)


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


RULES = {
    "max_valid_days": 30,
    "edges": {each: {"approvals": 2, "roles": ["ops"]} for each in ("paper", "live")},
    "loosening": {"approvals": 1, "roles": ["governance"]},
    "people": [],
}


def _rules(**changes):
    return {**copy.deepcopy(RULES), **changes}


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (_rules(max_valid_days=40), ["approvers.max_valid_days: 30 -> 40"]),
        (_rules(max_valid_days=20), []),
        (
            _rules(loosening={"approvals": 1, "roles": ["governance", "ops"]}),
            ["approvers.loosening.roles: none -> ops"],
        ),
    ],
)
def test_rules_of_approval_are_held_against_those_that_the_log_was_told_last(project, new, said):
    assert looser_rules_than_before(read_log(project), new) == ()
    _told(project, "approvers", RULES)
    assert [str(each) for each in looser_rules_than_before(read_log(project), new)] == said
    _told(project, "approvers", new)
    assert looser_rules_than_before(read_log(project), new) == ()
    assert [each.max_valid_days for each in told_approvers(read_log(project))] == [new["max_valid_days"]]


@pytest.mark.parametrize(
    ("event", "old", "new", "named"),
    [
        ("thresholds", _gates(0.9), _gates(0.8), "gates.luck.threshold: 0.9 -> 0.8"),
        ("approvers", RULES, _rules(max_valid_days=40), "approvers.max_valid_days: 30 -> 40"),
    ],
)
def test_a_looser_rule_that_is_written_by_hand_is_found(project, event, old, new, named):
    _told(project, event, old)
    link = _told(project, event, new)
    assert [
        each.partition(" tells a looser ")[2].partition(", and")[0] for each in untold_loosenings(read_log(project))
    ] == [named]
    promoted(project, "x", "a", "candidate", "sandbox", limits={}, loosens=[named])
    assert list(untold_loosenings(read_log(project))) == []
    (promotion,) = read_log(project).heads
    assert link not in log_of_decision(read_log(project), promotion).hashes


def test_rules_that_no_command_wrote_are_named(project):
    _told(project, "thresholds", _gates(0.9))
    _told(project, "thresholds", {"gates": [1]})
    assert [each.partition(") ")[2] for each in untold_loosenings(read_log(project))] == ["was not written by enerqis"]
