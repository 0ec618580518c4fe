"""What the registry holds: worked out from the audit log, which alone says what happened. The file is its readable copy.

Entries that branches added side by side are not in an order: where two of them put one thing into different states, neither
is chosen. Such a thing counts as the lower of both until somebody demotes it, which comes after both.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from enerqis.core.errors import DataError
from enerqis.governance.baseline import frozen_trees
from enerqis.governance.states import SIGNED, STATES, is_lower
from enerqis.io.audit_file import Log
from enerqis.spec.audit_log import AuditEntry
from enerqis.spec.registry import Registry, RegistryBaseline, RegistryRecord

PLACE = Path(".cbr") / "registry.json"
FORMAT = "enerqis/registry/1"
MEND = "'enerqis registry merge' writes it from the log"


class Key(NamedTuple):
    """One thing of one identity."""

    kind: str
    name: str
    identity: str

    def __str__(self) -> str:
        """As messages and `rests_on` write it, the identity whole."""
        return f"{self.kind}/{self.name}@{self.identity}"

    @property
    def shown(self) -> str:
        """As people read it."""
        return f"{self.kind}/{self.name}@{self.identity[:12]}"


@dataclass(frozen=True)
class Standing:
    """The registry at one moment.

    Parameters
    ----------
    records : mapping of Key to RegistryRecord
        In the order of the keys.
    conflicts : tuple of str
        Things that two branches left in different states, one sentence each.
    faults : tuple of str
        Entries of the log that no command writes.
    baselines : tuple of RegistryBaseline
        Trees that were frozen, the first one first.
    """

    records: Mapping[Key, RegistryRecord]
    conflicts: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    baselines: tuple[RegistryBaseline, ...] = ()

    def named(self, kind: str, name: str) -> list[RegistryRecord]:
        """Return every identity of a name."""
        return [each for key, each in self.records.items() if (key.kind, key.name) == (kind, name)]


class _Step(NamedTuple):
    """What one entry says of one thing: the record as it then stands."""

    link: str
    record: RegistryRecord


def standing(log: Log) -> Standing:
    """Return what the entries of a log come to; the order of its lines does not matter."""
    steps: dict[Key, list[_Step]] = {}
    faults: list[str] = []
    before = {link: log.leading_to(link) - {link} for link, entry in log.in_order if entry.event in STEPS}
    for link, entry in log.in_order:
        for key, record in _told(link, entry, steps, before, faults):
            steps.setdefault(key, []).append(_Step(link, record))
    conflicts: list[str] = []
    found: dict[Key, RegistryRecord] = {}
    for key, told in sorted(steps.items()):
        last = _last(told, before)
        states = sorted({each.record.state for each in last}, key=STATES.index)
        found[key] = min(last, key=lambda each: _caution(each.record)).record
        if len(states) > 1:
            conflicts.append(
                f"{key.shown}: two branches put it into different states: {' and '.join(states)}. It counts as {states[0]}; "
                f"'enerqis demote {key.kind}/{key.name} --to {states[0]} --reason TEXT' settles it"
            )
    conflicts += _crowded(found)
    try:
        trees = frozen_trees(log)
    except ValidationError as exc:
        trees = ()
        faults.append(f"an entry 'baseline' was not written by enerqis: {exc.errors()[0]['msg']}")
    return Standing(_without_old_research(found, before), tuple(conflicts), tuple(faults), trees)


def _told(
    link: str, entry: AuditEntry, steps: Mapping[Key, list[_Step]], before: Mapping[str, set[str]], faults: list[str]
) -> Iterator[tuple[Key, RegistryRecord]]:
    """Yield the records that an entry leaves, and add to `faults` where it says what no command writes."""
    if entry.event not in STEPS:
        return
    try:
        if entry.event in ("record", "package"):
            yield from _recorded(link, entry, steps, before)
        else:
            yield from _moved(link, entry, steps, before)
    except (KeyError, TypeError, ValueError, ValidationError) as exc:
        faults.append(f"entry {link[:12]} ({entry.event} {entry.subject}) was not written by enerqis: {exc}")


def _recorded(
    link: str, entry: AuditEntry, steps: Mapping[Key, list[_Step]], before: Mapping[str, set[str]]
) -> Iterator[tuple[Key, RegistryRecord]]:
    for each in entry.facts["records"] if entry.event == "record" else [_package(entry)]:
        record = RegistryRecord.model_validate_json(json.dumps({**each, "state": "research", "entry": link}))
        key = key_of(record)
        if not _last_before(steps.get(key, ()), before[link], before):
            yield key, record


def _package(entry: AuditEntry) -> dict[str, Any]:
    """Return a package as it is recorded: it rests on the run that it is of."""
    facts = entry.facts
    return {
        "kind": "package",
        "name": facts["file"],
        "identity": facts["sha256"],
        "result_sha256": facts["result_sha256"],
        "rests_on": [f"{entry.subject}@{facts['run_id']}"],
    }


def _moved(
    link: str, entry: AuditEntry, steps: Mapping[Key, list[_Step]], before: Mapping[str, set[str]]
) -> Iterator[tuple[Key, RegistryRecord]]:
    kind, _, name = entry.subject.partition("/")
    facts = entry.facts
    key = Key(kind, name, facts["identity"])
    old = _last_before(steps.get(key, ()), before[link], before)
    if not old:
        raise ValueError("it was never recorded")
    states = {each.record.state for each in old}
    new = facts["to"]
    lowest = min(states, key=STATES.index)
    if entry.event == "promote":
        if states != {facts["from"]} or "retired" in states or STATES.index(new) != STATES.index(facts["from"]) + 1:
            raise ValueError(f"it was {' and '.join(sorted(states))}, not one step below {new}")
        moved = {
            "gates": facts["gates"],
            "overrides": [each.partition(":")[0] for each in facts.get("overrides", ())],
            "approvals": facts["approvals"],
            "expires": facts["expires"],
        }
    else:
        if not (is_lower(new, lowest) or (len(states) > 1 and new == lowest)):
            raise ValueError(f"it was {lowest}, which is not above {new}")
        moved = {"gates": (), "overrides": (), "approvals": (), "expires": None}
    yield key, _with(old[0].record, state=new, entry=link, **moved)
    replaced = facts.get("replaces")
    if replaced:
        other = Key(kind, name, replaced)
        there = _last_before(steps.get(other, ()), before[link], before)
        if not there:
            raise ValueError(f"{other.shown}, which it replaces, was never recorded")
        yield (
            other,
            _with(there[0].record, state="retired", entry=link, gates=(), overrides=(), approvals=(), expires=None),
        )


STEPS = ("record", "package", "promote", "demote")
"""Events that the registry follows from."""


def _with(record: RegistryRecord, **changes: Any) -> RegistryRecord:
    return RegistryRecord.model_validate_json(json.dumps({**record.model_dump(mode="json"), **changes}))


def _last(told: Iterable[_Step], before: Mapping[str, set[str]]) -> list[_Step]:
    """Return the steps that no other one comes after."""
    found = list(told)
    return [each for each in found if not any(each.link in before[other.link] for other in found)]


def _last_before(told: Iterable[_Step], earlier: set[str], before: Mapping[str, set[str]]) -> list[_Step]:
    """Return the last of the steps that lead to an entry."""
    return _last((each for each in told if each.link in earlier), before)


def _caution(record: RegistryRecord) -> tuple[int, bool, str, str]:
    """Order the more careful record first: the lower state, the earlier end, then the hash."""
    return STATES.index(record.state), record.expires is None, record.expires or "", record.entry


def _crowded(found: Mapping[Key, RegistryRecord]) -> Iterator[str]:
    """Yield names of which two identities are in one signed state: each branch had put one there."""
    places: dict[tuple[str, str, str], list[Key]] = {}
    for key, record in found.items():
        if record.state in SIGNED:
            places.setdefault((key.kind, key.name, record.state), []).append(key)
    for (kind, name, state), keys in places.items():
        if len(keys) > 1:
            yield (
                f"{kind}/{name}: {len(keys)} identities are {state}: {', '.join(each.identity[:12] for each in keys)}. "
                f"'enerqis demote {kind}/{name}@IDENTITY --to retired --reason TEXT' leaves one"
            )


def _without_old_research(
    found: Mapping[Key, RegistryRecord], before: Mapping[str, set[str]]
) -> dict[Key, RegistryRecord]:
    """Return the records without identities that never left research and that a later recording of the name came after."""
    kept = {}
    for key, record in found.items():
        later = (
            record.entry in before[other.entry]
            for there, other in found.items()
            if (there.kind, there.name) == (key.kind, key.name) and other.state == "research"
        )
        if record.state != "research" or not any(later):
            kept[key] = record
    return kept


def key_of(record: RegistryRecord) -> Key:
    """Return what a record is of."""
    return Key(record.kind, record.name, record.identity)


def text_of(now: Standing) -> str:
    """Return the file that holds the records, sorted, and the frozen trees: one a line."""
    lines = [
        json.dumps(each.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        for each in (*sorted(now.records.values(), key=key_of), *now.baselines)
    ]
    return (
        f'{{\n"format": {json.dumps(FORMAT)},\n"records": [\n'
        + "".join(f"{each},\n" for each in lines)
        + "null\n]\n}\n"
    )


def file_faults(text: str | None, now: Standing) -> list[str]:
    """Return where the file, None if there is none, says otherwise than the log."""
    name = PLACE.as_posix()
    if text is None:
        return [f"{name}: missing. {MEND}"] if now.records or now.baselines else []
    if text == text_of(now):
        return []
    try:
        held = Registry.model_validate_json(text).records
    except ValidationError as exc:
        raise DataError(f"{name}: not a registry: {exc.errors()[0]['msg']}. {MEND}.") from exc
    found = [
        *_differences([each for each in held if isinstance(each, RegistryRecord)], now),
        *_other_trees([each for each in held if isinstance(each, RegistryBaseline)], now),
    ]
    return [f"{name}: {each}. {MEND}" for each in found or ["not laid out as enerqis writes it"]]


def _other_trees(held: list[RegistryBaseline], now: Standing) -> Iterator[str]:
    for each in held:
        if each not in now.baselines:
            yield f"the frozen tree {each.baseline} is not in the audit log"
    for each in now.baselines:
        if each not in held:
            yield f"the frozen tree {each.baseline}, in the audit log, is not in it"


def _differences(held: list[RegistryRecord], now: Standing) -> Iterator[str]:
    keys = [key_of(each) for each in held]
    for key in sorted({each for each in keys if keys.count(each) > 1}):
        yield f"{key.shown} stands there twice"
    for each in held:
        key = key_of(each)
        true = now.records.get(key)
        if true is None:
            yield f"{key.shown} is {each.state} there, and the audit log does not say how"
            continue
        for field in RegistryRecord.model_fields:
            said, meant = getattr(each, field), getattr(true, field)
            if said != meant:
                yield f"{key.shown}: {field} is {_brief(said)} there and {_brief(meant)} by the audit log"
    for key in sorted(now.records.keys() - set(keys)):
        yield f"{key.shown}, {now.records[key].state} by the audit log, is not in it"


def _brief(value: object) -> str:
    return ", ".join(map(_brief, value)) or "none" if isinstance(value, tuple) else str(value)[:20]
