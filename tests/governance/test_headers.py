"""Headers to the byte: what is written, what is read, and each way in which a document fails to hold."""

import hashlib
import json
import re
import textwrap
import uuid
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from enerqis.core.errors import DataError
from enerqis.governance import headers
from enerqis.governance.headers import Stamp
from enerqis.spec.header import GovernanceLinks

ROOT = Path(__file__).parents[2]
REPO = "ENERQIS_GlobalDB_TREEBUILD/00_repo/.cbr"
LINKS = GovernanceLinks(
    acceptance_gates=f"{REPO}/acceptance_gates.yaml",
    audit_log=f"{REPO}/audit_log.json",
    registry=f"{REPO}/registry.json",
)
NO_FILES = "sha256:" + hashlib.sha256(b"enerqis/baseline/1\0{}").hexdigest()
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
STAMP = Stamp("policy", LINKS, "enerqis 0.1.0", NOON, NO_FILES, {"python": "3.11.8"})
PAYLOAD = "# Trading hours\n\nNobody trades on a holiday: Zürich closes early.\n"
YAML_LEAD = "# @package _global_\n# yaml-language-server: $schema=../../schemas/experiment.schema.json\n"


def stamped(payload=PAYLOAD, wanted=STAMP):
    return headers.stamp(payload.encode(), wanted)


def sorts(data):
    return [each.sort for each in headers.verify(data)]


def golden():
    """The page's example, read without any code of ours."""
    page = (ROOT / "docs" / "documents.md").read_text("utf-8")
    block = re.search(r"^```text\n(    # ERQ-META-BEGIN\n.*?)^```", page, re.DOTALL | re.MULTILINE)[1]
    digests = re.findall(r"`([0-9a-f]{64})`", page)
    return textwrap.dedent(block), digests


def test_the_example_of_the_page_holds_by_json_and_hashlib_alone():
    document, (of_payload, of_document, _) = golden()
    begin, line, end, *payload = document.split("\n")
    header = json.loads(line.removeprefix("# "))
    assert (begin, end) == ("# ERQ-META-BEGIN", "# ERQ-META-END")
    assert line == "# " + json.dumps(header, sort_keys=True)
    assert hashlib.sha256("\n".join(payload).encode()).hexdigest() == header["integrity"]["value"] == of_payload
    assert hashlib.sha256(document.encode()).hexdigest() == of_document
    build_id = header["provenance"].pop("build_id")
    space = uuid.uuid5(uuid.NAMESPACE_OID, "enerqis/document-header/2.0")
    assert build_id == str(uuid.uuid5(space, json.dumps(header, sort_keys=True)))


def test_stamping_gives_the_bytes_of_the_page():
    assert stamped() == golden()[0].encode()


def test_a_header_has_the_fields_that_were_agreed():
    header = json.loads(stamped().split(b"\n")[1][2:])
    assert {key: sorted(value) if isinstance(value, dict) else value for key, value in header.items()} == {
        "canonicalization": ["encoding", "newline", "sort_keys"],
        "doc_type": "policy",
        "governance_links": ["acceptance_gates", "audit_log", "registry"],
        "integrity": ["algo", "canonical_scope", "value"],
        "provenance": ["build_id", "builder", "built_at", "tools"],
        "source_baseline_hash": NO_FILES,
        "spec_version": "2.0",
    }


def test_in_yaml_the_header_stands_below_package_and_schema_and_the_payload_is_the_file_without_it():
    plain = YAML_LEAD + "seed: 1\n"
    lines = stamped(plain).decode().split("\n")
    assert "\n".join(lines[:2]) + "\n" == YAML_LEAD
    assert (lines[2], lines[4], lines[5:]) == (headers.BEGIN, headers.END, ["seed: 1", ""])
    value = hashlib.sha256(plain.encode()).hexdigest()
    assert json.loads(lines[3][2:])["integrity"]["value"] == value == golden()[1][2]
    changed = stamped(plain).replace(b"# @package _global_", b"# @package cost", 1)
    assert sorts(changed) == ["stale"]


def test_stamping_what_holds_changes_nothing_whatever_the_clock_says():
    later = STAMP.__class__("policy", LINKS, "enerqis 9", NOON + timedelta(days=1), NO_FILES)
    assert headers.stamp(stamped(), later) == stamped()
    assert headers.stamp(stamped(), later, renew=True) != stamped()


def test_a_stale_document_or_one_of_another_kind_is_stamped_anew():
    other = Stamp("runbook", LINKS, "enerqis 0.1.0", NOON, NO_FILES)
    for data, wanted in ((stamped().replace(b"early", b"late"), STAMP), (stamped(), other)):
        again = headers.stamp(data, wanted)
        assert again != data
        assert headers.verify(again) == []
        assert headers.parse(headers.decoded(again)).payload == headers.parse(headers.decoded(data)).payload


def test_the_instant_is_written_in_utc_to_the_second_and_the_id_may_be_given():
    summer = datetime(2026, 7, 1, 14, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=2)))
    build_id = uuid.UUID("6a04d168-926c-48b8-b18d-7099d4f07569")
    data = stamped(wanted=Stamp("policy", LINKS, "enerqis", summer, NO_FILES, build_id=build_id))
    provenance = json.loads(data.split(b"\n")[1][2:])["provenance"]
    assert provenance == {
        "build_id": str(build_id),
        "builder": "enerqis",
        "built_at": "2026-07-01T12:00:00Z",
        "tools": {},
    }
    assert headers.verify(data) == []


@pytest.mark.parametrize(
    ("change", "sort", "said"),
    [
        (lambda data: b"\xef\xbb\xbf" + data, "form", "byte order mark"),
        (lambda data: data.replace(b"\n", b"\r\n"), "form", "CRLF"),
        (lambda data: data.rstrip(b"\n"), "form", "exactly one newline"),
        (lambda data: data + b"\n", "form", "exactly one newline"),
        (lambda data: data.replace("ü".encode(), b"\xfc"), "form", "not UTF-8 at byte"),
        (lambda data: data.split(b"END\n", 1)[1], "missing", "no header"),
        (lambda data: b"\n".join(data.split(b"\n")[:3]) + b"\n" + data, "doubled", "a second time"),
        (lambda data: data + b"\n# ERQ-META-BEGIN\n", "doubled", "a second time"),
        (lambda data: b"# A title\n" + data, "misplaced", "at the top"),
        (lambda data: data.replace(b"# ERQ-META-END\n", b""), "broken", "three lines"),
        (lambda data: data.replace(b"# {", b"# [", 1), "broken", "three lines"),
        (lambda data: data.replace(b"BEGIN\n", b"BEGIN \n").replace(b"END\n", b"END\t\n"), "broken", "three lines"),
        (lambda data: data.replace(b'"doc_type": ', b'"doc_kind": ', 1), "broken", "doc_type: Field required"),
        (lambda data: data.replace(b'"2.0"', b'"2.1"', 1), "broken", "spec_version"),
        (lambda data: data.replace(b"early", b"late", 1), "stale", "matches no other form"),
        (lambda data: data.replace(b'"policy"', b'"runbook"', 1), "forged", "does not follow"),
        (lambda data: data.replace(b"2026-01-31", b"2025-01-31", 1), "forged", "does not follow"),
        (lambda data: data.replace(b'": "policy"', b'":"policy"', 1), "forged", "json.dumps"),
    ],
)
def test_what_is_wrong_with_a_document_is_named(change, sort, said):
    data = change(stamped())
    assert data != stamped()
    found = [each for each in headers.verify(data) if each.sort == sort]
    assert said in found[0].message


def test_a_text_changed_together_with_its_hash_is_forged():
    data = stamped().replace(b"early", b"never")
    before, after = (hashlib.sha256(text.encode()).hexdigest() for text in (PAYLOAD, PAYLOAD.replace("early", "never")))
    assert sorts(data.replace(before.encode(), after.encode())) == ["forged"]


def test_a_changed_field_under_an_id_of_another_version_is_forged_where_the_builder_is_ours():
    document = headers.parse(stamped().decode())
    header = json.loads(document.line)
    header["doc_type"] = "runbook"
    header["provenance"]["build_id"] = "6a04d168-926c-48b8-b18d-7099d4f07569"
    assert sorts(document.with_line(json.dumps(header, sort_keys=True)).encode()) == ["forged"]
    header["provenance"]["builder"] = "EREP v2.2"
    assert sorts(document.with_line(json.dumps(header, sort_keys=True)).encode()) == []


def test_two_keys_of_one_name_are_forged():
    assert sorts(stamped().replace(b'"doc_type": "policy"', b'"doc_type": "policy", "doc_type": "policy"')) == [
        "forged"
    ]


def test_an_instant_that_no_calendar_has_is_forged():
    document = headers.parse(stamped().decode())
    header = json.loads(document.line)
    header["provenance"] |= {"built_at": "2026-02-30T12:00:00Z", "build_id": str(uuid.UUID(int=4 << 76))}
    header["provenance"]["builder"] = "another program"
    assert sorts(document.with_line(json.dumps(header, sort_keys=True)).encode()) == ["forged"]


@pytest.mark.parametrize("change", [lambda data: data.replace(b"\n", b"\r\n"), lambda data: b"\xef\xbb\xbf" + data])
def test_a_text_in_another_form_holds_by_its_hash_and_stamping_mends_it(change):
    data = change(stamped())
    assert set(sorts(data)) == {"form"}
    assert headers.verify(headers.stamp(data, STAMP)) == []


def test_a_hash_of_another_form_is_told_from_a_hash_of_another_text():
    document = headers.parse(stamped().decode())
    header = json.loads(document.line)
    header["integrity"]["value"] = hashlib.sha256(PAYLOAD.rstrip("\n").encode()).hexdigest()
    found = headers.verify(document.with_line(json.dumps(header, sort_keys=True)).encode())
    assert "the hash of the payload without its final newline" in next(
        each.message for each in found if each.sort == "stale"
    )


@pytest.mark.parametrize("mark", ["# ERQ-META-BEGIN\n", "# ERQ-META-END\n"])
def test_a_text_of_which_nobody_can_say_what_its_header_is_is_not_stamped(mark):
    with pytest.raises(DataError, match="a header is three lines"):
        headers.stamp((mark + PAYLOAD).encode(), STAMP)


def test_marks_that_are_indented_are_an_example():
    assert headers.verify(stamped(PAYLOAD + "\n    # ERQ-META-BEGIN\n")) == []


@pytest.mark.parametrize("text", ["", "\n", "a", "a\n\n\n", "\r\n", "# @package _global_", "a \n b\n"])
def test_any_text_can_be_stamped_and_its_payload_is_the_text(text):
    data = headers.stamp(text.encode(), STAMP)
    assert headers.verify(data) == []
    assert headers.parse(data.decode()).payload == text.replace("\r\n", "\n").rstrip("\n") + "\n"


def test_a_header_that_another_program_wrote_is_read_as_it_is():
    path = ROOT.parent / "shared" / "roadmap.txt"
    if not path.is_file():
        pytest.skip("the roadmap does not lie beside the project")
    data = path.read_bytes()
    line = data.split(b"\n")[1].decode().removeprefix("# ")
    document = headers.parse(headers.decoded(data))
    assert headers.fields_of(document.line) == json.loads(line)
    assert headers.line_of(headers.header_of(document.line)) == line
    (fault,) = headers.verify(data)
    assert fault.sort == "stale"
    assert "matches no other form" in fault.message
