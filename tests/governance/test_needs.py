"""What people have to approve, and whose word counts for what."""

import pytest

from enerqis.governance.approvals import Held
from enerqis.governance.needs import needs_of
from enerqis.spec.approval import Approval
from enerqis.spec.approvers import Approvers

KEYS = {name: f"ed25519:{name[0] * 43}=" for name in ("bob", "cleo", "eve")}


def approvers(roles, *, loosening=1):
    people = [
        {"name": name, "emails": [f"{name}@example.org"], "roles": [role], "key": KEYS[name]}
        for name, role in roles.items()
    ]
    rule = {"approvals": 1, "roles": ["ops", "governance"]}
    return Approvers.model_validate(
        {
            "edges": {"paper": rule, "live": {**rule, "approvals": 2}},
            "loosening": {"approvals": loosening, "roles": ["governance"]},
            "people": people,
        },
        strict=False,
    )


LIST = approvers({"bob": "ops", "cleo": "governance"})


def word(by, **said):
    terms = {
        "format": "enerqis/approval/1",
        "kind": "experiment",
        "name": "x",
        "run_id": "a" * 64,
        "result_sha256": "a" * 64,
        "gate_sha256": "a" * 64,
        "from_state": "sandbox",
        "to_state": "paper",
        "approver": by,
        "key": KEYS[by],
        "issued": "2026-03-01T00:00:00Z",
        "expires": "2026-03-02T00:00:00Z",
        "reason": "seen",
        "signature": "A" * 86 + "==",
    }
    return Held("", Approval(**{**terms, **said}))


def lacking(needs, *counted):
    return [lack for need in needs for lack in need.lacks(counted)]


def test_nothing_is_needed_for_a_step_that_nobody_signs_and_that_loosens_nothing():
    assert needs_of("candidate", looser=(), overrides=(), approvers=LIST) == []


def test_entering_needs_as_many_people_as_the_edge_says():
    needs = needs_of("live", looser=(), overrides=(), approvers=LIST)
    bob, cleo = (word(each, to_state="live") for each in ("bob", "cleo"))
    assert lacking(needs, bob, bob) == ["entering live needs 2 approvals by ops or governance; it has 1"]
    assert lacking(needs, bob, cleo) == []


@pytest.mark.parametrize(
    ("parts", "name", "field", "said"),
    [
        (
            {"looser": ["risk.halt.max: 0.2 -> 0.3"], "overrides": ()},
            "risk.halt.max",
            "loosens",
            "a looser risk.halt.max: 0.2 -> 0.3 needs 1 approval by governance, with '--loosens risk.halt.max'; it has 0",
        ),
        (
            {"looser": (), "overrides": ["luck: it is 0.9; wanted: at least 0.95"]},
            "luck",
            "overrides",
            "overriding gate luck: it is 0.9; wanted: at least 0.95 needs 1 approval by governance, with '--overrides luck'; "
            "it has 0",
        ),
    ],
)
def test_what_loosens_and_what_is_overridden_has_to_be_named_by_a_role_that_may(parts, name, field, said):
    needs = needs_of("candidate", approvers=LIST, **parts)
    other = {"loosens": "overrides", "overrides": "loosens"}[field]
    for short in (word("bob", **{field: (name,)}), word("cleo"), word("cleo", **{other: ("luck",)})):
        assert lacking(needs, short) == [said]
    assert lacking(needs, word("cleo", **{field: (name,)})) == []


def test_who_may_loosen_a_rule_of_the_approvers_is_what_the_log_was_told_before():
    new = approvers({"bob": "ops", "cleo": "governance", "eve": "governance"})
    looser = ["approvers.people.eve: none -> there"]
    needs = needs_of("candidate", looser=looser, overrides=(), approvers=new, told=[LIST])
    assert len(lacking(needs, word("eve", loosens=("approvers.people.eve",)))) == 1
    assert lacking(needs, word("cleo", loosens=("approvers.people.eve",))) == []
    asked_for_two = needs_of("candidate", looser=looser, overrides=(), approvers=new, told=[approvers({}, loosening=2)])
    assert "needs 2 approvals" in lacking(asked_for_two, word("cleo", loosens=("approvers.people.eve",)))[0]
