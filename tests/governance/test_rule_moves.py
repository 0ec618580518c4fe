"""Which way rules of approval, of the repository and of secrets move; the files are this repository's own."""

import copy
from pathlib import Path

import pytest
import yaml

from enerqis.governance.rule_moves import (
    APPROVERS,
    LOOSER,
    MODELS,
    RECIPIENTS,
    REPOSITORY,
    SECRETS,
    recipients_of,
    rule_moves,
)

ROOT = Path(__file__).parents[2]
PERSON = {"name": "ada", "emails": ["ada@example.org"], "roles": ["ops"], "key": f"ed25519:{'A' * 43}="}
OLD = {file: yaml.safe_load((ROOT / file).read_text("utf-8")) for file in MODELS}
OLD[APPROVERS]["people"] = [PERSON]


def moved(file, *keys, to):
    new = copy.deepcopy(OLD)
    place = new[file]
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = to
    return [(each.key, each.direction) for each in rule_moves(OLD, new)]


@pytest.mark.parametrize(
    ("file", "keys", "to", "moves"),
    [
        (APPROVERS, ["edges", "live", "approvals"], 1, [("edges.live.approvals", "looser")]),
        (APPROVERS, ["edges", "live", "approvals"], 3, [("edges.live.approvals", "tighter")]),
        (APPROVERS, ["loosening", "roles"], ["governance", "ops"], ["tighter", "looser"]),
        (APPROVERS, ["max_valid_days"], 90, [("max_valid_days", "looser")]),
        (APPROVERS, ["people"], [], [("people.ada", "tighter")]),
        (APPROVERS, ["people", 0, "name"], "bob", [("people.ada", "tighter"), ("people.bob", "looser")]),
        (APPROVERS, ["people", 0, "roles"], ["ops", "governance"], [("people.ada.roles", "looser")]),
        (APPROVERS, ["people", 0, "key"], f"ed25519:{'B' * 43}=", [("people.ada.key", "untold")]),
        (APPROVERS, ["people", 0, "emails"], ["a@example.org"], ["looser", "tighter"]),
        (APPROVERS, ["max_valid_days"], 0, [("(file)", "untold")]),
        (REPOSITORY, ["signed_commits"], False, [("signed_commits", "looser")]),
        (REPOSITORY, ["review", "approvals"], 2, [("review.approvals", "tighter")]),
        (REPOSITORY, ["review", "approvals"], 0, [("(file)", "untold")]),
        (REPOSITORY, ["review", "code_owner"], False, [("review.code_owner", "looser")]),
        (REPOSITORY, ["checks"], ["other"], ["looser", "tighter"]),
        (REPOSITORY, ["teams", "ops"], "friends", [("teams.ops", "untold")]),
        (SECRETS, ["secrets", "ledger/uri", "max_age_days"], 900, [("secrets.ledger/uri.max_age_days", "looser")]),
        (SECRETS, ["secrets", "ledger/uri", "readers"], ["ledger", "broker"], ["looser"]),
        (SECRETS, ["secrets", "ledger/uri", "purpose"], "other words", []),
        (SECRETS, ["backends", "team", "address"], "https://a.example.org:1", [("backends.team.address", "untold")]),
        (SECRETS, ["backends", "more"], {"kind": "age"}, [("backends.more", "untold")]),
        (SECRETS, ["backend"], "file", [("backend", "untold")]),
    ],
)
def test_one_edit_moves_one_way(file, keys, to, moves):
    found = moved(file, *keys, to=to)
    assert (found if not moves or isinstance(moves[0], tuple) else [each for _, each in found]) == moves


@pytest.mark.parametrize("file", MODELS)
def test_a_file_that_comes_or_goes_is_read_by_a_person(file):
    rest = {name: content for name, content in OLD.items() if name != file}
    for old, new in ((OLD, rest), (rest, OLD)):
        assert [(each.file, each.key, each.direction) for each in rule_moves(old, new)] == [(file, "(file)", "untold")]


def test_a_key_more_that_opens_the_secrets_loosens_and_one_less_tightens():
    keys = recipients_of("# who can open\n  age1ada\n\nage1bob\n")
    assert keys == ["age1ada", "age1bob"]
    moves = list(rule_moves({**OLD, RECIPIENTS: keys}, {**OLD, RECIPIENTS: ["age1bob", "age1eve"]}))
    assert [(each.file, each.old, each.new, each.direction) for each in moves] == [
        (RECIPIENTS, "age1ada", None, "tighter"),
        (RECIPIENTS, None, "age1eve", "looser"),
    ]
    assert [each.direction for each in rule_moves(OLD, {**OLD, RECIPIENTS: keys})] == ["looser", "looser"]
    assert list(rule_moves({**OLD, RECIPIENTS: keys}, {**OLD, RECIPIENTS: keys[::-1]})) == []


def test_what_a_default_says_already_moves_nothing():
    new = copy.deepcopy(OLD)
    del new[REPOSITORY]["signed_commits"], new[APPROVERS]["edges"]["paper"]["approvals"]
    assert list(rule_moves(OLD, new)) == []


@pytest.mark.parametrize("file", MODELS)
def test_every_field_of_a_file_has_its_direction(file):
    declared = {pattern.partition(".")[0] for pattern in LOOSER[file]}
    assert declared == set(MODELS[file].model_fields)
