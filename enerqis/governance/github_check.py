"""A repository on GitHub held against its rules: default branch, ways of merging, the ruleset, owners that do not exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from enerqis.governance import ruleset
from enerqis.governance.deviation import Deviation
from enerqis.io.github import GitHub
from enerqis.spec.repository import Repository

MERGES = {"merge": "allow_merge_commit", "squash": "allow_squash_merge", "rebase": "allow_rebase_merge"}
"""Ways of merging, by what GitHub calls their setting."""


def github_deviations(github: GitHub, repository: Repository) -> Iterator[Deviation]:
    """Yield where GitHub is not what the rules say.

    Raises
    ------
    SetupError
        If GitHub cannot be asked, or the token lacks a permission: what was not seen is not taken for right.
    """
    settings = github.get()
    found = settings.get("default_branch")
    if found != repository.default_branch:
        yield Deviation(
            f"default branch: '{found}' on GitHub",
            f"set it to '{repository.default_branch}' (Settings, Default branch)",
        )
    yield from _merges(settings, repository)
    yield from _ruleset(github, repository)
    for each in github.get("/codeowners/errors", ref=repository.default_branch).get("errors", ()):
        yield Deviation(
            f"{each.get('path')}:{each.get('line')}: GitHub reads: {each.get('kind')}: {each.get('source', '').strip()}",
            "make the team and give it write access, or mend teams in .cbr/repository.yaml",
        )


def _merges(settings: Mapping[str, Any], repository: Repository) -> Iterator[Deviation]:
    unseen = sorted(key for key in MERGES.values() if key not in settings)
    if unseen:
        yield Deviation(
            f"{', '.join(unseen)}: {ruleset.UNSEEN}",
            "GitHub shows them to a token with 'Contents: write'; the ruleset allows no other way either",
            is_fault=False,
        )
        return
    for merge, key in MERGES.items():
        wanted = merge in repository.merges
        if settings[key] != wanted:
            yield Deviation(
                f"{key}: {str(settings[key]).lower()} on GitHub",
                f"set it to {str(wanted).lower()} (Settings, Pull Requests)",
            )


def _ruleset(github: GitHub, repository: Repository) -> Iterator[Deviation]:
    wanted = ruleset.ruleset(repository)
    every = list(github.every("/rulesets", includes_parents="true"))
    named = [each for each in every if (each.get("name"), each.get("target")) == (wanted["name"], "branch")]
    if not named:
        others = ", ".join(sorted(str(each.get("name")) for each in every)) or "none"
        yield Deviation(
            f"ruleset '{wanted['name']}': not on GitHub, where there are: {others}",
            f"import {ruleset.PLACE} (Settings, Rules, Rulesets, Import a ruleset)",
        )
        return
    found = github.get(f"/rulesets/{int(named[0]['id'])}", includes_parents="true")
    for sentence in ruleset.drift(wanted, found):
        what, _, mend = sentence.rpartition(". ")
        yield Deviation(f"ruleset '{wanted['name']}': {what}", mend)
