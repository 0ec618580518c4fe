"""The audit trail: the same bytes for the same events, whole or not at all."""

import hashlib

import pytest

from enerqis.core.errors import DataError
from enerqis.io.jsonlines import read_audit, write_audit

EVENTS = [
    {"event": "split", "ts": 1_109_341_800_000_000_000, "symbol": "AAPL", "factor": 2.0},
    {"symbol": "Größe", "event": "rejected", "units": 1e-7, "reason": None},
]


def test_events_are_lines_with_sorted_keys_exact_instants_and_utf8(tmp_path):
    head = write_audit(tmp_path / "audit.jsonl", EVENTS)
    start = hashlib.sha256(b"enerqis/audit-start/1\0").hexdigest()
    first = f'{{"event":"split","factor":2.0,"previous":"{start}","symbol":"AAPL","ts":1109341800000000000}}'.encode()
    link = hashlib.sha256(b"enerqis/audit-line/1\0" + first).hexdigest()
    second = f'{{"event":"rejected","previous":"{link}","reason":null,"symbol":"Größe","units":1e-07}}'.encode()
    assert (tmp_path / "audit.jsonl").read_bytes() == first + b"\n" + second + b"\n"
    assert head == (2, hashlib.sha256(b"enerqis/audit-line/1\0" + second).hexdigest())


def test_what_was_written_is_read_back(tmp_path):
    write_audit(tmp_path / "audit.jsonl", EVENTS)
    assert read_audit(tmp_path / "audit.jsonl") == EVENTS


def test_no_events_make_an_empty_file(tmp_path):
    assert write_audit(tmp_path / "audit.jsonl", []).lines == 0
    assert (tmp_path / "audit.jsonl").read_bytes() == b""


def test_a_failure_in_the_middle_leaves_the_old_file_and_no_temporary_one(tmp_path):
    path = tmp_path / "audit.jsonl"
    write_audit(path, EVENTS)
    with pytest.raises(ValueError, match="JSON compliant"):
        write_audit(path, [EVENTS[0], {"event": "fill", "price": float("nan")}])
    assert read_audit(path) == EVENTS
    assert [each.name for each in tmp_path.iterdir()] == ["audit.jsonl"]


def test_an_event_without_a_name_is_refused(tmp_path):
    with pytest.raises(ValueError, match="audit event 1 has no 'event' name"):
        write_audit(tmp_path / "audit.jsonl", [{"symbol": "AAPL"}])


def test_a_damaged_line_is_named(tmp_path):
    path = tmp_path / "audit.jsonl"
    path.write_text('{"event":"fill"}\n{"event":\n', encoding="utf-8")
    with pytest.raises(DataError, match=r"audit\.jsonl:2:\d+: not JSON"):
        read_audit(path)
