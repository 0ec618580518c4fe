"""The ruleset of the main branch, as GitHub imports and exports it, and what another one lacks of it.

Fields are those of the API "Repository rulesets" (version 2022-11-28).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from enerqis.spec.repository import Repository

PLACE = ".github/rulesets/main.json"

GITHUB_ACTIONS = 15368
"""The app that reports jobs of workflows: no other app, and no person, can report a check under a job's name."""

UNSEEN = "unseen"
"""Marks a part that the answer leaves out."""


def ruleset(repository: Repository) -> dict[str, Any]:
    """Return the ruleset that the repository's rules make."""
    rules: list[dict[str, Any]] = [{"type": "deletion"}, {"type": "non_fast_forward"}]
    if repository.linear_history:
        rules.append({"type": "required_linear_history"})
    if repository.signed_commits:
        rules.append({"type": "required_signatures"})
    rules.append({"type": "pull_request", "parameters": _review(repository)})
    rules.append({"type": "required_status_checks", "parameters": _checks(repository)})
    branches = ["~DEFAULT_BRANCH", f"refs/heads/{repository.default_branch}"]
    return {
        "name": repository.default_branch,
        "target": "branch",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": branches, "exclude": []}},
        "bypass_actors": [],
        "rules": rules,
    }


def ruleset_text(repository: Repository) -> str:
    """Return the ruleset as its file holds it."""
    return json.dumps(ruleset(repository), indent=2) + "\n"


def drift(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    """Yield one sentence a difference: which part, what GitHub has, what to change it to.

    Parameters
    ----------
    wanted, found : mapping
        A ruleset of ours, and one as the API returns it. What `found` has beside what is asked, such as ids, dates and
        parameters that we do not set, is no difference; a rule that we do not ask is.
    """
    for key in ("target", "enforcement"):
        if found.get(key) != wanted[key]:
            yield _sentence(key, found.get(key), wanted[key])
    names = found.get("conditions", {}).get("ref_name", {})
    for key, value in wanted["conditions"]["ref_name"].items():
        if sorted(names.get(key, [])) != sorted(value):
            yield _sentence(f"conditions.ref_name.{key}", names.get(key), value)
    yield from _bypass(found)
    yield from _rules(_by_type(wanted), _by_type(found))


def _bypass(found: Mapping[str, Any]) -> Iterator[str]:
    if "bypass_actors" not in found:
        yield (
            f"bypass_actors: {UNSEEN}, so who may go past the rules is not known. GitHub shows it to a token with the "
            "repository permission 'Administration: write'"
        )
    for actor in found.get("bypass_actors") or ():
        named = f"{actor.get('actor_type')} {actor.get('actor_id')}"
        yield f"bypass_actors: {named} may go past the rules ({actor.get('bypass_mode')}). Take it out of the list"


def _rules(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    for kind, parameters in wanted.items():
        if kind not in found:
            yield f"rules.{kind}: missing. Add it" + (f" with {json.dumps(parameters)}" if parameters else "")
            continue
        for key, value in parameters.items():
            if _plain(found[kind].get(key)) != _plain(value):
                yield _sentence(f"rules.{kind}.{key}", found[kind].get(key), value)
    for kind in found.keys() - wanted.keys():
        yield f"rules.{kind}: GitHub has it, {PLACE} does not. Take it out there, or write it here"


def _by_type(tree: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["type"]: each.get("parameters") or {} for each in tree.get("rules") or ()}


def _plain(value: Any) -> Any:
    """Return lists in an order of their own: GitHub keeps none of names and checks."""
    return sorted(value, key=lambda each: json.dumps(each, sort_keys=True)) if isinstance(value, list) else value


def _sentence(where: str, found: Any, wanted: Any) -> str:
    return f"{where}: {json.dumps(found)} on GitHub. Set it to {json.dumps(wanted)}"


def _review(repository: Repository) -> dict[str, Any]:
    review = repository.review
    return {
        "required_approving_review_count": review.approvals,
        "dismiss_stale_reviews_on_push": review.dismiss_stale,
        "require_code_owner_review": review.code_owner,
        "require_last_push_approval": review.last_push,
        "required_review_thread_resolution": review.resolve_threads,
        "allowed_merge_methods": list(repository.merges),
    }


def _checks(repository: Repository) -> dict[str, Any]:
    checks = [{"context": name, "integration_id": GITHUB_ACTIONS} for name in repository.checks]
    return {
        "strict_required_status_checks_policy": repository.up_to_date,
        "do_not_enforce_on_create": False,
        "required_status_checks": checks,
    }
