"""A package of a finished experiment: the same bytes again, every tampering named, and the run reproduced from it."""

from __future__ import annotations

import hashlib
import json
import os
from itertools import pairwise

import pytest

from enerqis.cli.main import main
from enerqis.compose.refreezing import refreeze
from enerqis.compose.yaml_text import load_text
from enerqis.core.errors import ConfigError, DataError, StageError
from enerqis.governance import packages
from enerqis.governance.approvals import id_of, signed
from enerqis.governance.audit_log import read_log
from enerqis.governance.signing import load_key, new_key_file
from enerqis.io.sealed_zip import opened, sealed
from enerqis.io.wheels import with_record
from enerqis.pipeline import package_running, packaging
from enerqis.pipeline.package_checks import check
from enerqis.pipeline.package_code import place_of
from enerqis.pipeline.package_running import refuse_unknown_plugins, rerun
from enerqis.pipeline.packaging import pack
from enerqis.spec.approval import ApprovalTerms
from tests.pipeline.finished import EXPERIMENT, ROOT, copy_of

WHEEL = "wheel/enerqis-0.1.0-py3-none-any.whl"
BOMB = b"a: &a [x, x, x, x, x, x, x, x, x, x]\n" + b"".join(
    f"{name}: &{name} [{', '.join(f'*{before}' for _ in range(10))}]\n".encode()
    for before, name in pairwise("abcdefghi")
)
"""A few lines of YAML that stand for a thousand million words."""


def loosened(gates):
    gates["gates"]["deflated_sharpe"]["threshold"] = 0.5


@pytest.fixture(scope="module")
def packed(untouched_project, tmp_path_factory):
    return pack(untouched_project, EXPERIMENT, mode="package-only", output=tmp_path_factory.mktemp("packed") / "made")


@pytest.fixture(scope="module")
def files(packed):
    return opened(packed.path.read_bytes()).files


@pytest.fixture
def faults_of(tmp_path):
    def _faults_of(data):
        path = tmp_path / "tampered.zip"
        path.write_bytes(data)
        return check(path).faults

    return _faults_of


def resealed(files, **changed):
    """Return an archive whose manifest was made anew over changed files, as a careful forger would."""
    manifest = json.loads(files[packages.MANIFEST])
    about = {key: value for key, value in manifest.items() if key not in ("format", "files")}
    rest = {path: content for path, content in files.items() if path != packages.MANIFEST}
    new = {path: content for path, content in {**rest, **changed}.items() if content is not None}
    return sealed(packages.with_manifest(new, about))


def edited(files, path, edit):
    tree = json.loads(files[path])
    edit(tree)
    return {path: packages.text(tree)}


def test_a_package_holds_and_names_its_run(packed, files):
    checked = check(packed.path)
    assert checked.faults == ()
    assert checked.sha256 == packed.sha256 == hashlib.sha256(packed.path.read_bytes()).hexdigest()
    assert (checked.manifest.run_id, checked.manifest.experiment) == (packed.run_id, EXPERIMENT)
    assert packed.path.name == f"{EXPERIMENT}-{packed.run_id[:12]}.zip"
    assert {
        "strategy/sma_cross.py",
        "spec/resolved.json",
        "receipts/backtest.json",
        "sbom.json",
        "requirements.txt",
    } <= set(files)
    assert not [path for path in files if path.endswith((".parquet", ".csv"))], "no data"


def test_the_same_run_gives_the_same_bytes_whatever_log_umask_and_zone(
    untouched_project, packed, tmp_path, monkeypatch
):
    project = copy_of(untouched_project, tmp_path / "project")
    (project.root / ".cbr" / "audit_log.json").write_text("not looked at", encoding="utf-8")
    for path in sorted(project.data.rglob("*"), reverse=True):
        os.utime(path, (1, 1))
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    before = os.umask(0o077)
    try:
        again = pack(project, EXPERIMENT, mode="package-only", output=tmp_path / "out")
    finally:
        os.umask(before)
    assert again.path.read_bytes() == packed.path.read_bytes()
    assert again.path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (
            lambda f: sealed({**f, "strategy/sma_cross.py": b"x" * len(f["strategy/sma_cross.py"])}),
            "sma_cross.py: changed",
        ),
        (lambda f: sealed({**f, "requirements.txt": b""}), "requirements.txt: 0 bytes, the manifest says"),
        (lambda f: sealed({**f, "notes.txt": b"x"}), "notes.txt: foreign: the manifest does not name it"),
        (
            lambda f: sealed({k: v for k, v in f.items() if k != "sbom.json"}),
            "sbom.json: missing: the manifest names it",
        ),
        (lambda f: sealed({k: v for k, v in f.items() if k != "manifest.json"}), "nothing in it is signed for"),
        (lambda f: sealed({**f, "manifest.json": f["manifest.json"] + b" "}), "manifest.json: not written the way"),
        (
            lambda f: sealed({**f, **edited(f, "manifest.json", lambda t: t.update(mode="deploy"))}),
            "manifest.json: mode: ",
        ),
        (lambda f: sealed(f) + b"more", "something was added around"),
        (lambda f: resealed(f, **{"receipts/validate.json": None}), "receipts/validate.json: missing: every package"),
        (
            lambda f: resealed(f, **{"gates/gate.json": f["gates/gate.json"].replace(b"false", b"true", 1)}),
            "not what the receipt",
        ),
        (
            lambda f: resealed(f, **{"requirements.txt": f["requirements.txt"] + b"evil==1\n"}),
            "not the one that the run noted",
        ),
        (
            lambda f: resealed(f, **edited(f, "data/manifest.json", lambda t: t.update(data_sha256="0" * 64))),
            "data/manifest.json: not of the data that the run used",
        ),
        (
            lambda f: resealed(f, **edited(f, "receipts/backtest.json", lambda t: t.update(result_sha256="0" * 64))),
            "result_sha256 is not the hash of its outputs",
        ),
        (
            lambda f: resealed(
                f, **edited(f, "spec/backtest.json", lambda t: t["spec"]["risk"].update(stop_loss=None, x=1))
            ),
            "spec/backtest.json: not the spec in the receipt",
        ),
        (
            lambda f: resealed(f, **edited(f, "receipts/backtest.json", lambda t: t["identity"].update(seed=9))),
            "stage_id is not the hash of its identity",
        ),
        (
            lambda f: resealed(f, **edited(f, "spec/resolved.json", lambda t: t.update(seed=9))),
            "not the spec of the report",
        ),
        (lambda f: resealed(f, **{"sbom.json": b"{}"}), "sbom.json: "),
        (
            lambda f: resealed(f, **{"wheel/enerqis-0.1.0-py3-none-any.whl": b"PK"}),
            "wheel/enerqis-0.1.0-py3-none-any.whl: no archive, cut off or damaged",
        ),
        (lambda f: resealed(f, **{"wheel/other-1-py3-none-any.whl": b""}), "2 files, there is one wheel"),
        (lambda f: resealed(f, **{"approvals/forged.json": b"{}"}), "approvals/forged.json: no approval"),
        (
            lambda f: resealed(f, **{"strategy/sma_cross.py": f["strategy/sma_cross.py"] + b"# calm\n"}),
            "strategy/sma_cross.py: not the strategy that the receipts name",
        ),
        (lambda f: resealed(f, **{"strategy/sma_cross.py": None}), "sma_cross.py: not the strategy"),
        (
            lambda f: resealed(f, **edited(f, "gates/acceptance_gates.json", loosened)),
            "gates/acceptance_gates.json: not the gates that decided",
        ),
        (lambda f: resealed(f, **{"gates/acceptance_gates.json": None}), "not the gates that decided"),
        (lambda f: resealed(f, **{"bin/install.sh": b"#!/bin/sh"}), "bin/install.sh: no file of a package"),
        (
            lambda f: resealed(f, **{WHEEL: None, "wheel/enerqis-9.9.0-py3-none-any.whl": f[WHEEL]}),
            "not the name of the wheel that it is, enerqis-0.1.0-py3-none-any.whl",
        ),
        (
            lambda f: resealed(f, **{"gates/gate.json": f["gates/gate.json"].replace(b"{", b'{"run_id": "",', 1)}),
            "gates/gate.json: not written the way a package writes it",
        ),
        (lambda f: resealed(f, **{"receipts/backtest.json": b"[" * 99_999}), "nested deeper than any"),
        (lambda f: resealed(f, **{"sbom.json": b"[" * 99_999 + b"]" * 99_999}), "nested deeper than any"),
        (
            lambda f: resealed(f, **{packages.APPROVERS: b"[" * 999 + b"]" * 999}),
            "approvers.yaml: no list of approvers",
        ),
        (lambda f: resealed(f, **{packages.APPROVERS: BOMB}), "approvers.yaml: no list of approvers"),
        (lambda f: b"", "no archive"),
    ],
)
def test_each_tampering_is_named(files, faults_of, tamper, said):
    assert any(said in fault for fault in faults_of(tamper(files)))


def test_code_that_was_put_into_the_wheel_is_named(files, faults_of):
    path = "wheel/enerqis-0.1.0-py3-none-any.whl"
    inside = {**opened(files[path]).files, "enerqis/evil.py": b"import os"}
    assert faults_of(resealed(files, **{path: sealed(inside)})) == (f"{path}: enerqis/evil.py: not as its RECORD says",)


def test_code_that_was_exchanged_in_the_wheel_is_named_though_its_record_was_made_anew(files, faults_of):
    bare = {name: content for name, content in opened(files[WHEEL]).files.items() if not name.endswith("/RECORD")}
    module = "enerqis/engines/kernel.py"
    for content, fits in ((b"# a comment\n" + bare[module], True), (bare[module] + b"\nSLIPPAGE = 0\n", False)):
        found = faults_of(resealed(files, **{WHEEL: sealed(with_record({**bare, module: content}))}))
        assert found == (() if fits else (f"{WHEEL}: {module}: not the code that the receipts name",))
    gone = {name: content for name, content in bare.items() if name != module}
    assert faults_of(resealed(files, **{WHEEL: sealed(with_record(gone))})) == (
        f"{WHEEL}: {module}: missing: a receipt names it",
    )


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("enerqis.pages.experiment:templates/page.css", ("pages/templates/page.css", False)),
        ("enerqis_plugins.reports.mine", ("reports/mine.py", True)),
        ("enerqis_plugins.reports.mine:mine/page.html.j2", ("reports/mine/page.html.j2", True)),
        ("enerqis_plugins.reports.deep.__init__:../shared.css", ("reports/shared.css", True)),
    ],
)
def test_a_receipt_says_where_a_file_lies(name, place):
    assert place_of(name) == place


def approved(packed, key, public, **changes):
    """Return what an approval and the approvers add to a package: ann's word about this run."""
    fields = {
        "format": "enerqis/approval/1",
        "kind": "experiment",
        "name": EXPERIMENT,
        "run_id": packed.run_id,
        "result_sha256": packed.result_sha256,
        "gate_sha256": "a" * 64,
        "from_state": "sandbox",
        "to_state": "paper",
        "approver": "ann",
        "key": public,
        "issued": "2026-01-01T00:00:00Z",
        "expires": "2026-06-01T00:00:00Z",
        "reason": "looked at every trade",
    }
    approval = signed(ApprovalTerms(**(fields | changes)), key)
    person = {"name": "ann", "emails": ["ann@example.org"], "roles": ["governance"], "key": public}
    approvers = {**load_text((ROOT / ".cbr" / "approvers.yaml").read_text("utf-8")), "people": [person]}
    return {
        f"approvals/{id_of(approval)}.json": packages.text(approval.model_dump(mode="json")),
        packages.APPROVERS: packages.text(approvers),
    }


def test_an_approval_in_a_package_is_of_its_run_and_signed_by_an_approver(packed, files, faults_of, tmp_path):
    public = new_key_file(tmp_path / "keys" / "ann.pem", outside=ROOT)
    key = load_key(tmp_path / "keys" / "ann.pem", outside=ROOT)
    good = approved(packed, key, public)
    assert faults_of(resealed(files, **good)) == ()
    path = next(iter(good))
    edited_reason = {**good, path: good[path].replace(b"looked at every trade", b"looked at  no  trades")}
    assert [each.partition(": ")[2][:14] for each in faults_of(resealed(files, **edited_reason))] == [
        "it was edited:",
        "it was edited ",
    ]
    (other,) = faults_of(resealed(files, **approved(packed, key, public, run_id="b" * 64)))
    assert other.endswith("approves another run or result")
    (nobody,) = faults_of(resealed(files, **approved(packed, key, public, approver="bob")))
    assert nobody.endswith("signed by a key that is nobody's in approvals/approvers.yaml")


def test_a_result_that_was_changed_is_not_packed(untouched_project, tmp_path):
    project = copy_of(untouched_project, tmp_path / "project")
    page = project.data / "report" / EXPERIMENT / "index.html"
    page.write_text(page.read_text("utf-8") + " ", encoding="utf-8")
    with pytest.raises(StageError, match=r"(?s)page/index.html: changed since it was written.*Nothing was packed"):
        pack(project, EXPERIMENT, mode="package-only", output=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_result_of_other_code_than_the_wheel_would_hold_is_not_packed(untouched_project, tmp_path, monkeypatch):
    monkeypatch.setattr(packaging, "refreeze", lambda project, stage, spec: refreeze(project, "features", spec))
    with pytest.raises(
        StageError, match=r"(?s)backtest goog_sma_cross: made by another code than is installed.*Nothing"
    ):
        pack(untouched_project, EXPERIMENT, mode="package-only", output=tmp_path / "out")


@pytest.mark.parametrize("mode", ["deploy", "live", "Package-Only", ""])
def test_another_mode_is_refused_by_name(untouched_project, tmp_path, mode):
    with pytest.raises(ConfigError, match=f"no mode '{mode}'. Allowed: package-only"):
        pack(untouched_project, EXPERIMENT, mode=mode, output=tmp_path)


def test_an_experiment_that_there_is_not_is_refused(untouched_project, tmp_path):
    with pytest.raises(ConfigError, match="Did you mean 'goog_sma_cross'"):
        pack(untouched_project, "goog_sma_cros", mode="package-only", output=tmp_path)


def test_the_command_packs_enters_the_log_verifies_and_runs_again(
    untouched_project, packed, tmp_path, monkeypatch, capsys
):
    project = copy_of(untouched_project, tmp_path / "project")
    monkeypatch.chdir(project.root)
    assert main(["--quiet", "package", EXPERIMENT, "--output", "out"]) == 0
    said = capsys.readouterr().out
    assert f"sha256 {packed.sha256}" in said
    (entry,) = read_log(project).entries
    assert (entry.event, entry.subject) == ("package", f"experiment/{EXPERIMENT}")
    assert entry.facts["sha256"] == packed.sha256
    file = f"out/{packed.path.name}"
    assert main(["package", "verify", file, "--sha256", packed.sha256]) == 0
    assert f"whole, {packed.files} files, sha256 {packed.sha256}" in capsys.readouterr().out
    assert main(["package", "verify", file, "--sha256", "0" * 64]) == 1
    assert "another package, or a changed one" in capsys.readouterr().out
    monkeypatch.setattr(package_running, "REPEATED", ("features", "backtest"))
    assert main(["--quiet", "package", "run", file]) == 0
    said = capsys.readouterr().out
    assert "ingest: found in this project" in said
    assert f"backtest: the same result {packed.result_sha256[:12]}" in said
    assert said.endswith("reproduced\n")


def test_a_package_runs_where_there_is_no_project(packed, files, tmp_path, monkeypatch, capsys):
    stages = ("features", "backtest", "validate", "parity")
    recorded = {stage: json.loads(files[f"receipts/{stage}.json"])["result_sha256"] for stage in stages}
    monkeypatch.chdir(tmp_path)
    assert main(["--quiet", "package", "run", str(packed.path)]) == 0
    said = capsys.readouterr().out
    assert [line.split(": ")[:2] for line in said.splitlines()[:-1]] == [
        ["ingest", "ingested from its source"],
        *([stage, f"the same result {each[:12]}"] for stage, each in recorded.items()),
    ]
    assert said.endswith("\nreproduced\n")
    assert list(tmp_path.iterdir()) == []


def test_a_plugin_that_no_receipt_names_is_named(files, faults_of):
    path = "plugins/strategies/theirs.py"
    assert faults_of(resealed(files, **{path: b"raise SystemExit('it ran')\n"})) == (f"{path}: no receipt names it",)


def test_plugins_of_a_package_run_only_where_somebody_vouches_for_it(untouched_project, packed, files, tmp_path):
    project = copy_of(untouched_project, tmp_path / "project")
    held = {**files, "plugins/strategies/theirs.py": b"raise SystemExit('it ran')\n"}
    forged = check(packed.path)._replace(sha256="ab" * 32, files=held)
    with pytest.raises(
        DataError, match=r"holds 1 plug-in files, such as plugins/strategies/theirs.py: Python that would run"
    ):
        next(rerun(forged, project, say=print))
    refuse_unknown_plugins(forged, project, handed_on=forged.sha256.upper())
    packaging.record(project, EXPERIMENT, packed)
    with pytest.raises(DataError, match="with all your rights"):
        refuse_unknown_plugins(forged, project, handed_on="")
    refuse_unknown_plugins(forged._replace(sha256=packed.sha256), project, handed_on="")


def test_a_tampered_package_is_not_run(files, tmp_path, capsys):
    path = tmp_path / "tampered.zip"
    path.write_bytes(sealed({**files, "notes.txt": b"x"}))
    assert main(["package", "run", str(path)]) == 1
    assert "1 fault: nothing of it was run" in capsys.readouterr().out
