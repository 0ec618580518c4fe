"""What was promoted before, by the audit log, and what is looser now: a limit or a gate that lets more through than it did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from enerqis.governance.loosening import Looser, looser_gates, looser_limits
from enerqis.io.audit_file import Log
from enerqis.spec.registry import RegistryRecord


def looser_than_before(
    record: RegistryRecord, log: Log, limits: Mapping[str, Any], thresholds: Mapping[str, Any]
) -> tuple[Looser, ...]:
    """Return what became looser since the last promotion, and since the gates were last told.

    A name that was promoted before is held against its own last promotion. One that never was is held against the last
    promotion of every experiment on the same strategy and dataset, by name or by identity: another name loosens nothing.

    Parameters
    ----------
    record : RegistryRecord
        The experiment that is to be promoted.
    log : Log
    limits : mapping
        Its limits, as `enerqis.governance.loosening.told_limits` returns them.
    thresholds : mapping
        The file of gates as it stands.
    """
    own = _last(log, "promote", f"{record.kind}/{record.name}")
    before = own or [each for subject in sorted(_alike(record, log)) for each in _last(log, "promote", subject)]
    found = [each for facts in before for each in looser_limits(facts["limits"], limits)]
    found += [each for facts in _last(log, "thresholds") for each in looser_gates(facts, thresholds)]
    return tuple(sorted(set(found)))


def _alike(record: RegistryRecord, log: Log) -> Iterator[str]:
    """Yield the other experiments that ever stood on the same strategy and the same dataset."""
    bases = _bases(record.rests_on)
    for _, entry in log.in_order:
        for each in entry.facts["records"] if entry.event == "record" else ():
            others = _bases(each["rests_on"])
            if each["kind"] == "experiment" and all(bases[kind] & others[kind] for kind in bases):
                yield f"experiment/{each['name']}"


def _bases(rests_on: Iterable[str]) -> dict[str, set[str]]:
    """Return the names and identities of the strategy and of the dataset that an experiment stands on."""
    found: dict[str, set[str]] = {"strategy": set(), "dataset": set()}
    for each in rests_on:
        kind, _, rest = each.partition("/")
        found.setdefault(kind, set()).update(rest.split("@"))
    return found


def _last(log: Log, event: str, subject: str = "") -> list[Mapping[str, Any]]:
    """Return the facts of the entries of an event that no other one of it comes after; more than one where branches met."""
    links = [link for link, each in log.in_order if each.event == event and (not subject or each.subject == subject)]
    earlier = {each for link in links for each in log.leading_to(link) - {link}}
    return [log.hashes[link].facts for link in links if link not in earlier]
