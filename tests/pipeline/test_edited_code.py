"""Code that is edited under a process that goes on, as in a notebook: never an old result under a new identity."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from enerqis.compose.experiments import resolve_experiment
from enerqis.compose.freezing import freeze_experiment
from enerqis.core.errors import StageError
from enerqis.io.project import Project
from enerqis.pipeline import api
from enerqis.pipeline.resolve import pins_of
from enerqis.pipeline.runner import Runner
from tests.pipeline.finished import DATASET, copy_of
from tests.pipeline.test_reruns import OWN_EXPERIMENT, OWN_STRATEGY, OWN_YAML

REPOSITORY = Path(__file__).parents[2]
HELPER = "plugins/strategies/_share.py"


@pytest.fixture
def project(finished_project: Project, tmp_path: Path) -> Project:
    """A finished project with a strategy of its own, which holds the share of equity that a helper names."""
    found = copy_of(finished_project, tmp_path / "project")
    for path, text in {
        "conf/experiment/own.yaml": OWN_EXPERIMENT,
        "conf/strategy/own.yaml": OWN_YAML,
        "plugins/strategies/own.py": OWN_STRATEGY,
        HELPER: "SHARE = 0.50\n",
    }.items():
        (found.root / path).parent.mkdir(parents=True, exist_ok=True)
        (found.root / path).write_text(text, encoding="utf-8")
    return found


@pytest.mark.slow
def test_an_edited_helper_of_a_plug_in_gives_its_own_result(project: Project) -> None:
    """A share of 0.75 of the same first price buys half as much again as one of 0.5, but for the commission."""
    before = api.run("own", project=project.root)
    (project.root / HELPER).write_text("SHARE = 0.75\n", encoding="utf-8")
    after = api.run("own", project=project.root)
    assert before.run_id != after.run_id
    units = [each.table("fills").column("units")[0].as_py() for each in (before, after)]
    assert units[1] == pytest.approx(1.5 * units[0], rel=1e-3)


def test_a_plug_in_edited_after_resolving_keeps_no_result(project: Project) -> None:
    frozen = freeze_experiment(project, "own", resolve_experiment(project, "own"))["features"]
    strategy = freeze_experiment(project, "own", resolve_experiment(project, "own"))["backtest"]
    document = frozen.document.model_copy(update={"code_sha256": strategy.document.code_sha256})
    runner = Runner(project, pins_of([frozen, strategy]), lambda line: None)
    (project.root / HELPER).write_text("SHARE = 0.75\n", encoding="utf-8")
    inputs = {"parquet": project.data / "parquet" / DATASET}
    with pytest.raises(StageError, match=r"enerqis_plugins\.strategies\._share: edited since the spec was resolved"):
        runner.run("features", "own", document, inputs, place=False)


PROGRAM = """
from pathlib import Path
from enerqis.compose.experiments import resolve_experiment
from enerqis.compose.freezing import freeze_experiment
from enerqis.io.project import Project
import enerqis.quant.sums
project = Project(Path.cwd())
spec = resolve_experiment(project, "goog_sma_cross")
freeze_experiment(project, "x", spec)
file = Path("enerqis/quant/sums.py")
file.write_text(file.read_text() + "# a comment\\n")
freeze_experiment(project, "x", spec)
print("a comment is nothing")
file.write_text(file.read_text() + "UNUSED = 1\\n")
freeze_experiment(project, "x", spec)
"""


def test_enerqis_itself_edited_under_a_process_is_refused(tmp_path: Path) -> None:
    for part in ("enerqis", "conf"):
        shutil.copytree(REPOSITORY / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "params.yaml", tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "a comment is nothing\n"
    assert "SetupError: enerqis.quant.sums: edited since this process imported it" in done.stderr
