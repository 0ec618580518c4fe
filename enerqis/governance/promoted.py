"""What was promoted before, by the audit log, and what is looser now: limits, gates and rules that let more through."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from enerqis.core.errors import DataError
from enerqis.governance.loosening import Looser, looser_gates, looser_limits, looser_rules
from enerqis.io.audit_file import Log
from enerqis.spec.approvers import Approvers
from enerqis.spec.registry import RegistryRecord

TOLD_ALONG = ("thresholds", "approvers", "gates", "override")
"""Events that `promote` writes before the promotion itself."""
LOOSER_IN: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Iterable[Looser]]] = {
    "thresholds": looser_gates,
    "approvers": looser_rules,
}
"""What is looser in a file than it was, by the event that tells the file."""


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
    own = last_facts(log, "promote", f"{record.kind}/{record.name}")
    before = own or [each for subject in sorted(_alike(record, log)) for each in last_facts(log, "promote", subject)]
    found = [each for facts in before for each in looser_limits(facts["limits"], limits)]
    found += [each for facts in last_facts(log, "thresholds") for each in looser_gates(facts, thresholds)]
    return tuple(sorted(set(found)))


def looser_rules_than_before(log: Log, approvers: Mapping[str, Any]) -> tuple[Looser, ...]:
    """Return the rules of approval, of the list of approvers as it stands, that became looser since the log was told them."""
    found = [each for facts in last_facts(log, "approvers") for each in looser_rules(facts, approvers)]
    return tuple(sorted(set(found)))


def told_approvers(log: Log) -> tuple[Approvers, ...]:
    """Return the lists of approvers that the log was told last: more than one where branches met, none where none was told.

    Raises
    ------
    DataError
        If one of them was not written by a command.
    """
    try:
        return tuple(Approvers.model_validate_json(json.dumps(each)) for each in last_facts(log, "approvers"))
    except ValidationError as exc:
        raise DataError(
            f"an entry 'approvers' of the audit log holds no list of approvers: {exc.errors()[0]['msg']}."
        ) from exc


def log_of_decision(log: Log, promotion: str) -> Log:
    """Return the log by which a promotion was decided: what leads to its entry, without what was told along with it."""
    first = promotion
    while len(log.hashes[first].after) == 1:
        (link,) = log.hashes[first].after
        if link not in log.hashes or log.hashes[link].event not in TOLD_ALONG:
            break
        first = link
    return log.before(first)


def untold_loosenings(log: Log) -> Iterator[str]:
    """Yield gates and rules of approval that an entry tells looser than the one before, and that no promotion named."""
    order = [link for link, _ in log.in_order]
    for link, entry in log.in_order:
        if entry.event not in LOOSER_IN:
            continue
        shown = f"entry {link[:12]} ({entry.event} by {entry.who})"
        try:
            before = last_facts(log.before(link), entry.event)
            found = {str(each) for facts in before for each in LOOSER_IN[entry.event](facts, entry.facts)}
        except (AttributeError, LookupError, TypeError, ValueError):
            yield f"{shown} was not written by enerqis"
            continue
        later = (each for each in order if log.hashes[each].event == "promote" and link in log.leading_to(each))
        named = next((log.hashes[each].facts.get("loosens", ()) for each in later if found), ())
        for each in sorted(found - set(named)):
            yield f"{shown} tells a looser {each}, and the promotion that it was told for does not name that"


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


def last_facts(log: Log, event: str, subject: str = "") -> list[Mapping[str, Any]]:
    """Return the facts of the entries of an event that no other one of it comes after; more than one where branches met."""
    links = [link for link, each in log.in_order if each.event == event and (not subject or each.subject == subject)]
    earlier = {each for link in links for each in log.leading_to(link) - {link}}
    return [log.hashes[link].facts for link in links if link not in earlier]
