"""The text of ``.cbr/audit_log.json``: entries chained by their hashes, which git can join where two branches added to it.

It is laid out as the trials are (`enerqis.io.trial_file`): each entry names the entries that were the last ones, and a *head*
names the last one of all and counts what leads to it. Two branches make a fork; git's union merge keeps the entries of both,
and the next entry names both ends. Whoever removes, edits or moves an entry leaves an entry or a head that says so; whoever
writes the whole file anew is found by what git remembers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from enerqis.core.errors import DataError
from enerqis.io import fork
from enerqis.spec.audit_log import AuditEntry, AuditHead

FORMAT = "enerqis/audit-log/1"
PLACE = Path(".cbr") / "audit_log.json"
ENTRY_DOMAIN = b"enerqis/audit-entry/1\0"
FROM_GIT = f"Take the file from git: git log -p -- {PLACE.as_posix()}"


@dataclass(frozen=True)
class Log:
    """What the file holds.

    Parameters
    ----------
    entries : tuple of AuditEntry
        Each once, in the order of the file.
    ends : frozenset of AuditHead
        Heads as they were written: one, or one a branch where branches met since.
    """

    entries: tuple[AuditEntry, ...] = ()
    ends: frozenset[AuditHead] = frozenset()

    @cached_property
    def hashes(self) -> dict[str, AuditEntry]:
        """Entries by their hash, in the order of the file."""
        return {hash_of(entry): entry for entry in self.entries}

    @cached_property
    def links(self) -> dict[str, tuple[str, ...]]:
        """For each entry the entries it names."""
        return {link: entry.after for link, entry in self.hashes.items()}

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """Hashes of the entries that none comes after, sorted; more than one where branches met."""
        return fork.heads(self.links)

    @cached_property
    def in_order(self) -> tuple[tuple[str, AuditEntry], ...]:
        """Hash and entry, each after all that lead to it; the same for every order of the lines."""
        depth = fork.depths(self.links)
        return tuple((link, self.hashes[link]) for link in sorted(self.hashes, key=lambda each: (depth[each], each)))

    def leading_to(self, link: str) -> set[str]:
        """Return the hashes of all entries that lead to one, itself included."""
        return fork.leading_to(self.links, link)

    def before(self, link: str) -> Log:
        """Return the log of the entries that lead to one, itself left out; it has no heads of its own."""
        earlier = self.leading_to(link) - {link}
        return Log(tuple(each for hashed, each in self.hashes.items() if hashed in earlier))

    def head(self, link: str) -> AuditHead:
        """Return the head that ends in an entry."""
        return AuditHead(entries=len(self.leading_to(link)), head=link)

    def with_entry(self, entry: AuditEntry) -> Log:
        """Return the log with one more entry, after all that stand last in it."""
        new = entry.model_copy(update={"after": self.heads})
        grown = Log((*self.entries, new))
        return Log(grown.entries, frozenset({grown.head(hash_of(new))}))

    def faults(self) -> list[str]:
        """Return what was done to the entries since they were written, one sentence a finding."""
        found = []
        seen: set[str] = set()
        for number, (link, entry) in enumerate(self.hashes.items(), start=1):
            shown = f"entry {number} ({entry.event} {entry.subject})"
            missing = [each for each in entry.after if each not in self.hashes]
            if missing:
                found.append(f"{shown} comes after an entry that was removed or changed: {missing[0][:12]}")
            elif not seen.issuperset(entry.after):
                found.append(f"{shown} stands before the one that it comes after: reordered")
            elif link in self.heads and link not in {each.head for each in self.ends}:
                found.append(f"{shown} was changed, or was not written by enerqis")
            seen.add(link)
        for end in sorted(self.ends, key=lambda each: each.head):
            if end.head not in self.hashes:
                found.append(f"the log was cut off: its last entry was {end.head[:12]}, number {end.entries}")
            elif self.head(end.head) != end:
                found.append(f"{len(self.leading_to(end.head))} entries lead to {end.head[:12]}, not {end.entries}")
        return found


def hash_of(entry: AuditEntry) -> str:
    """Return the hash of an entry."""
    return hashlib.sha256(ENTRY_DOMAIN + _text(entry).encode()).hexdigest()


def read(path: Path) -> Log:
    """Return what the file holds; of none, an empty log.

    Raises
    ------
    DataError
        If it cannot be read, or git left a conflict in it.
    """
    try:
        return parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Log()
    except UnicodeDecodeError as exc:
        raise DataError(f"{PLACE.as_posix()}: byte {exc.start}: not UTF-8. {FROM_GIT}") from exc


def parse(text: str) -> Log:
    """Return what a text of this format holds.

    Raises
    ------
    DataError
        If a line is neither an entry nor a head.
    """
    try:
        whole = json.loads(text, object_pairs_hook=_once)
        parts = whole["entries"]
        if whole.keys() != {"format", "entries"} or whole["format"] != FORMAT or not isinstance(parts, list):
            raise KeyError(FORMAT)
    except (ValueError, KeyError, TypeError) as exc:
        raise DataError(f"{PLACE.as_posix()}: not an audit log ({exc}). {FROM_GIT}") from exc
    entries: dict[str, AuditEntry] = {}
    ends = set()
    for number, part in enumerate(parts, start=1):
        if part is None:
            continue
        if isinstance(part, dict) and "head" in part:
            ends.add(_part(AuditHead, number, part))
        else:
            entry = _part(AuditEntry, number, part)
            entries[hash_of(entry)] = entry
    return Log(tuple(entries.values()), frozenset(ends))


def text_of(log: Log) -> str:
    """Return a log as its file holds it: one entry a line, then its heads."""
    ends = [_text(end) for end in sorted(log.ends, key=lambda each: each.head)]
    lines = [*(_text(entry) for entry in log.entries), *ends]
    return (
        f'{{\n"format": {json.dumps(FORMAT)},\n"entries": [\n'
        + "".join(f"{each},\n" for each in lines)
        + "null\n]\n}\n"
    )


def entries_in(text: str) -> Iterator[str]:
    """Yield the hash of every entry that stands in a line of a text, such as what ``git log -p`` shows."""
    for line in text.splitlines():
        try:
            part = json.loads(line.strip().removesuffix(","))
            entry = AuditEntry.model_validate_json(json.dumps(part))
        except (ValueError, ValidationError):
            continue
        yield hash_of(entry)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON; a key that stands in it twice shows a reader another entry than the hash is of."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in an entry")
    return found


def _part(model: Any, number: int, part: object) -> Any:
    try:
        return model.model_validate_json(json.dumps(part))
    except ValidationError as exc:
        where = ".".join(str(step) for step in exc.errors()[0]["loc"])
        raise DataError(f"{PLACE.as_posix()}: entry {number}: {where}: {exc.errors()[0]['msg']}. {FROM_GIT}") from exc


def _text(part: AuditEntry | AuditHead) -> str:
    """Return an entry or a head as its line in the file, without the comma."""
    content = part.model_dump(mode="json")
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
