"""Numbers at the top of a module must be written there: one computed from a file is in no hash, and may know the future."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping

from enerqis.compose.subset import Fault


def computed_numbers(function: ast.FunctionDef, module: ast.Module, *, numbers: Collection[str]) -> Iterator[Fault]:
    """Yield where `function` uses a number that its module computes by more than arithmetic on written numbers.

    Parameters
    ----------
    function, module : ast nodes
    numbers : collection of str
        Names that are numbers in the module as it was imported.
    """
    values, imported = _assigned(module), _imported(module)
    own = {each.arg for each in function.args.args}
    own |= {each.id for each in ast.walk(function) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    for node in (each for statement in function.body for each in ast.walk(statement)):
        if not isinstance(node, ast.Name) or node.id in own or node.id not in numbers or node.id in imported:
            continue
        if node.id not in values or not _is_written(values[node.id], values, frozenset((node.id,))):
            message = (
                f"{function.name}: '{node.id}' is computed when the file is imported, so no hash knows it and it may "
                "know the future. Write the number, or make it a parameter."
            )
            yield Fault(node.lineno, node.col_offset + 1, message)


def _imported(module: ast.Module) -> set[str]:
    """Return the names that the top of a module takes from other modules."""
    return {
        alias.asname or alias.name for node in module.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }


def _assigned(module: ast.Module) -> Mapping[str, ast.expr]:
    """Return what each name at the top of a module is last given."""
    found: dict[str, ast.expr] = {}
    for node in module.body:
        match node:
            case ast.Assign(targets=targets, value=value):
                found |= {each.id: value for each in targets if isinstance(each, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                found[name] = value
    return found


def _is_written(node: ast.expr, values: Mapping[str, ast.expr], seen: frozenset[str]) -> bool:
    """Return whether an expression is arithmetic on numbers, on functions of ``math`` and on names that are so themselves."""
    match node:
        case ast.Constant():
            return True
        case ast.UnaryOp(operand=operand):
            return _is_written(operand, values, seen)
        case ast.BinOp(left=left, right=right):
            return _is_written(left, values, seen) and _is_written(right, values, seen)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="math")) | ast.Name(id="float" | "int"), args=args):
            return all(_is_written(each, values, seen) for each in args)
        case ast.Name(id=name):
            return name not in values or (name not in seen and _is_written(values[name], values, seen | {name}))
        case ast.Attribute():
            return True
        case _:
            return False
