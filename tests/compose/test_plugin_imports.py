"""What plug-ins import from outside is in the identity, or refused where it could not be."""

from __future__ import annotations

import ast
from importlib.metadata import version
from pathlib import Path

import pytest

from enerqis.compose.experiments import resolve_experiment
from enerqis.compose.freezing import Frozen, freeze_experiment
from enerqis.compose.linting import lint
from enerqis.compose.plugin_imports import distribution_versions, hidden_imports
from enerqis.core.errors import PluginError
from enerqis.io.project import Project

DRIFT = "plugins/strategies/drift.py"


def frozen(project: Project) -> Frozen:
    return freeze_experiment(project, "gold_drift", resolve_experiment(project, "gold_drift"))["backtest"]


def prepend(project: Project, path: str, line: str) -> None:
    """Put a line under the docstring of a plug-in."""
    file = project.root / path
    docstring, _, rest = file.read_text(encoding="utf-8").partition("\n")
    file.write_text(f"{docstring}\n{line}\n{rest}", encoding="utf-8")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import importlib", [(1, 1, "importlib")]),
        ("from importlib import import_module", [(1, 1, "importlib")]),
        ("import runpy as r", [(1, 1, "runpy")]),
        ("x = __import__('os')", [(1, 5, "__import__")]),
        ("x = 1; exec('y = 1')", [(1, 8, "exec")]),
        ("import re; re.compile('x')", []),
        ("from .importlib import mine", []),
    ],
)
def test_code_that_is_found_at_run_time_is_seen(line: str, found: list[tuple[int, int, str]]) -> None:
    assert [tuple(each) for each in hidden_imports(ast.parse(line))] == found


def test_lint_and_freezing_refuse_it_at_its_line(project: Project) -> None:
    prepend(project, DRIFT, "from importlib import import_module")
    said = f"{DRIFT}:2:1: 'importlib' imports or makes code that no receipt could name"
    assert any(str(each).startswith(said) for each in lint(project))
    with pytest.raises(PluginError, match=rf"^{said}"):
        frozen(project)


def test_versions_of_packages_that_a_plug_in_imports_are_in_the_environment(project: Project) -> None:
    before = frozen(project)
    prepend(project, DRIFT, "import yaml, math\nfrom enerqis.quant import sums")
    after = frozen(project)
    assert set(after.environment) - set(before.environment) == {"pyyaml"}
    assert after.environment["pyyaml"] == version("PyYAML")
    assert after.document.env_sha256 != before.document.env_sha256


def test_packages_of_a_plug_in_that_no_slice_names_do_not_count(project: Project) -> None:
    before = frozen(project)
    prepend(project, "plugins/metrics/growth.py", "import yaml")
    assert frozen(project).environment == before.environment


def test_a_module_of_no_package_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "loose_code.py").write_text("x = 1\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(PluginError, match="'loose_code' is imported and belongs to no installed package"):
        distribution_versions(["loose_code.part"])


def test_a_package_that_is_not_there_is_said_so() -> None:
    assert distribution_versions(["not_there_at_all", "os.path"]) == {"not_there_at_all": "not installed"}
