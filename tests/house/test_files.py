"""How the files of the project look: what a reader may rely on without opening them."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "enerqis"
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if "templates" not in path.parts)
FORBIDDEN_STEMS = {"utils", "util", "helpers", "helper", "common", "misc"}
MOST_LINES = 400

HEAVY = {
    "hydra",
    "omegaconf",
    "mlflow",
    "zipline",
    "dvc",
    "numba",
    "rich",
    "pandas",
    "exchange_calendars",
    "jinja2",
    "empyrical",
    "arch",
}
"""Vendors whose import costs time: only their one door imports them, and only when it is used."""


def _name(path):
    return path.relative_to(ROOT).as_posix()


def test_package_init_files_are_empty_so_that_nothing_hides_in_them():
    inits = [path for path in PACKAGE.glob("*/**/__init__.py") if path.read_text("utf-8").strip()]
    assert [_name(path) for path in inits] == []


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_a_module_has_one_noun_a_docstring_and_a_readable_length(path):
    text = path.read_text("utf-8")
    assert path.stem not in FORBIDDEN_STEMS
    assert text.count("\n") <= MOST_LINES
    if path.stem != "__init__":
        assert ast.get_docstring(ast.parse(text))


def test_no_file_of_the_package_is_a_test_or_holds_a_machine_path():
    guilty = [_name(path) for path in SOURCES if "/home/" in path.read_text("utf-8") or path.stem.startswith("test_")]
    assert guilty == []


def _loaded(program):
    """Return the top-level modules that a fresh process holds after `program`."""
    said = "\nimport sys\nsys.stderr.write(' '.join({name.split('.')[0] for name in sys.modules}))\n"
    done = subprocess.run([sys.executable, "-c", program + said], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_no_file_holds_what_a_merge_left_open():
    done = subprocess.run(["git", "grep", "-lE", "^(<{7}|>{7}) "], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == ""


def test_help_imports_no_heavy_vendor():
    loaded = _loaded("from enerqis.cli.main import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass\n")
    assert "enerqis" in loaded
    assert loaded & (HEAVY | {"numpy", "pyarrow", "pydantic", "yaml"}) == set()


@pytest.mark.parametrize("stage", ["features", "backtest"])
def test_a_stage_that_computes_waits_for_no_vendor_of_another(stage):
    loaded = _loaded(f"import enerqis.cli.stage, enerqis.pipeline.stages, enerqis.pipeline.{stage}")
    assert loaded & (HEAVY - {"numba"}) == set()


def test_a_stage_that_computes_waits_for_nothing_that_composes_specs():
    program = "import sys, enerqis.cli.stage, enerqis.pipeline.stages, enerqis.pipeline.backtest\n"
    composing = "print([name for name in sys.modules if name.startswith(('enerqis.compose', 'yaml', 'hydra'))])"
    done = subprocess.run([sys.executable, "-c", program + composing], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_importing_the_package_imports_nothing_else():
    assert _loaded("import enerqis") & (HEAVY | {"numpy", "pyarrow", "pydantic", "yaml"}) == set()
