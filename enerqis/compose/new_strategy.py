"""A new strategy of a project: its Python file, its YAML file and its test, from templates that keep every law."""

from __future__ import annotations

import keyword
import re
from datetime import date
from pathlib import Path
from string import Template

from enerqis.core.errors import PluginError
from enerqis.io.atomic import write_text
from enerqis.io.plugins import scan
from enerqis.io.project import Project
from enerqis.io.shipped import templates

NAME = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")
LONGEST_NAME = 64

FILES = {
    "strategy.py.txt": "plugins/strategies/{name}.py",
    "strategy.yaml.txt": "conf/strategy/{name}.yaml",
    "test_strategy.py.txt": "tests/strategies/test_{name}.py",
}
"""Template to path in the project."""


def write_strategy(project: Project, name: str, *, today: date) -> list[Path]:
    """Write the three files of a new strategy and return their paths; all of them or none.

    Raises
    ------
    PluginError
        If `name` cannot be a kind, is one already, or one of the files exists.
    """
    _check_name(project, name)
    texts = _texts(project, name, today)
    taken = [project.relative(path) for path in texts if path.exists()]
    if taken:
        raise PluginError(
            f"{', '.join(taken)}: exists already and is left alone. Choose another name or move the file."
        )
    try:
        for path, text in texts.items():
            write_text(path, text)
    except BaseException:
        for path in texts:
            path.unlink(missing_ok=True)
        raise
    return list(texts)


def _check_name(project: Project, name: str) -> None:
    if not NAME.match(name) or len(name) > LONGEST_NAME or keyword.iskeyword(name):
        raise PluginError(
            f"'{name}' cannot be the name of a strategy. Allowed: lower-case letters, digits and single underscores, "
            f"a letter first, at most {LONGEST_NAME} of them, no Python word; two underscores mark a variant's file."
        )
    kinds = scan("strategies", project.plugins)
    if name in kinds:
        owner = "ENERQIS" if kinds[name].is_shipped else "this project"
        raise PluginError(f"strategy '{name}' exists already in {owner}. Choose another name.")


def _texts(project: Project, name: str, today: date) -> dict[Path, str]:
    title = "".join(part.capitalize() for part in name.split("_"))
    folder = templates("strategy")
    return {
        project.root / path.format(name=name): Template((folder / template).read_text(encoding="utf-8")).substitute(
            name=name, title=title, today=today.isoformat()
        )
        for template, path in FILES.items()
    }
