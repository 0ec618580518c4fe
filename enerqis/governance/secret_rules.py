"""Holding what is kept against the policy of secrets: what is missing, too old, kept without a rule, asked for by no rule.

Pure: entries, references and the present instant come in, findings go out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from enerqis.spec.secrets import SecretsFile
from enerqis.vaults.backend import Entry

SOON = 0.8
"""Share of its greatest age from which on a secret is named as about to grow too old."""


class Finding(NamedTuple):
    """One thing about one secret; what is no fault is a note."""

    is_fault: bool
    name: str
    what: str


def findings(
    policy: SecretsFile, entries: Mapping[str, Entry], *, asked: Mapping[str, str], now: datetime
) -> list[Finding]:
    """Return what the policy and the place that keeps the secrets do not agree on, faults first, by name.

    Parameters
    ----------
    policy : SecretsFile
    entries : mapping of name to Entry
        What is kept.
    asked : mapping of name to str
        Names that the project's specs refer to, and where.
    now : datetime
        Present instant, UTC.
    """
    found = [*_of_rules(policy, entries, asked=asked, now=now), *_without_rule(policy, entries, asked=asked)]
    return sorted(found, key=lambda each: (not each.is_fault, each.name))


def age_days(entry: Entry, now: datetime) -> float | None:
    """Return how many days ago the newest version was written; None where that is not kept."""
    return None if entry.written_at is None else (now - entry.written_at) / timedelta(days=1)


def _of_rules(
    policy: SecretsFile, entries: Mapping[str, Entry], *, asked: Mapping[str, str], now: datetime
) -> Iterator[Finding]:
    for name, rule in policy.secrets.items():
        entry = entries.get(name)
        if entry is None:
            is_needed = rule.is_required or name in asked
            where = f" ({asked[name]} refers to it)" if name in asked else ""
            yield Finding(
                is_needed, name, f"no value{where}. Its owner, {rule.owner}, writes it: enerqis secrets put {name}"
            )
            continue
        age = age_days(entry, now)
        if age is None:
            yield Finding(False, name, "its age is not known: this backend keeps no instants")
        elif age > rule.max_age_days:
            yield Finding(
                True,
                name,
                f"{age:.0f} days old, at most {rule.max_age_days}. Its owner, {rule.owner}, rotates it: {rule.rotation}",
            )
        elif age > rule.max_age_days * SOON:
            yield Finding(False, name, f"{age:.0f} days old, at most {rule.max_age_days}: rotate it soon")


def _without_rule(policy: SecretsFile, entries: Mapping[str, Entry], *, asked: Mapping[str, str]) -> Iterator[Finding]:
    for name in sorted(entries.keys() - policy.secrets.keys()):
        yield Finding(
            True, name, "is kept but stands not in .cbr/secrets.yaml. Declare it there, or remove it where it is kept"
        )
    for name in sorted(asked.keys() - policy.secrets.keys()):
        yield Finding(
            True, name, f"{asked[name]} refers to it, and it stands not in .cbr/secrets.yaml. Declare it there"
        )
