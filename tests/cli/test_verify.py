"""The words and exit codes of `enerqis verify`."""

import json
from pathlib import Path

from enerqis.cli.main import main
from enerqis.compose.digests import code_digest
from enerqis.pipeline.receipts import stage_id
from tests.pipeline.finished import EXPERIMENT, copy_of


def test_a_run_is_verified_with_what_is_pinned_and_what_is_not(finished_project, monkeypatch, capsys):
    monkeypatch.chdir(finished_project.root)
    assert main(["--quiet", "verify", "--all"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in said[:7]] == [
        *("ingest", "features", "backtest", "validate", "parity", "report", "gate")
    ]
    assert all(": bit-equal, result " in line for line in said[:7])
    assert said[7] == "7 of 7 results proven"


def test_the_audit_trail_alone_is_held_against_its_head(finished_project, monkeypatch, capsys):
    monkeypatch.chdir(finished_project.root)
    assert main(["verify", "--audit", EXPERIMENT]) == 0
    assert f"backtest {EXPERIMENT}: audit trail whole, 135 lines, head " in capsys.readouterr().out
    trail = Path(f"data/backtest/{EXPERIMENT}/audit.jsonl")
    whole = trail.read_text("utf-8")
    trail.write_text("".join(whole.splitlines(keepends=True)[:100]), encoding="utf-8")
    assert main(["verify", "--audit", EXPERIMENT]) == 1
    assert "audit.jsonl: truncated: 135 lines were written, 100 are there" in capsys.readouterr().out
    trail.write_text(whole, encoding="utf-8")


def test_nothing_named_is_refused(finished_project, monkeypatch, capsys):
    monkeypatch.chdir(finished_project.root)
    assert main(["verify"]) == 1
    assert "name an experiment, a dataset or a run id, or say --all" in capsys.readouterr().err


def test_an_unknown_name_is_refused_with_a_near_one(finished_project, monkeypatch, capsys):
    monkeypatch.chdir(finished_project.root)
    assert main(["verify", "goog_sma_cros"]) == 1
    assert "Did you mean 'goog_sma_cross'?" in capsys.readouterr().err


def test_an_unknown_run_id_is_refused(finished_project, monkeypatch, capsys):
    monkeypatch.chdir(finished_project.root)
    assert main(["verify", "ffffffffffff"]) == 1
    assert (
        "no result under data/ or in the store has a stage id that begins with 'ffffffffffff'"
        in capsys.readouterr().err
    )


def test_code_that_is_not_the_receipts_is_said_before_the_outcome(finished_project, tmp_path, monkeypatch, capsys):
    project = copy_of(finished_project, tmp_path / "project")
    path = project.data / "features" / EXPERIMENT / "receipt.json"
    receipt = json.loads(path.read_text("utf-8"))
    receipt["code"]["enerqis.engines.kernel"] = "0" * 64
    receipt["identity"]["code"] = code_digest(receipt["code"])
    receipt["stage_id"] = stage_id("features", receipt["identity"])
    path.write_text(json.dumps(receipt), encoding="utf-8")
    monkeypatch.chdir(project.root)
    assert main(["--quiet", "verify", f"data/features/{EXPERIMENT}"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith(
        f"features {EXPERIMENT}: not as in the receipt: code: enerqis.engines.kernel: 000000000000 -> "
    )
    assert said[1].startswith(f"features {EXPERIMENT}: not as in the receipt: restore the code: git log -S ")
    assert said[2].startswith(f"features {EXPERIMENT} {receipt['stage_id'][:12]}: bit-equal, result ")


def test_a_fault_of_many_results_is_told_once(finished_project, tmp_path, monkeypatch, capsys):
    project = copy_of(finished_project, tmp_path / "project")
    (project.plugins / "strategies").mkdir(parents=True, exist_ok=True)
    (project.plugins / "strategies" / "broken.py").write_text("import nowhere_to_be_found\n")
    monkeypatch.chdir(project.root)
    assert main(["--quiet", "verify", EXPERIMENT]) == 1
    said = capsys.readouterr().out
    assert said.count("nowhere_to_be_found") == 1
    assert said.count("  cannot be computed again: plugins/strategies/broken.py:1: as above\n") == 6
