"""A plug-in as if it had never run: so that what it remembers at module level shows as a difference between runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from enerqis.io.plugins import PROJECT_PACKAGE, Kind


@contextmanager
def fresh(kind: Kind) -> Iterator[None]:
    """Forget the module of `kind`, and all modules of the project, inside the block; afterwards all is as before.

    Without it a plug-in that kept the bars of an earlier law could answer from them, the same every time.
    """
    forgotten = _take_out(kind)
    try:
        yield
    finally:
        _take_out(kind)
        for name, module in forgotten.items():
            sys.modules[name] = module
            _attach(name, module)


def _take_out(kind: Kind) -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name == kind.module or name.split(".")[0] == PROJECT_PACKAGE]
    return {name: sys.modules.pop(name) for name in names}


def _attach(name: str, module: ModuleType) -> None:
    """Make the package of `module` name it again, as importing does."""
    package, _, stem = name.rpartition(".")
    if package in sys.modules:
        setattr(sys.modules[package], stem, module)
