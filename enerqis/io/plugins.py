"""Finding and importing plug-ins: a kind is a file in a family's package or in the project's ``plugins/FAMILY``."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import enerqis
from enerqis.core.errors import PluginError
from enerqis.io.mounting import PROJECT_PACKAGE as PROJECT_PACKAGE
from enerqis.io.mounting import mount
from enerqis.spec.base import Spec


@dataclass(frozen=True)
class Kind:
    """One plug-in.

    Parameters
    ----------
    family : str
        Package name, such as ``strategies``.
    name : str
        Stem of its file and literal of its ``kind``.
    module : str
        Dotted name it is imported under.
    path : Path
        Its file.
    """

    family: str
    name: str
    module: str
    path: Path

    @property
    def is_shipped(self) -> bool:
        """Whether it is part of ENERQIS rather than of the project."""
        return self.module.startswith("enerqis.")

    @property
    def shown(self) -> str:
        """Its file as messages show it: from the folder that holds ``enerqis/``, or from the project's."""
        return f"{'enerqis' if self.is_shipped else 'plugins'}/{self.family}/{self.path.name}"

    @property
    def summary(self) -> str:
        """First line of its module docstring, read without importing it."""
        docstring = ast.get_docstring(ast.parse(self.path.read_text(encoding="utf-8"))) or ""
        return docstring.partition("\n")[0]


class Plugged(NamedTuple):
    """The module of a kind together with its validated Params."""

    module: ModuleType
    params: Spec


def package_folder() -> Path:
    """Return the folder of the installed ``enerqis`` package."""
    return Path(inspect.getfile(enerqis)).parent


def scan(family: str, plugins: Path | None) -> dict[str, Kind]:
    """Return the kinds of `family` by name, sorted; shipped ones and those under `plugins`.

    Raises
    ------
    PluginError
        If a project's plug-in has the name of a shipped one, or a name Python cannot import.
    """
    kinds = dict(_shipped(family))
    if plugins is None or not (plugins / family).is_dir():
        return kinds
    for path in sorted((plugins / family).glob("*.py")):
        if path.stem.startswith("_"):
            continue
        if not path.stem.isidentifier():
            raise PluginError(f"plugins/{family}/{path.name}: the file's stem is the kind and must be a Python name")
        if path.stem in kinds:
            raise PluginError(
                f"plugins/{family}/{path.name}: kind '{path.stem}' exists already in ENERQIS. Rename the file."
            )
        kinds[path.stem] = Kind(family, path.stem, f"{PROJECT_PACKAGE}.{family}.{path.stem}", path)
    return dict(sorted(kinds.items()))


@lru_cache(maxsize=32)
def _shipped(family: str) -> Mapping[str, Kind]:
    """Return the kinds of `family` that are part of ENERQIS, sorted; its files do not come and go while a process runs."""
    folder = package_folder() / family
    if not (folder / "__init__.py").is_file():
        raise KeyError(family)
    return {
        path.stem: Kind(family, path.stem, f"enerqis.{family}.{path.stem}", path)
        for path in sorted(folder.glob("*.py"))
        if path.stem != "__init__"
    }


def load(kind: Kind) -> ModuleType:
    """Import the module of `kind`.

    Raises
    ------
    PluginError
        If importing it fails; the message names the file and the cause.
    """
    if not kind.is_shipped:
        mount(kind.path.parent.parent)
    try:
        return importlib.import_module(kind.module)
    except Exception as exc:
        place = f"{kind.shown}{_line_of(exc, kind.path)}"
        raise PluginError(f"{place}: cannot be imported: {type(exc).__name__}: {exc}") from exc


def params_class(kind: Kind, base: type[Spec]) -> type[Spec] | None:
    """Return the Params class of `kind` that derives from `base`, or None where the kind is of another sort.

    Raises
    ------
    PluginError
        If the file holds more than one such class, or its ``kind`` literal is not the file's stem.
    """
    module = load(kind)
    found = [
        each
        for each in vars(module).values()
        if inspect.isclass(each) and issubclass(each, base) and each is not base and each.__module__ == module.__name__
    ]
    if len(found) > 1:
        names = ", ".join(each.__name__ for each in found)
        raise PluginError(f"{kind.shown}: one Params class a file is allowed, found {names}")
    if not found:
        return None
    field = found[0].model_fields.get("kind")
    if field is not None and field.default != kind.name:
        raise PluginError(f"{kind.shown}: kind is {field.default!r}, the file's stem '{kind.name}': make them equal")
    return found[0]


def revive(family: str, kind: str, params: dict[str, Any], base: type[Spec], plugins: Path | None) -> Plugged:
    """Return the module and the Params of `kind` from plain JSON values that were validated before.

    Raises
    ------
    PluginError
        If there is no such kind any more.
    """
    found = scan(family, plugins).get(kind)
    model = params_class(found, base) if found else None
    if found is None or model is None:
        raise PluginError(f"{family}: no kind '{kind}' of this sort. Its file was there when the spec was resolved.")
    return Plugged(load(found), model.model_validate_json(json.dumps(params)))


def _line_of(exc: Exception, path: Path) -> str:
    """Return ``:LINE`` of `path` where `exc` was raised, or an empty text where it was not there."""
    if isinstance(exc, SyntaxError) and exc.filename == str(path):
        return f":{exc.lineno}"
    lines = [each.lineno for each in traceback.extract_tb(exc.__traceback__) if each.filename == str(path)]
    return f":{lines[-1]}" if lines else ""
