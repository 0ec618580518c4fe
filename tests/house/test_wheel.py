"""The wheel is whole: outside the repository it makes a project, checks it and runs it."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


def _done(words, **options):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this checkout, built without network."""
    folder = tmp_path_factory.mktemp("wheel")
    words = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT]
    _done([sys.executable, *words], cwd=folder)
    (found,) = folder.glob("enerqis-*.whl")
    return found


@pytest.fixture(scope="module")
def enerqis(wheel, tmp_path_factory):
    """Runs a command of the installed wheel, with its dependencies but without this checkout."""
    site = tmp_path_factory.mktemp("site")
    _done([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", site, wheel])
    environment = {**os.environ, "PYTHONPATH": str(site), "PATH": f"{site / 'bin'}{os.pathsep}{os.environ['PATH']}"}

    def run(*words, cwd, module="enerqis.cli"):
        return _done([sys.executable, "-P", "-m", module, *words], cwd=cwd, env=environment)

    where = _done([sys.executable, "-P", "-c", "import enerqis; print(enerqis.__file__)"], cwd=site, env=environment)
    assert where.stdout.startswith(str(site))
    return run


@pytest.fixture(scope="module")
def project(enerqis, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mine") / "energy"
    enerqis("init", folder, cwd=folder.parent)
    return folder


def test_the_wheel_holds_specs_and_templates_and_no_tests(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert "enerqis/shipped/conf/config.yaml" in names
    assert "enerqis/templates/project/params.yaml" in names
    assert [name for name in names if name.startswith(("tests/", "enerqis/cli/__pycache__"))] == []


def test_a_project_of_the_wheel_is_right(enerqis, project):
    linted = enerqis("lint", cwd=project)
    assert "no problem" in linted.stdout + linted.stderr
    assert enerqis("schema", "--check", cwd=project).returncode == 0


def test_a_project_of_the_wheel_pins_what_it_was_made_with(project):
    pins = (project / "requirements.txt").read_text("utf-8")
    assert "\nenerqis==" in pins
    assert "\nnumpy==" in pins
    assert "--hash" not in pins


def test_the_pins_of_a_project_are_what_pip_finds_installed(enerqis, project):
    words = ("install", "--dry-run", "--no-index", "--quiet", "--report", "-", "-r", "requirements.txt")
    report = json.loads(enerqis(*words, cwd=project, module="pip").stdout)
    assert report["install"] == []


def test_a_project_of_the_wheel_runs_and_its_second_run_computes_nothing(enerqis, project):
    words = ("run", "experiment=first", "--no-track")
    first, second = (enerqis(*words, cwd=project).stdout for _ in range(2))
    assert "computed" in first
    assert "computed" not in second
    receipt = json.loads((project / "data/backtest/first/receipt.json").read_text("utf-8"))
    assert f"run id   {receipt['stage_id']}" in first


def test_a_project_of_the_wheel_is_healthy(enerqis, project):
    assert "no fault found" in enerqis("doctor", cwd=project).stderr
