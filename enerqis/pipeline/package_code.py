"""The code in a package held against its receipts, offline and without running any: wheel, plug-ins, the strategy's own file.

A receipt names each module that its stage depends on by the hash of what the module says. So code that was exchanged in the
wheel or among the plug-ins is found, however well its RECORD and its hashes in the manifest were made anew.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from enerqis.compose.closure import source_digest
from enerqis.governance import packages
from enerqis.io.mounting import PROJECT_PACKAGE
from enerqis.io.sealed_zip import opened
from enerqis.io.wheels import record_faults, wheel_name

PACKAGE = "enerqis"
"""Folder of our own code in the wheel."""


def code_faults(files: Mapping[str, bytes], receipts: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield what of the code in a package is not what its receipts name.

    Parameters
    ----------
    files : mapping of path to bytes
    receipts : mapping
        By stage.
    """
    wheels = [path for path in files if path.startswith(f"{packages.WHEEL}/")]
    if len(wheels) != 1:
        yield f"{packages.WHEEL}/: {len(wheels)} files, there is one wheel in a package"
        return
    found = opened(files[wheels[0]])
    faults = found.faults or tuple(record_faults(found.files))
    yield from (f"{wheels[0]}: {each}" for each in faults)
    if faults:
        return
    if wheels[0] != f"{packages.WHEEL}/{wheel_name(found.files)}":
        yield f"{wheels[0]}: not the name of the wheel that it is, {wheel_name(found.files)}"
    sources = {**{f"{wheels[0]}: {name}": content for name, content in found.files.items()}, **files}
    named = {place: digest for receipt in receipts.values() for place, digest in _named(receipt["code"], wheels[0])}
    yield from _exchanged(sources, named)
    yield from _unnamed(files, set(named))
    yield from _strategy(files, sources, receipts, wheels[0])


def place_of(name: str) -> tuple[str, bool]:
    """Return where the file of a module, or a data file of it, lies below its top folder, and whether that is the plug-ins'.

    Parameters
    ----------
    name : str
        As a receipt has it: ``enerqis.pages.experiment:templates/page.css``.
    """
    module, _, data_file = name.partition(":")
    top, *steps = module.split(".")
    path = f"{'/'.join(steps)}.py"
    if data_file:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(path), data_file))
    return path, top == PROJECT_PACKAGE


def _named(code: Mapping[str, str], wheel: str) -> Iterator[tuple[str, str]]:
    """Yield place and digest of each file that a receipt names; a place in the wheel begins with its path."""
    for name, digest in code.items():
        path, is_plugin = place_of(name)
        yield (f"{packages.PLUGINS}/{path}" if is_plugin else f"{wheel}: {PACKAGE}/{path}"), digest


def _exchanged(sources: Mapping[str, bytes], named: Mapping[str, str]) -> Iterator[str]:
    for place, digest in sorted(named.items()):
        if place not in sources:
            yield f"{place}: missing: a receipt names it"
        elif _digest(sources[place], is_python=place.endswith(".py")) != digest:
            yield f"{place}: not the code that the receipts name"


@lru_cache(maxsize=1024)
def _digest(content: bytes, *, is_python: bool) -> str:
    """Return the digest of a source, kept for the next package of the same code; empty for what is none."""
    try:
        return source_digest(content.decode("utf-8"), is_python=is_python)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return ""


def _unnamed(files: Mapping[str, bytes], named: set[str]) -> Iterator[str]:
    for path in files:
        if path.startswith(f"{packages.PLUGINS}/") and path not in named:
            yield f"{path}: no receipt names it"


def _strategy(
    files: Mapping[str, bytes], sources: Mapping[str, bytes], receipts: Mapping[str, Mapping[str, Any]], wheel: str
) -> Iterator[str]:
    """Yield what stands in the place of the strategy's own file and is not it."""
    kind = receipts["backtest"]["spec"]["strategy"]["kind"]
    own = f"{packages.STRATEGY}/{kind}.py"
    places = (f"{packages.PLUGINS}/strategies/{kind}.py", f"{wheel}: {PACKAGE}/strategies/{kind}.py")
    found = next((sources[place] for place in places if place in sources), None)
    if files.get(own) != found:
        yield f"{own}: not the strategy that the receipts name"
