"""The shape of a strategy's file: ``on_bar`` with its arguments, fields that exist, a decision given back.

What a kernel may say is `compose.subset`; here it is held that what it names is there, so that a slip of the pen is named at
its line and not by the compiler.
"""

from __future__ import annotations

import ast
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

from enerqis.compose.matching import allowed_values
from enerqis.compose.subset import Fault
from enerqis.interfaces.strategy import Account, AccountArrays, Bar, BarArrays, StrategyParams, is_algorithm
from enerqis.io.plugins import Kind, load, params_class
from enerqis.spec.base import Spec

ARGUMENTS = ("p", "state", "bar", "ind", "acc")
CROSS_SECTION = (*ARGUMENTS, "targets")


def shape_faults(kind: Kind) -> list[Fault]:
    """Return what a strategy's file lacks, each where it stands.

    Raises
    ------
    PluginError
        If the kind cannot be imported, or its Params class is not the one its file's name asks for.
    """
    module = load(kind)
    if is_algorithm(module):
        return []
    tree = ast.parse(Path(kind.path).read_text(encoding="utf-8"))
    functions = {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef)}
    faults = [
        Fault(1, 1, f"{name} is missing. A strategy has {signature}; 'enerqis new strategy NAME' writes one.")
        for name, signature in (("indicators", "indicators(params)"), ("on_bar", f"on_bar({', '.join(ARGUMENTS)})"))
        if not hasattr(module, name)
    ]
    if "initial_state" in functions and state_type(module) is None:
        message = "initial_state: what it returns is not said. Write '-> XState', the named tuple that it returns."
        faults.append(_at(functions["initial_state"], message))
    if "on_bar" in functions:
        faults += _of_on_bar(functions["on_bar"], module, params_class(kind, StrategyParams))
    return faults


def state_type(module: ModuleType) -> type | None:
    """Return the named tuple that ``initial_state`` says it returns, or None where it does not say."""
    try:
        found = typing.get_type_hints(module.initial_state).get("return")
    except NameError:
        return None
    return found if hasattr(found, "_fields") else None


def named_series(module: ModuleType) -> tuple[str, ...] | None:
    """Return the fields of the class ``XIndicators`` of a strategy's file, or None where it has none."""
    found: list[tuple[str, ...]] = [
        each._fields
        for name, each in vars(module).items()
        if name.endswith("Indicators") and hasattr(each, "_fields") and each.__module__ == module.__name__
    ]
    return found[0] if len(found) == 1 else None


def _of_on_bar(tree: ast.FunctionDef, module: ModuleType, params: type[Spec] | None) -> Iterator[Fault]:
    is_cross_section = getattr(module, "SHAPE", "") == "cross_sectional"
    wanted = CROSS_SECTION if is_cross_section else ARGUMENTS
    names = [each.arg for each in tree.args.args]
    if len(names) != len(wanted):
        yield _at(tree, f"on_bar: {len(names)} arguments ({', '.join(names)}). Wanted: {', '.join(wanted)}.")
        return
    fields = dict(zip(names, _fields(module, params, is_cross_section=is_cross_section), strict=False))
    yield from _unknown_fields(tree, {name: each for name, each in fields.items() if each is not None})
    if not is_cross_section:
        yield from _no_decisions(tree)


def _fields(
    module: ModuleType, params: type[Spec] | None, *, is_cross_section: bool
) -> tuple[tuple[str, ...] | None, ...]:
    """Return the fields of p, state, bar, ind and acc; None where the file does not say them."""
    bar, account = (BarArrays, AccountArrays) if is_cross_section else (Bar, Account)
    state = state_type(module) if hasattr(module, "initial_state") else None
    return (
        tuple(name for name in params.model_fields if name != "kind") if params else None,
        getattr(state, "_fields", None),
        bar._fields,
        named_series(module),
        account._fields,
    )


def _unknown_fields(tree: ast.FunctionDef, fields: Mapping[str, tuple[str, ...]]) -> Iterator[Fault]:
    stored = {each.id for each in ast.walk(tree) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)):
            continue
        name = node.value.id
        if name in fields and name not in stored and node.attr not in fields[name]:
            known = allowed_values(node.attr, fields[name]) if fields[name] else " It has none."
            yield _at(node, f"{tree.name}: {name} has no field '{node.attr}'.{known}")


def _no_decisions(tree: ast.FunctionDef) -> Iterator[Fault]:
    """Yield returns that plainly give back a number, or nothing."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Return) and (
            node.value is None or isinstance(node.value, ast.Constant | ast.Attribute | ast.BinOp | ast.UnaryOp)
        ):
            said = ast.unparse(node)
            yield _at(node, f"{tree.name}: '{said}' gives back no decision. Write 'return hold(target)'.")


def _at(node: ast.stmt | ast.expr, message: str) -> Fault:
    return Fault(node.lineno, node.col_offset + 1, message)
