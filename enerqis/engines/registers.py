"""Keep single elements of state arrays in local variables while a loop runs.

A compiler must store and load an array element at every step, because another array could be the same memory; a chain of such
steps costs five times its arithmetic. Elements with a constant index of arrays that are indexed in no other way are loaded
before the loop and stored after it, which changes no value.
"""

from __future__ import annotations

import ast

STATE = "state"
"""Variable that holds the named tuple of arrays."""


def state_field(node: ast.AST) -> str | None:
    """Return the field that ``state.FIELD`` names, None for anything else."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == STATE:
        return node.attr
    return None


def constant_index(node: ast.AST) -> tuple[str, int] | None:
    """Return field and index of ``state.FIELD[3]``, None for anything else."""
    if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Constant):
        return None
    field, index = state_field(node.value), node.slice.value
    return (field, index) if field is not None and isinstance(index, int) else None


def elements(function: ast.FunctionDef) -> dict[str, list[int]]:
    """Return the elements that can be kept in variables: by field their indices, in order."""
    found: dict[str, set[int]] = {}
    barred: set[str] = set()
    plain: set[int] = set()
    for node in ast.walk(function):
        element = constant_index(node)
        if element is not None:
            found.setdefault(element[0], set()).add(element[1])
            plain.add(id(node.value))  # type: ignore[attr-defined]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len":
            plain.update(id(each) for each in node.args)
    for node in ast.walk(function):
        field = state_field(node)
        if field is not None and id(node) not in plain:
            barred.add(field)
    if _is_passed_whole(function):
        return {}
    return {field: sorted(indices) for field, indices in sorted(found.items()) if field not in barred}


def _is_passed_whole(function: ast.FunctionDef) -> bool:
    """Return whether the state is used other than by its fields."""
    uses = sum(
        isinstance(each, ast.Name) and each.id == STATE and isinstance(each.ctx, ast.Load)
        for each in ast.walk(function)
    )
    return uses != sum(state_field(each) is not None for each in ast.walk(function))


class _Replacement(ast.NodeTransformer):
    def __init__(self, kept: dict[str, list[int]]) -> None:
        self.kept = kept

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        element = constant_index(node)
        if element is not None and element[0] in self.kept:
            return ast.Name(_variable(*element), node.ctx)
        self.generic_visit(node)
        return node


def _variable(field: str, index: int) -> str:
    return f"{field}_{index}"


def _copies(kept: dict[str, list[int]], *, is_store: bool) -> list[ast.stmt]:
    """Return the statements that load the variables from the arrays, or store them back."""
    text = "\n".join(
        f"{STATE}.{field}[{index}] = {_variable(field, index)}"
        if is_store
        else f"{_variable(field, index)} = {STATE}.{field}[{index}]"
        for field, indices in kept.items()
        for index in indices
    )
    return ast.parse(text).body


def with_registers(function: ast.FunctionDef) -> dict[str, list[int]]:
    """Keep elements in variables around the innermost loop that follows the assignment of the state.

    Parameters
    ----------
    function : ast.FunctionDef
        Changed in place.

    Returns
    -------
    dict of str to list of int
        The elements that are kept: each array must have them.
    """
    kept = elements(function)
    for block in (each.body for each in ast.walk(function) if isinstance(each, ast.For | ast.FunctionDef)):
        loops = [position for position, each in enumerate(block) if isinstance(each, ast.For)]
        is_here = any(
            isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name) and each.targets[0].id == STATE
            for each in block
        )
        if kept and loops and is_here:
            at = loops[0]
            block[at] = _Replacement(kept).visit(block[at])
            block[at + 1 : at + 1] = _copies(kept, is_store=True)
            block[at:at] = _copies(kept, is_store=False)
            return kept
    return {}
