"""The ruleset against the fields that GitHub's API documents, and every way in which another may differ."""

import copy
import json
from pathlib import Path

import pytest

from enerqis.governance.ruleset import drift, ruleset, ruleset_text
from enerqis.io.yaml_model import read_yaml
from enerqis.spec.repository import Repository

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def repository():
    return read_yaml(ROOT / ".cbr" / "repository.yaml", Repository, shown="repository.yaml")


@pytest.fixture
def wanted(repository):
    return ruleset(repository)


@pytest.fixture
def found(wanted):
    """The ruleset as GitHub answers: with ids and dates, parameters that we do not set, lists in another order."""
    answer = copy.deepcopy(wanted) | {"id": 42, "source_type": "Repository", "created_at": "2026-01-01T00:00:00Z"}
    answer["rules"].reverse()
    answer["conditions"]["ref_name"]["include"].reverse()
    _parameters(answer, "pull_request")["required_reviewers"] = []
    return answer


def _parameters(tree, kind):
    return next(each for each in tree["rules"] if each["type"] == kind)["parameters"]


def test_the_file_is_what_the_rules_give(repository):
    assert (ROOT / ".github/rulesets/main.json").read_text("utf-8") == ruleset_text(repository)


def test_the_main_branch_asks_for_review_checks_signatures_and_its_history(wanted):
    # type and parameter names as in GitHub's REST reference, "Create a repository ruleset"
    assert {each["type"] for each in wanted["rules"]} == {
        "deletion",
        "non_fast_forward",
        "required_linear_history",
        "required_signatures",
        "pull_request",
        "required_status_checks",
    }
    assert _parameters(wanted, "pull_request") == {
        "required_approving_review_count": 1,
        "dismiss_stale_reviews_on_push": True,
        "require_code_owner_review": True,
        "require_last_push_approval": True,
        "required_review_thread_resolution": True,
        "allowed_merge_methods": ["squash"],
    }
    assert wanted["bypass_actors"] == []


def test_a_ruleset_with_what_github_adds_is_no_drift(wanted, found):
    assert list(drift(wanted, found)) == []


def _without(kind):
    def change(tree):
        tree["rules"] = [each for each in tree["rules"] if each["type"] != kind]

    return change


def _with_parameter(kind, key, value):
    def change(tree):
        _parameters(tree, kind)[key] = value

    return change


def _hidden(tree):
    del tree["bypass_actors"]


CHANGES = {
    "enforcement": (
        lambda tree: tree.update(enforcement="evaluate"),
        'enforcement: "evaluate" on GitHub. Set it to "active"',
    ),
    "target": (lambda tree: tree.update(target="tag"), 'target: "tag" on GitHub. Set it to "branch"'),
    "branches": (
        lambda tree: tree["conditions"]["ref_name"].update(include=["refs/heads/release"]),
        "conditions.ref_name.include: [",
    ),
    "excluded": (
        lambda tree: tree["conditions"]["ref_name"].update(exclude=["refs/heads/main"]),
        'conditions.ref_name.exclude: ["refs/heads/main"] on GitHub. Set it to []',
    ),
    "bypass": (
        lambda tree: tree.update(
            bypass_actors=[{"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}]
        ),
        "bypass_actors: RepositoryRole 5 may go past the rules (always). Take it out",
    ),
    "hidden": (_hidden, "bypass_actors: unseen"),
    "deletion": (_without("deletion"), "rules.deletion: missing. Add it"),
    "force push": (_without("non_fast_forward"), "rules.non_fast_forward: missing. Add it"),
    "history": (_without("required_linear_history"), "rules.required_linear_history: missing. Add it"),
    "signatures": (_without("required_signatures"), "rules.required_signatures: missing. Add it"),
    "review": (_without("pull_request"), "rules.pull_request: missing. Add it with {"),
    "checks": (_without("required_status_checks"), "rules.required_status_checks: missing. Add it with {"),
    "more": (lambda tree: tree["rules"].append({"type": "creation"}), "rules.creation: GitHub has it"),
}
PARAMETERS = {
    "pull_request": {
        "required_approving_review_count": 0,
        "dismiss_stale_reviews_on_push": False,
        "require_code_owner_review": False,
        "require_last_push_approval": False,
        "required_review_thread_resolution": False,
        "allowed_merge_methods": ["merge", "squash"],
    },
    "required_status_checks": {
        "strict_required_status_checks_policy": False,
        "do_not_enforce_on_create": True,
        "required_status_checks": [],
    },
}
CHANGES |= {
    f"{kind}.{key}": (
        _with_parameter(kind, key, value),
        f"rules.{kind}.{key}: {json.dumps(value)} on GitHub. Set it to ",
    )
    for kind, parameters in PARAMETERS.items()
    for key, value in parameters.items()
}


@pytest.mark.parametrize(("change", "said"), CHANGES.values(), ids=CHANGES)
def test_each_drift_is_named_once_with_what_to_change(wanted, found, change, said):
    change(found)
    (sentence,) = drift(wanted, found)
    assert sentence.startswith(said)


def test_every_parameter_that_we_set_is_among_those_that_drift_is_tried_on(wanted):
    asked = {(each["type"], key) for each in wanted["rules"] for key in each.get("parameters", {})}
    assert asked == {(kind, key) for kind, parameters in PARAMETERS.items() for key in parameters}
