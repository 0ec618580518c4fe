"""Which generated module belongs to which parts: remembered on disk, since writing the text takes longer than running it.

A recipe names the module and the SHA-256 of every source file that its text was made from: the generator's, the plug-ins' and
all that they import of the same packages. It counts only while each of these files is as it was.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from enerqis.engines.modules import PREFIX, compiler

GENERATOR = "enerqis.engines.generate"
"""Module from which everything that writes text is imported."""


def source_of(name: str) -> Path | None:
    """Return the file of a module that is loaded, None where it has none."""
    file = getattr(sys.modules.get(name), "__file__", None)
    return Path(file) if file is not None and file.endswith(".py") else None


@functools.cache
def imports_in(source: bytes) -> frozenset[str]:
    """Return the modules that a source names in its imports; each source is read once a process."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found.add(node.module)
            found.update(f"{node.module}.{each.name}" for each in node.names)
    return frozenset(found)


def sources(modules: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of the sources of some modules, of the generator, and of all that they import of their packages."""
    todo = [GENERATOR, *modules]
    packages = {name.partition(".")[0] for name in todo}
    found: dict[str, str] = {}
    while todo:
        name = todo.pop()
        path = source_of(name)
        if path is not None and name not in found and name.partition(".")[0] in packages:
            source = path.read_bytes()
            found[name] = hashlib.sha256(source).hexdigest()
            todo += imports_in(source)
    return found


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def recipe_path(folder: Path, key: str) -> Path:
    """Return the file of the recipe for parts described by `key`."""
    name = hashlib.sha256("\0".join([compiler(), key]).encode()).hexdigest()
    return folder / f"recipe_{name}.json"


def recall(folder: Path, key: str) -> str | None:
    """Return the text that parts described by `key` were made into, None where that is not known or no longer so."""
    try:
        recipe: Any = json.loads(recipe_path(folder, key).read_bytes())
        files = {name: source_of(name) for name in recipe["sources"]}
        if any(path is None or digest(path) != recipe["sources"][name] for name, path in files.items()):
            return None
        if not recipe["module"].startswith(PREFIX):
            return None
        return (folder / f"{recipe['module']}.py").read_text(encoding="utf-8")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def remember(folder: Path, key: str, module: str, modules: Iterable[str]) -> None:
    """Write the recipe of a generated module; where the folder cannot be written, nothing is remembered."""
    text = json.dumps({"module": module, "sources": sources(modules)}, indent=1, sort_keys=True)
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=folder, prefix="recipe_", suffix=".tmp")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(temporary).replace(recipe_path(folder, key))
    except OSError:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
