"""What an experiment carries: as far as it has gone, no longer than its approvals hold, one identity of a name in paper."""

from datetime import timedelta

import pytest

from enerqis.core.errors import StageError
from enerqis.governance.audit_log import append, read_log
from enerqis.governance.registry import standing
from enerqis.io.project import Project
from enerqis.pipeline.carrying import carried
from enerqis.pipeline.registering import find
from tests.governance.ledger_of_states import START, promoted, recorded, thing

ENDS = "2026-03-15T12:00:00Z"
STEPS = (("research", "candidate"), ("candidate", "sandbox"), ("sandbox", "paper"))


def _carry(project, to, *, when=START):
    now = standing(read_log(project))
    facts = carried(now, find(now, "strategy/s"), to, when=when)
    append(project, "promote", subject="strategy/s", facts=facts, when=when)


def _in_paper(project, strategy, experiment, **words):
    """Record an experiment on a strategy and let it go to paper."""
    identity = strategy * 64
    recorded(project, thing("x", experiment, rests_on=[f"strategy/s@{identity}"]), thing("s", strategy, "strategy"))
    for old, new in STEPS:
        given = {"expires": ENDS, "approvals": ["f" * 64], **words} if new == "paper" else {}
        promoted(project, "x", experiment, old, new, **given)


def test_a_strategy_goes_as_far_as_its_experiment_and_no_further(tmp_path):
    project = Project(tmp_path)
    _in_paper(project, "a", "1")
    for _, to in STEPS:
        _carry(project, to)
    record = find(standing(read_log(project)), "strategy/s")
    assert (record.state, record.expires, record.approvals) == ("paper", ENDS, ("f" * 64,))
    with pytest.raises(StageError, match="no experiment that it belongs to is live"):
        _carry(project, "live")


def test_an_experiment_whose_approvals_ended_carries_nothing(tmp_path):
    project = Project(tmp_path)
    _in_paper(project, "a", "1")
    _carry(project, "candidate", when=START + timedelta(days=13))
    with pytest.raises(StageError, match=r"experiment/x@1+ is paper by approvals that ended at 2026-03-15T12:00:00Z"):
        _carry(project, "sandbox", when=START + timedelta(days=14))


def test_a_second_identity_of_a_strategy_in_paper_retires_the_first(tmp_path):
    project = Project(tmp_path)
    _in_paper(project, "a", "1")
    for _, to in STEPS:
        _carry(project, to)
    _in_paper(project, "b", "2", replaces="1" * 64)
    for _, to in STEPS:
        _carry(project, to)
    now = standing(read_log(project))
    assert {each.identity[0]: each.state for each in now.named("strategy", "s")} == {"a": "retired", "b": "paper"}
    assert (now.conflicts, now.faults) == ((), ())
