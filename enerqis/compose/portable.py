"""The portable lint: holds the kernels of plug-ins, and all that they call, in the portable subset."""

from __future__ import annotations

import ast
import inspect
import sys
from functools import lru_cache
from pathlib import Path
from types import FunctionType, ModuleType

from enerqis.compose.strategy_shape import shape_faults
from enerqis.compose.subset import Fault, functions, read_function
from enerqis.compose.written_numbers import computed_numbers
from enerqis.core.errors import Problem
from enerqis.interfaces.risk import HOOKS
from enerqis.io.plugins import Kind, load, package_folder, scan

KERNELS: dict[str, tuple[str, ...]] = {
    "strategies": ("on_bar",),
    "indicators": ("step",),
    "costs": ("commission", "commission_rate", "minimum", "fill_price", "fillable", "holding_cost", "cash_cost"),
    "risk": HOOKS,
}
"""Functions of each family that engines run bar by bar."""


def check_all_portable(plugins: Path | None) -> list[Problem]:
    """Return what is not portable in any kernel, shipped or of a project."""
    kinds = [kind for family in KERNELS for kind in scan(family, plugins).values()]
    return list(dict.fromkeys(problem for kind in kinds for problem in check_portable(kind)))


def check_portable(kind: Kind) -> list[Problem]:
    """Return what is not portable in the kernels of `kind` and in the functions that they call.

    Raises
    ------
    PluginError
        If the kind cannot be imported.
    """
    module = load(kind)
    found = [getattr(module, name) for name in KERNELS.get(kind.family, ()) if hasattr(module, name)]
    problems = _check([each for each in found if isinstance(each, FunctionType)], kind)
    faults = shape_faults(kind) if kind.family == "strategies" else []
    return [*problems, *(_problem(module, each, kind) for each in faults)]


def _check(kernels: list[FunctionType], kind: Kind) -> list[Problem]:
    """Walk the calls from `kernels`, each function once; a function that reaches itself is a problem."""
    problems: list[Problem] = []
    done: set[FunctionType] = set()

    def visit(function: FunctionType, callers: tuple[FunctionType, ...]) -> None:
        if function in callers:
            message = f"{function.__name__}: a function that calls itself is not portable. Allowed: for over range."
            problems.append(_problem(_module(function), Fault(function.__code__.co_firstlineno, 1, message), kind))
        if function in done or function in callers:
            return
        whole = _tree(_module(function))
        tree = dict(functions(whole)).get(function.__name__)
        if tree is None:
            message = f"{function.__name__} is not portable. Allowed: plain functions at the top of their module."
            problems.append(_problem(_module(function), Fault(function.__code__.co_firstlineno, 1, message), kind))
            return
        findings = read_function(tree, _module(function))
        faults = [fault._replace(message=f"{function.__name__}: {fault.message}") for fault in findings.faults]
        for fault in (*faults, *computed_numbers(tree, whole, numbers=_numbers(_module(function)))):
            problems.append(_problem(_module(function), fault, kind))
        for called in findings.calls:
            visit(called, (*callers, function))
        done.add(function)

    for kernel in kernels:
        visit(kernel, ())
    return problems


def _module(function: FunctionType) -> ModuleType:
    return sys.modules[function.__module__]


def _numbers(module: ModuleType) -> frozenset[str]:
    return frozenset(name for name, each in vars(module).items() if isinstance(each, bool | int | float))


def _tree(module: ModuleType) -> ast.Module:
    path = Path(inspect.getfile(module))
    return _parsed(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1024)
def _parsed(path: Path, mtime_ns: int) -> ast.Module:
    del mtime_ns
    return ast.parse(path.read_text(encoding="utf-8"))


def _problem(module: ModuleType, fault: Fault, kind: Kind) -> Problem:
    """Return the problem at its place: relative to the repository, or to the project of `kind`."""
    path = Path(inspect.getfile(module))
    folders = (package_folder().parent, kind.path.parents[2])
    shown = next((path.relative_to(each).as_posix() for each in folders if path.is_relative_to(each)), str(path))
    return Problem(f"{shown}:{fault.line}:{fault.column}", "", fault.message)
