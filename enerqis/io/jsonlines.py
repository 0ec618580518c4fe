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


def audit_lines(events: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield one JSON line an event, in the order given: keys sorted, no blanks, numbers in their shortest exact form.

    It is not RFC 8785 (`enerqis.io.hashing.canonical`), whose integers end at 2**53: an instant in nanoseconds is larger.

    Raises
    ------
    ValueError
        If an event holds NaN or infinity, or has no ``event`` name.
    """
    for number, event in enumerate(events, start=1):
        if not event.get("event"):
            raise ValueError(f"audit event {number} has no 'event' name: {dict(event)}")
        line = json.dumps(dict(event), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        yield line + "\n"


def write_audit(path: Path, events: Iterable[Mapping[str, Any]]) -> int:
    """Write the audit trail of one run and return how many events it holds.

    The file appears whole or not at all: it is written under a temporary name, synced and renamed.

    Parameters
    ----------
    path : Path
        ``audit.jsonl`` beside the receipt; its folder exists.
    events : iterable of mapping
        Each with ``event`` (what happened), ``ts`` where it has an instant (UTC ns, an integer), and its facts.
    """
    lines = list(audit_lines(events))
    write_text(path, "".join(lines))
    return len(lines)


def read_audit(path: Path) -> list[dict[str, Any]]:
    """Return the events of an audit trail in order.

    Raises
    ------
    DataError
        If a line is not a JSON object; the message names it.
    """
    events = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            event = json.loads(line)
        except json.JSONDecodeError as exc:
            raise DataError(f"{path.name}:{number}:{exc.colno}: not JSON: {exc.msg}") from exc
        if not isinstance(event, dict):
            raise DataError(f"{path.name}:{number}:1: an audit event is a JSON object, found {type(event).__name__}")
        events.append(event)
    return events
