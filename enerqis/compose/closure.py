"""The code identity: which modules a stage's result can depend on, and what they say.

The closure of a file is the file and all that it imports from ENERQIS or from the project's plug-ins, also inside
functions, but not under ``if TYPE_CHECKING``. A module that reads templates lists them in a module constant
``DATA_FILES``, relative to itself.
What is hashed is a dump of the syntax tree: comments, blank lines, quotes and docstrings do not matter. The dump is our own
because `ast.dump` differs between Python versions. ENERQIS's own ``__init__`` files hold no logic and stand outside; those of a
project's plug-ins are in it.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path

from enerqis.core.type_checking import is_for_types
from enerqis.io.plugins import PROJECT_PACKAGE, package_folder

TEMPLATES = "DATA_FILES"
PACKAGE_FILE = "__init__.py"
IGNORED_FIELDS = frozenset({"ctx", "type_comment", "kind", "type_ignores"})
BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
"""Fields of a syntax tree that hold statements, or what holds statements: the handlers of a try, the cases of a match."""
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def closure(roots: Iterable[Path], plugins: Path) -> dict[str, str]:
    """Return the digest of every module in the closure of `roots`, by dotted name, sorted.

    Parameters
    ----------
    roots : iterable of Path
        Files of the package or of `plugins`.
    plugins : Path
        The project's plug-in folder, imported as ``enerqis_plugins``.

    Returns
    -------
    dict of str to str
        Module (or ``module:file`` for a data file) to SHA-256.
    """
    digests: dict[str, str] = {}
    for name, path, facts in _walk(roots, plugins):
        digests[name] = facts.digest
        for data_file in facts.data_files:
            digests[f"{name}:{data_file}"] = _data_digest(path.parent / data_file)
    return dict(sorted(digests.items()))


def plugin_modules(roots: Iterable[Path], plugins: Path) -> dict[Path, tuple[str, ...]]:
    """Return the files of the project's plug-ins in the closure of `roots`, and the dotted names that each may import."""
    return {path: facts.imports for name, path, facts in _walk(roots, plugins) if path.is_relative_to(plugins)}


def edited_plugins(code: Mapping[str, str], plugins: Path) -> list[str]:
    """Return the plug-in modules, by dotted name, whose file is not any more what `code`, a closure, says of it."""
    digests = {name: digest for name, digest in code.items() if name.startswith(PROJECT_PACKAGE) and ":" not in name}
    paths = {name: plugins.joinpath(*name.split(".")[1:]).with_suffix(".py") for name in digests}
    return [name for name, path in paths.items() if not path.is_file() or _now(path) != digests[name]]


def _now(path: Path) -> str:
    return module_digest(path.read_text(encoding="utf-8"))


def _walk(roots: Iterable[Path], plugins: Path) -> Iterator[tuple[str, Path, _Facts]]:
    """Yield name, file and facts of every module in the closure of `roots`."""
    tops = {"enerqis": package_folder(), PROJECT_PACKAGE: plugins}
    seen: set[str] = set()
    asked: set[str] = set()
    waiting = list(roots)
    while waiting:
        path = waiting.pop()
        name = _dotted(path, tops)
        if name in seen:
            continue
        seen.add(name)
        stamp = path.stat()
        facts = _read(path, name, stamp.st_mtime_ns, stamp.st_size)
        yield name, path, facts
        waiting.extend(_packages(path, plugins))
        new = [module for module in facts.imports if module not in asked]
        asked.update(new)
        waiting.extend(found for module in new for found in _files(module, tops))


def module_digest(source: str) -> str:
    """Return the SHA-256 of what `source` says, whatever its layout, comments and docstrings."""
    return _tree_digest(ast.parse(source))


def _tree_digest(tree: ast.Module) -> str:
    tokens: list[str] = []
    _dump(tree, tokens)
    return hashlib.sha256(b"enerqis/code/1\0" + "\0".join(tokens).encode("utf-8", "surrogatepass")).hexdigest()


class _Facts:
    """What one file says, as far as identities care."""

    def __init__(self, source: str, name: str) -> None:
        tree = ast.parse(source)
        self.digest = _tree_digest(tree)
        self.imports = tuple(sorted(set(_imports(tree, name))))
        self.data_files = tuple(_data_files(tree))


@lru_cache(maxsize=4096)
def _read(path: Path, name: str, mtime_ns: int, size: int) -> _Facts:
    del mtime_ns, size  # part of the cache's key only
    return _Facts(path.read_text(encoding="utf-8"), name)


def _dump(node: ast.AST, tokens: list[str]) -> None:
    """Append the tokens of a syntax tree: class names and non-empty fields, docstrings left out."""
    tokens.append(type(node).__name__)
    for field in _told(node._fields):
        value = getattr(node, field, None)
        if value is None or value == []:
            continue
        if field == "body" and isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            value = value[1:]
        tokens.append(field)
        _dump_value(value, tokens)
    tokens.append(")")


@cache
def _told(fields: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(fields) - IGNORED_FIELDS))


def _dump_value(value: object, tokens: list[str]) -> None:
    if isinstance(value, ast.AST):
        _dump(value, tokens)
    elif isinstance(value, list):
        tokens.append("[")
        for item in value:
            _dump_value(item, tokens)
        tokens.append("]")
    else:
        tokens.append(f"{type(value).__name__}:{value!r}")


def _imports(tree: ast.Module, name: str) -> Iterator[str]:
    """Yield the dotted names a module may import; of ``from a import b`` both ``a`` and ``a.b``."""
    for node in _statements(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(name.split(".")[: -node.level]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield every statement of a module, at any depth, but those under ``if TYPE_CHECKING``."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for field in BLOCKS:
            if field != "body" or not is_for_types(node):
                waiting.extend(getattr(node, field, ()))


def _data_files(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        if any(isinstance(each, ast.Name) and each.id == TEMPLATES for each in targets):
            value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
            yield from ast.literal_eval(value) if value is not None else ()


def source_digest(text: str, *, is_python: bool) -> str:
    """Return the digest by which a closure knows a file: of a module what it says, of a template its text, line ends aside."""
    if is_python:
        return module_digest(text)
    return hashlib.sha256(text.replace("\r\n", "\n").replace("\r", "\n").encode()).hexdigest()


def _data_digest(path: Path) -> str:
    """Return the digest of a template, or of a Python file that is read as text."""
    return source_digest(path.read_text(encoding="utf-8"), is_python=path.suffix == ".py")


def _dotted(path: Path, tops: dict[str, Path]) -> str:
    for top, folder in tops.items():
        if path.is_relative_to(folder):
            return ".".join((top, *path.relative_to(folder).with_suffix("").parts))
    raise ValueError(f"{path} lies neither in the package nor in the project's plug-ins")


def _files(module: str, tops: dict[str, Path]) -> Iterator[Path]:
    """Yield the file of a dotted name; of a plug-in package its ``__init__``; nothing where it is foreign or a mere name."""
    top, *parts = module.split(".")
    if top not in tops or not parts:
        return
    place = tops[top].joinpath(*parts)
    candidates = [place.with_suffix(".py")] + ([place / PACKAGE_FILE] if top == PROJECT_PACKAGE else [])
    yield from (each for each in candidates if each.is_file())


def _packages(path: Path, plugins: Path) -> Iterator[Path]:
    """Yield the ``__init__`` files that importing a plug-in file runs first."""
    if path.is_relative_to(plugins):
        folders = (each for each in path.parents if each.is_relative_to(plugins) and each != plugins)
        yield from (folder / PACKAGE_FILE for folder in folders if (folder / PACKAGE_FILE).is_file())
