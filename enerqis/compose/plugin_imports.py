"""What plug-ins import from outside: packages whose versions count, and imports that no reader of their source could see."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import packages_distributions, version
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from enerqis.core.errors import PluginError, Problem
from enerqis.io.project import Project

HIDING_MODULES = ("importlib", "imp", "pkgutil", "runpy")
HIDING_FUNCTIONS = ("__import__", "eval", "exec")
ABSENT = "not installed"


class Hidden(NamedTuple):
    """A place where code is found or made at run time."""

    line: int
    column: int
    word: str


def hidden_imports(tree: ast.AST) -> Iterator[Hidden]:
    """Yield where a module imports or makes code at run time: an identity cannot know what."""
    for node in ast.walk(tree):
        words: list[str] = []
        if isinstance(node, ast.Import):
            words = [alias.name for alias in node.names if alias.name.partition(".")[0] in HIDING_MODULES]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            words = [str(node.module)] if str(node.module).partition(".")[0] in HIDING_MODULES else []
        elif isinstance(node, ast.Name) and node.id in HIDING_FUNCTIONS:
            words = [node.id]
        for word in words:
            yield Hidden(node.lineno, node.col_offset + 1, word)  # type: ignore[attr-defined]  # all three have them


def hidden_problems(project: Project) -> Iterator[Problem]:
    """Yield every such place in the plug-ins of `project`."""
    for path in sorted(project.plugins.rglob("*.py")):
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except SyntaxError:  # importing the plug-in says so
            continue
        for each in hidden_imports(tree):
            yield Problem(f"{project.relative(path)}:{each.line}:{each.column}", "", _message(each.word))


def refuse_hidden(paths: Iterable[Path], project: Project) -> None:
    """Refuse plug-in files that import or make code at run time.

    Raises
    ------
    PluginError
        At the first such place.
    """
    for path in paths:
        for each in hidden_imports(ast.parse(path.read_text(encoding="utf-8"))):
            raise PluginError(f"{project.relative(path)}:{each.line}:{each.column}: {_message(each.word)}")


def distribution_versions(imported: Iterable[str]) -> dict[str, str]:
    """Return the versions of the installed packages that hold the modules which plug-ins import.

    Parameters
    ----------
    imported : iterable of str
        Dotted names; the standard library and ENERQIS itself are passed over.

    Raises
    ------
    PluginError
        If a module can be imported but belongs to no installed package: nothing would pin it.
    """
    tops = sorted({name.partition(".")[0] for name in imported} - sys.stdlib_module_names - {"enerqis"})
    found: dict[str, str] = {}
    for top in tops:
        names = _distributions().get(top, ())
        if not names and find_spec(top) is None:
            found[top] = ABSENT
        elif not names:
            raise PluginError(
                f"plugins: '{top}' is imported and belongs to no installed package, so no receipt could tell its version. "
                "Put its code under plugins/, or install it as a package."
            )
        found |= {_normal(name): version(name) for name in names}
    return found


@cache
def _distributions() -> dict[str, list[str]]:
    return {top: sorted(set(names)) for top, names in packages_distributions().items()}


def _normal(name: str) -> str:
    """Return the name of a distribution as the environment spells it."""
    return name.lower().replace("_", "-")


def _message(word: str) -> str:
    return f"'{word}' imports or makes code that no receipt could name. Write a plain import."
