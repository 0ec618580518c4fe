"""`enerqis meta` and `enerqis lint` on the documents that a project declares."""

import json

import pytest

from enerqis.cli.main import main
from tests.compose.small_project import write, write_project

TIME = ["--built-at", "2026-01-31T12:00:00Z"]
DECLARED = """
    # yaml-language-server: $schema=../schemas/documents.schema.json
    links:
      acceptance_gates: ENERQIS_GlobalDB_TREEBUILD/00_repo/.cbr/gates.yaml
      audit_log: ENERQIS_GlobalDB_TREEBUILD/00_repo/.cbr/log.json
      registry: ENERQIS_GlobalDB_TREEBUILD/00_repo/.cbr/registry.json
    documents:
      policy: [docs/*.md]
      declaration: [.cbr/documents.yaml]
"""


@pytest.fixture
def root(tmp_path, monkeypatch):
    write_project(tmp_path)
    write(tmp_path, ".cbr/documents.yaml", DECLARED)
    for name in ("gates.yaml", "log.json", "registry.json"):
        write(tmp_path, f".cbr/{name}", "")
    write(tmp_path, "docs/hours.md", "# Hours\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(capsys, *words):
    code = main(["meta", *words])
    return code, capsys.readouterr()


def test_documents_are_stamped_once_and_then_hold(root, capsys):
    code, out = said(capsys, "stamp", *TIME)
    assert code == 0
    assert out.out.splitlines() == [
        ".cbr/documents.yaml: stamped as declaration; before: missing",
        "docs/hours.md: stamped as policy; before: missing",
    ]
    before = (root / "docs/hours.md").read_bytes()
    assert said(capsys, "stamp")[1].out == ""
    assert (root / "docs/hours.md").read_bytes() == before
    assert said(capsys, "verify")[0] == 0


def test_what_does_not_hold_is_named_with_its_line_and_lint_says_it_too(root, capsys):
    said(capsys, "stamp", *TIME)
    (root / "docs/hours.md").write_bytes((root / "docs/hours.md").read_bytes() + b"More.\n")
    code, out = said(capsys, "verify")
    assert code == 1
    assert out.out.startswith("docs/hours.md:2:1: stale: integrity.value is ")
    assert main(["lint", "docs"]) == 1
    assert capsys.readouterr().out.startswith("docs/hours.md:2:1: stale: ")


@pytest.mark.parametrize(
    ("change", "said_in"),
    [
        (("docs/*.md]", "docs/*.md, docs/none.md]"), "documents.policy: docs/none.md does not exist"),
        (("declaration: [.cbr/documents.yaml]", "runbook: [docs/hours.md]"), "docs/hours.md is 'policy' and 'runbook'"),
        (("documents:", "documentz:"), "documents: Field required"),
        (
            ("00_repo/.cbr/log.json", "00_repo/.cbr/lag.json"),
            "audit_log: 'ENERQIS_GlobalDB_TREEBUILD/00_repo/.cbr/lag.json' leads",
        ),
    ],
)
def test_a_declaration_that_cannot_be_kept_is_named(root, capsys, change, said_in):
    path = root / ".cbr/documents.yaml"
    path.write_text(path.read_text("utf-8").replace(*change), encoding="utf-8")
    main(["meta", "stamp", *TIME])
    capsys.readouterr()
    assert main(["lint"]) == 1
    assert said_in in capsys.readouterr().out


def test_a_document_of_another_kind_or_baseline_is_named_and_stamping_mends_it(root, capsys):
    said(capsys, "stamp", *TIME)
    path = root / "docs/hours.md"
    begin, line, rest = path.read_text("utf-8").split("\n", 2)
    header = json.loads(line[2:])
    header |= {"doc_type": "runbook", "source_baseline_hash": "sha256:" + "0" * 64}
    header["provenance"]["build_id"] = "00000000-0000-4000-8000-000000000000"
    path.write_text("\n".join((begin, "# " + json.dumps(header, sort_keys=True), rest)), encoding="utf-8")
    out = said(capsys, "verify")[1].out
    assert ": type: doc_type is 'runbook'" in out
    assert ": baseline: source_baseline_hash sha256:000" in out
    assert said(capsys, "stamp", *TIME)[0] == 0
    assert said(capsys, "verify")[0] == 0


def test_where_the_tree_is_built_links_lead_into_it(root, capsys):
    said(capsys, "stamp", *TIME)
    (root / "ENERQIS_GlobalDB_TREEBUILD").mkdir()
    assert "leads nowhere" in said(capsys, "verify")[1].out
    for name in ("gates.yaml", "log.json", "registry.json"):
        write(root, f"ENERQIS_GlobalDB_TREEBUILD/00_repo/.cbr/{name}", "")
    assert said(capsys, "verify")[0] == 0


def test_a_document_that_is_not_governed_needs_its_kind_named(root, capsys):
    write(root, "notes.md", "# Notes\n")
    code, out = said(capsys, "stamp", "notes.md")
    assert (code, "no kind in .cbr/documents.yaml" in out.err) == (1, True)
    assert said(capsys, "stamp", "notes.md", "--type", "note", *TIME)[0] == 0
    code, out = said(capsys, "show", "notes.md")
    assert (code, json.loads(out.out.partition("\n")[2])["doc_type"]) == (0, "note")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("verify", "none.md"), "none.md: No such file"),
        (("show", "docs/hours.md"), "no header"),
        (("stamp", "--built-at", "yesterday"), "write UTC to the second"),
    ],
)
def test_bad_words_are_refused_in_one_line(root, capsys, words, message):
    code, out = said(capsys, *words)
    assert code == 1
    assert message in out.err
