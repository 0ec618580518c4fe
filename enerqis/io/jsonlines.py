"""JSON lines with the same bytes for the same events: the audit trail beside a receipt.

It is not the application log (`enerqis.tracking.runlog`): it is an output, and so it holds no clock, host or path.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from enerqis.core.errors import DataError
from enerqis.io.atomic import write_text
from enerqis.io.chain import LINK, Head, chained, faults, head_of


def audit_lines(events: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield one line an event, in the order given, each with the hash of the one before: `enerqis.io.chain`.

    Raises
    ------
    ValueError
        If an event holds NaN or infinity, or has no ``event`` name.
    """
    return chained(_named(events))


def _named(events: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for number, event in enumerate(events, start=1):
        if not event.get("event"):
            raise ValueError(f"audit event {number} has no 'event' name: {dict(event)}")
        yield event


def write_audit(path: Path, events: Iterable[Mapping[str, Any]]) -> Head:
    """Write the audit trail of one run and return its head, for the receipt.

    The file appears whole or not at all: it is written under a temporary name, synced and renamed. It has one writer and is
    not written again.

    Parameters
    ----------
    path : Path
        ``audit.jsonl`` beside the receipt; its folder exists.
    events : iterable of mapping
        Each with ``event`` (what happened), ``ts`` where it has an instant (UTC ns, an integer), and its facts.
    """
    lines = list(audit_lines(events))
    write_text(path, "".join(f"{line}\n" for line in lines))
    return head_of(lines)


def audit_faults(path: Path, head: Head) -> list[str]:
    """Return what was done to an audit trail since it was written, one sentence a finding; none where it is whole."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ["missing"]
    except UnicodeDecodeError as exc:
        return [f"byte {exc.start}: not UTF-8"]
    return faults(text.removesuffix("\n").split("\n") if text else [], head)


def read_audit(path: Path) -> list[dict[str, Any]]:
    """Return the events of an audit trail in order, without the links of the chain.

    Raises
    ------
    DataError
        If a line is not a JSON object; the message names it.
    """
    events = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n")[:-1], start=1):
        try:
            event = json.loads(line)
        except json.JSONDecodeError as exc:
            raise DataError(f"{path.name}:{number}:{exc.colno}: not JSON: {exc.msg}") from exc
        if not isinstance(event, dict):
            raise DataError(f"{path.name}:{number}:1: an audit event is a JSON object, found {type(event).__name__}")
        events.append({key: value for key, value in event.items() if key != LINK})
    return events
