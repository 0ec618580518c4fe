"""A project with one thing wrong at a time: each is found, said with its mending, and mended where it can be."""

import json
import shutil
from importlib.metadata import version
from pathlib import Path

import pytest

from enerqis.cli.main import main
from enerqis.core.errors import SetupError
from enerqis.engines.modules import PREFIX, module_name
from enerqis.io.locks import exclusive, held, shared
from enerqis.io.project import Project
from enerqis.pipeline import checkup

ROOT = Path(__file__).parents[2]

LOCK = """\
schema: '2.0'
stages:
  resolve:
    cmd: enerqis stage resolve
  report@removed:
    cmd: enerqis stage report removed
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A copy of this repository's specs, schemas and graph, without outputs."""
    for name in ("conf", "schemas", "plugins", ".cbr"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("params.yaml", "dvc.yaml", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path)


def _found(findings):
    return [(each.what, each.is_fault) for each in findings]


def _receipt(folder, stage_id):
    folder.mkdir(parents=True)
    (folder / "receipt.json").write_text(f'{{"stage_id": "{stage_id}"}}\n', encoding="utf-8")


def test_a_pin_that_is_not_met_is_a_fault_that_only_a_person_can_mend(project):
    (project.root / "requirements.txt").write_text("numpy==1.0\n", encoding="utf-8")
    (finding,) = checkup.check_pins(project)
    assert finding.what.startswith("requirements.txt: numpy ")
    assert finding.what.endswith(" is installed, 1.0 is pinned")
    assert finding.prune is None


def test_a_requirement_that_is_no_pin_is_a_fault(project):
    (project.root / "requirements.txt").write_text("pyyaml>=6\n", encoding="utf-8")
    (finding,) = checkup.check_pins(project)
    assert finding.what.startswith("requirements.txt: 'pyyaml>=6' is no pin")


def test_a_tool_of_another_version_is_a_fault_and_one_that_is_absent_is_not(project):
    (project.root / "requirements-dev.txt").write_text("pytest==1.0\nno-such-tool==1.0\n", encoding="utf-8")
    (finding,) = checkup.check_pins(project)
    assert finding.what == f"requirements-dev.txt: pytest {version('pytest')} is installed, 1.0 is pinned"


def test_a_file_for_conda_of_other_pins_is_a_fault(project):
    (project.root / "environment.yml").write_text("name: other\n", encoding="utf-8")
    (finding,) = checkup.check_pins(project)
    assert (finding.what, finding.mend) == (
        "environment.yml: not the pins of requirements.txt",
        "enerqis environment conda",
    )


def test_missing_pins_are_a_fault(project):
    (project.root / "requirements.txt").unlink()
    assert _found(checkup.check_pins(project)) == [("requirements.txt is missing", True)]


def test_a_stale_schema_is_written_anew(project):
    path = project.schemas / "cost.schema.json"
    fresh = path.read_text("utf-8")
    path.write_text("{}", encoding="utf-8")
    (finding,) = checkup.check_schemas(project)
    assert "cost.schema.json" in finding.what
    finding.prune()
    assert path.read_text("utf-8") == fresh
    assert list(checkup.check_schemas(project)) == []


def test_an_entry_of_the_lock_without_a_stage_is_removed(project):
    (project.root / "dvc.lock").write_text(LOCK, encoding="utf-8")
    (finding,) = checkup.check_lock(project)
    assert finding.what == "dvc.lock: remembers report@removed, which params.yaml does not have"
    finding.prune()
    assert (project.root / "dvc.lock").read_text("utf-8") == LOCK[: LOCK.index("  report@removed")]


def test_outputs_of_a_removed_experiment_are_removed_and_those_of_others_stay(project):
    for name in ("removed", "goog_sma_cross"):
        (project.data / "backtest" / name).mkdir(parents=True)
        (project.data / "metrics").mkdir(exist_ok=True)
        (project.data / "metrics" / f"{name}.json").touch()
    (finding,) = checkup.check_outputs(project)
    assert finding.what.startswith("data/backtest/removed, data/metrics/removed.json: ")
    finding.prune()
    assert sorted(path.name for path in project.data.glob("*/*")) == ["goog_sma_cross", "goog_sma_cross.json"]


def test_results_that_no_output_is_a_copy_of_are_a_note_and_are_removed_when_asked(project):
    _receipt(project.store / "backtest" / ("a" * 64), "a" * 64)
    _receipt(project.store / "backtest" / ("b" * 64), "b" * 64)
    _receipt(project.data / "backtest" / "goog_sma_cross", "a" * 64)
    (finding,) = checkup.check_store(project)
    assert not finding.is_fault
    assert ": 1 results" in finding.what
    finding.prune()
    assert [path.name for path in (project.store / "backtest").iterdir()] == ["a" * 64]


@pytest.mark.parametrize("stage", ["parity", "gate"])
def test_a_stored_result_whose_copy_is_one_file_is_kept(project, stage):
    _receipt(project.store / stage / ("a" * 64), "a" * 64)
    _receipt(project.store / stage / ("b" * 64), "b" * 64)
    (project.data / stage).mkdir(parents=True)
    (project.data / stage / "goog_sma_cross.json").write_text(json.dumps({"receipt": {"stage_id": "a" * 64}}), "utf-8")
    (finding,) = checkup.check_store(project)
    finding.prune()
    assert [path.name for path in (project.store / stage).iterdir()] == ["a" * 64]


def test_kernels_of_another_compiler_are_a_note_and_are_removed_when_asked(project):
    text = "x = 1\n"
    stale, fresh = project.kernels / f"{PREFIX}{'0' * 64}.py", project.kernels / f"{module_name(text)}.py"
    cached = project.kernels / "__pycache__" / f"{stale.stem}.run-3.py311.nbi"
    cached.parent.mkdir(parents=True)
    for path in (stale, fresh):
        path.write_text(text, encoding="utf-8")
    cached.touch()
    (finding,) = checkup.check_kernels(project)
    assert not finding.is_fault
    finding.prune()
    assert [path.name for path in project.kernels.rglob("*.*")] == [fresh.name]


def test_what_a_killed_process_left_is_removed(project):
    left = project.data / "backtest" / ".enerqis-tmp-x1"
    left.mkdir(parents=True)
    (left / "fills.parquet").touch()
    half = project.root / ".cbr" / ".enerqis-tmp-x2"
    half.touch()
    (finding,) = checkup.check_leftovers(project)
    assert finding.what == "data/backtest/.enerqis-tmp-x1, .cbr/.enerqis-tmp-x2: left by a process that was killed"
    finding.prune()
    assert not left.exists()
    assert not half.exists()


def test_what_is_being_written_now_is_left_alone(project):
    (project.data / "backtest" / ".enerqis-tmp-x1").mkdir(parents=True)
    with exclusive(project.locks / "backtest-goog.lock", on_wait=pytest.fail):
        (finding,) = checkup.check_leftovers(project)
    assert finding.what.startswith("backtest-goog: in use by a process that runs now")
    assert finding.prune is None


def test_the_store_is_left_alone_while_a_run_reads_what_it_put_there(project):
    _receipt(project.store / "backtest" / ("b" * 64), "b" * 64)
    with shared(project.store_lock), shared(project.store_lock):  # two runs at once do not wait for each other
        assert list(checkup.check_store(project)) == []
        (finding,) = checkup.check_leftovers(project)
    assert finding.what.startswith("store: in use by a process that runs now")
    assert len(list(checkup.check_store(project))) == 1


@pytest.mark.parametrize("words", [["experiment=a"], ["-m", "experiment=a", "seed=1,2"]])
def test_a_run_says_that_it_reads_the_store(project, monkeypatch, words):
    seen = []

    def stop(*_args, **_words):
        seen.append(held(project.locks))
        raise SetupError("far enough")

    monkeypatch.setattr("enerqis.pipeline.api.run", stop)
    monkeypatch.setattr("enerqis.cli.multirun.run_points", stop)
    assert main(["run", *words]) == 1
    assert seen == [["store"]]


def test_a_wrong_spec_is_named_and_outputs_are_not_judged_by_it(project, capsys):
    (project.params_file).write_text("datasets: []\n", encoding="utf-8")
    (project.data / "backtest" / "removed").mkdir(parents=True)
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "params.yaml:1:11: datasets" in said
    assert "removed" not in said


def test_what_a_killed_dvc_left_cut_off_is_mended_before_the_next_run(project, capsys):
    (project.root / ".dvc" / "tmp").mkdir(parents=True)
    (project.root / ".dvc" / "tmp" / "rwlock").touch()
    (project.root / "dvc.lock").write_text("stages:\n  resolve: {", encoding="utf-8")
    assert list(checkup.check_lock(project)) == []
    (project.root / "dvc.lock").unlink()
    (finding,) = checkup.check_cut_off(project)
    assert finding.what.startswith(".dvc/tmp/rwlock: cut off by a dvc that was killed")
    assert main(["doctor", "--unlock"]) == 0
    assert capsys.readouterr().out == "mended: .dvc/tmp/rwlock: cut off by a dvc that was killed\n"
    assert main(["doctor", "--unlock"]) == 0
    assert capsys.readouterr().out == ""


def test_doctor_ends_with_1_for_a_fault_and_with_0_once_it_is_mended(project, capsys):
    (project.root / "requirements.txt").write_text(f"pyyaml=={version('pyyaml')}\n", encoding="utf-8")
    (project.root / "dvc.lock").write_text(LOCK, encoding="utf-8")
    assert main(["doctor"]) == 1
    assert "enerqis doctor --prune removes the entries" in capsys.readouterr().out
    assert main(["doctor", "--prune"]) == 0
    assert "mended: dvc.lock" in capsys.readouterr().out
    assert main(["doctor"]) == 0
