"""Importing a project's plug-ins: one project at a time, from source, and anew once a file was edited."""

from __future__ import annotations

import importlib
import itertools
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import FileFinder, ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

PROJECT_PACKAGE = "enerqis_plugins"
"""Package under which a project's plug-ins are imported."""

NUMBER = "MOUNT_NUMBER"
_NUMBERS = itertools.count(1)


def mount(plugins: Path) -> None:
    """Make `plugins` importable as `enerqis_plugins`; forget another project's modules, and what was edited since."""
    package = sys.modules.get(PROJECT_PACKAGE)
    if package is not None and list(package.__path__) == [str(plugins)] and not _is_edited():
        return
    for name in [name for name in sys.modules if name.split(".")[0] == PROJECT_PACKAGE]:
        del sys.modules[name]
    importlib.invalidate_caches()
    if not any(isinstance(each, _PluginFinder) for each in sys.meta_path):
        sys.meta_path.insert(0, _PluginFinder())
    package = ModuleType(PROJECT_PACKAGE)
    package.__path__ = [str(plugins)]
    setattr(package, NUMBER, next(_NUMBERS))
    sys.modules[PROJECT_PACKAGE] = package


def mount_number() -> int:
    """Return which import of plug-ins this process is at; 0 = none yet. What is made from their code is of one number."""
    return int(getattr(sys.modules.get(PROJECT_PACKAGE), NUMBER, 0))


def _is_edited() -> bool:
    """Return whether a plug-in file, a kind or a helper, is not as it was when this process imported it."""
    loaders = [each.__spec__.loader for name, each in sys.modules.items() if name.startswith(f"{PROJECT_PACKAGE}.")]  # type: ignore[union-attr]  # imported modules have a spec
    return any(isinstance(each, _PluginLoader) and each.stamp != _stamp(each.path) for each in loaders)


def _stamp(path: str) -> tuple[int, int, int] | None:
    """Return what changes when a file is written; None where it is gone."""
    try:
        found = Path(path).stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


class _PluginLoader(SourceFileLoader):
    """Imports a plug-in from its source, never from bytecode, which is told apart by whole seconds; remembers which it was."""

    stamp: tuple[int, int, int] | None = None

    def get_code(self, fullname: str) -> CodeType:
        """Compile the file as it is now."""
        del fullname
        self.stamp = _stamp(self.path)
        code: CodeType = self.source_to_code(self.get_data(self.path), self.path)
        return code


class _PluginFinder(MetaPathFinder):
    """Finds the modules of a project's plug-ins."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec of a plug-in module or package, None for what is none."""
        if path is None or not fullname.startswith(f"{PROJECT_PACKAGE}."):
            return None
        found = (FileFinder(folder, (_PluginLoader, [".py"])).find_spec(fullname, target) for folder in path)
        return next((each for each in found if each is not None), None)
