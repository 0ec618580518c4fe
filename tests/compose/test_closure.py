"""What a code identity reacts to, and what not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from enerqis.compose.closure import closure, module_digest
from enerqis.io.plugins import package_folder

SOURCE = '''
"""A module."""
from dataclasses import dataclass

LIMIT = 1.5


@dataclass
class Point:
    """A point."""

    x: float = 0.0


def area(width: float, *heights: float, scale: int = 2) -> float:
    """Return an area."""
    return sum(width * h for h in heights) * scale if width > LIMIT else f"{width:.2f}"
'''

GOLDEN = "6a828d7f7a50ef4fd70c91f79b98535d4cdc8c399b7fdb433cddef0db24e20ef"
"""Of SOURCE, made by this code: it must be the same on every supported Python, which is why it is written down."""


def test_comments_layout_quotes_and_docstrings_do_not_matter() -> None:
    other = SOURCE.replace('"""Return an area."""', "# nothing").replace("LIMIT = 1.5", "LIMIT   =  1.50  # units")
    assert other != SOURCE
    assert module_digest(other) == module_digest(SOURCE)


@pytest.mark.parametrize(
    ("old", "new"), [("1.5", "1.25"), ("scale: int = 2", "scale: int = 3"), ("> LIMIT", ">= LIMIT"), ("Point", "Pixel")]
)
def test_every_change_of_meaning_matters(old: str, new: str) -> None:
    assert module_digest(SOURCE.replace(old, new)) != module_digest(SOURCE)


def test_an_integer_and_a_float_of_the_same_value_differ() -> None:
    assert module_digest("x = 1") != module_digest("x = 1.0")
    assert module_digest("x = 1") != module_digest("x = True")


def test_the_golden_digest_holds_on_this_python() -> None:
    assert module_digest(SOURCE) == GOLDEN


def _interpreters() -> list[Path]:
    """Return the Pythons on this machine that ENERQIS supports; the one that runs the test is always among them."""
    found = {Path(sys.executable)}
    for minor in (11, 12, 13):
        named = shutil.which(f"python3.{minor}")
        found |= {Path(named)} if named and "shims" not in named else set()
        found |= set((Path.home() / ".pyenv" / "versions").glob(f"3.{minor}.*/bin/python"))
    return sorted(found)


@pytest.mark.parametrize("interpreter", _interpreters(), ids=str)
def test_every_supported_python_dumps_the_same(interpreter: Path) -> None:
    root = package_folder().parent
    program = (
        "import importlib.util, sys, types\n"
        "plugins = types.ModuleType('enerqis.io.plugins')\n"  # the digest needs none of the package's dependencies
        "plugins.PROJECT_PACKAGE, plugins.package_folder = '', None\n"
        "sys.modules['enerqis.io.plugins'] = plugins\n"
        f"spec = importlib.util.spec_from_file_location('closure', {str(root / 'enerqis/compose/closure.py')!r})\n"
        "module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module)\n"
        "print(module.module_digest(sys.stdin.read()))\n"
    )
    done = subprocess.run(
        [interpreter, "-c", program], input=SOURCE, capture_output=True, text=True, check=False, cwd=root
    )
    assert done.stdout.strip() == GOLDEN, done.stderr


def _plugin(folder: Path, name: str, text: str) -> Path:
    path = folder / "strategies" / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_plug_ins_closure_holds_its_helper_and_what_that_imports(tmp_path: Path) -> None:
    _plugin(tmp_path, "_helper", "from enerqis.quant.sums import add_exact\n")
    root = _plugin(tmp_path, "mine", "def f():\n    from enerqis_plugins.strategies._helper import g\n")
    assert set(closure([root], tmp_path)) >= {
        "enerqis_plugins.strategies.mine",
        "enerqis_plugins.strategies._helper",
        "enerqis.quant.sums",
    }


def test_a_relative_import_is_followed(tmp_path: Path) -> None:
    _plugin(tmp_path, "_helper", "x = 1\n")
    root = _plugin(tmp_path, "mine", "from ._helper import x\n")
    assert "enerqis_plugins.strategies._helper" in closure([root], tmp_path)


def test_an_import_for_types_only_is_not_part_of_the_closure(tmp_path: Path) -> None:
    root = _plugin(
        tmp_path, "mine", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from enerqis.quant import sums\n"
    )
    assert "enerqis.quant.sums" not in closure([root], tmp_path)


@pytest.mark.parametrize(
    "code",
    [
        "def f():\n    class A:\n        def g(self):\n            {0}\n",
        "async def f():\n    async with a:\n        {0}\n",
        "for i in ():\n    pass\nelse:\n    {0}\n",
        "while x:\n    {0}\n",
        "with a:\n    {0}\n",
        "try:\n    pass\nexcept E:\n    {0}\n",
        "try:\n    pass\nexcept E:\n    pass\nelse:\n    {0}\n",
        "try:\n    pass\nfinally:\n    {0}\n",
        "try:\n    pass\nexcept* E:\n    {0}\n",
        "match x:\n    case 1:\n        {0}\n",
        "if x:\n    pass\nelif y:\n    {0}\n",
        "if TYPE_CHECKING:\n    pass\nelse:\n    {0}\n",
        "if not TYPE_CHECKING:\n    {0}\n",
        "if x:\n    if typing.TYPE_CHECKING:\n        pass\n    {0}\n",
    ],
)
def test_an_import_is_found_wherever_a_statement_may_stand(tmp_path: Path, code: str) -> None:
    root = _plugin(tmp_path, "mine", code.format("from enerqis.quant import sums"))
    assert "enerqis.quant.sums" in closure([root], tmp_path)


def test_a_template_named_in_data_files_is_part_of_the_closure(tmp_path: Path) -> None:
    root = _plugin(tmp_path, "mine", 'DATA_FILES = ("page.html",)\n')
    page = root.with_name("page.html")
    page.write_text("<p>one</p>", encoding="utf-8")
    before = closure([root], tmp_path)
    page.write_text("<p>two</p>", encoding="utf-8")
    after = closure([root], tmp_path)
    name = "enerqis_plugins.strategies.mine:page.html"
    assert before[name] != after[name]
    assert before["enerqis_plugins.strategies.mine"] == after["enerqis_plugins.strategies.mine"]


def test_cli_tracking_and_the_runner_are_outside_every_stage(tmp_path: Path) -> None:
    package = package_folder()
    for stage in ("ingest", "features", "backtest", "report"):
        modules = closure([package / "pipeline" / f"{stage}.py"], tmp_path)
        outside = ("enerqis.cli", "enerqis.tracking", "enerqis.pipeline.runner", "enerqis.compose")
        assert not [name for name in modules if name.startswith(outside)], stage


def test_no_plug_in_is_in_a_stages_closure_unless_a_slice_names_it(tmp_path: Path) -> None:
    modules = closure([package_folder() / "pipeline" / "backtest.py"], tmp_path)
    assert not [
        name for name in modules if name.startswith(("enerqis.strategies", "enerqis.indicators", "enerqis.costs"))
    ]


def test_the_digest_does_not_depend_on_the_hash_seed() -> None:
    program = "import sys; from enerqis.compose.closure import module_digest; print(module_digest(sys.stdin.read()))"
    for seed in ("0", "1"):
        done = subprocess.run(
            [sys.executable, "-c", program],
            input=SOURCE,
            capture_output=True,
            text=True,
            check=True,
            cwd=package_folder().parent,
            env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin"},
        )
        assert done.stdout.strip() == GOLDEN


@pytest.mark.parametrize(
    "statement",
    [
        "from enerqis_plugins.strategies.pkg import SHARE",
        "from enerqis_plugins.strategies import pkg",
        "import enerqis_plugins.strategies.pkg",
        "from .pkg import SHARE",
        "from .pkg.other import x",
    ],
)
def test_the_code_of_a_plug_ins_package_is_part_of_the_closure(tmp_path: Path, statement: str) -> None:
    root = _plugin(tmp_path, "mine", statement + "\n")
    _plugin(tmp_path, "pkg/other", "x = 1\n")
    _plugin(tmp_path, "pkg/__init__", "from ._share import SHARE\n")
    _plugin(tmp_path, "pkg/_share", "SHARE = 0.5\n")
    _plugin(tmp_path, "__init__", "")
    before = closure([root], tmp_path)
    _plugin(tmp_path, "pkg/_share", "SHARE = 0.75\n")
    after = closure([root], tmp_path)
    assert {name for name in after if after[name] != before[name]} == {"enerqis_plugins.strategies.pkg._share"}
    assert {"enerqis_plugins.strategies.__init__", "enerqis_plugins.strategies.pkg.__init__"} <= set(before)
