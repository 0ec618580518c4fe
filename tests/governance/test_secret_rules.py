"""What is kept against what is declared."""

from datetime import UTC, datetime, timedelta

from enerqis.governance.secret_rules import findings
from enerqis.spec.secrets import SecretsFile
from enerqis.vaults.backend import Entry
from tests.spec.test_secrets import RULE, WHOLE

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def _told(entries, *, asked=None, **rule):
    policy = SecretsFile.model_validate(WHOLE | {"secrets": {"broker/test/key": RULE | rule}})
    return [(each.is_fault, each.name, each.what) for each in findings(policy, entries, asked=asked or {}, now=NOW)]


def _days_old(days):
    return {"broker/test/key": Entry(1, NOW - timedelta(days=days))}


def test_a_secret_within_its_age_is_not_told():
    assert _told(_days_old(72)) == []


def test_a_secret_over_its_age_is_a_fault_that_says_who_and_how():
    ((is_fault, name, what),) = _told(_days_old(91))
    assert (is_fault, name) == (True, "broker/test/key")
    assert what == "91 days old, at most 90. Its owner, ops, rotates it: by hand"


def test_a_secret_that_is_nearly_too_old_is_a_note():
    ((is_fault, _, what),) = _told(_days_old(73))
    assert not is_fault
    assert "rotate it soon" in what


def test_a_missing_secret_is_a_fault_only_where_something_needs_it():
    assert [each[0] for each in _told({})] == [False]
    assert [each[0] for each in _told({}, is_required=True)] == [True]
    ((is_fault, _, what),) = _told({}, asked={"broker/test/key": "conf/tracking/team.yaml:2"})
    assert is_fault
    assert "conf/tracking/team.yaml:2 refers to it" in what


def test_what_is_kept_or_asked_for_without_a_rule_is_a_fault():
    told = _told(_days_old(1) | {"old/one": Entry(1, NOW)}, asked={"new/one": "conf/a.yaml:1"})
    assert [(each[0], each[1]) for each in told] == [(True, "new/one"), (True, "old/one")]


def test_an_age_that_nobody_keeps_is_a_note():
    ((is_fault, _, what),) = _told({"broker/test/key": Entry(0, None)})
    assert not is_fault
    assert "not known" in what
