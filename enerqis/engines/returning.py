"""Bring a function with early returns into the form in which one assignment at the end of every path gives its result."""

from __future__ import annotations

import ast

from enerqis.engines.copying import copied


class ManyExitsError(Exception):
    """The function leaves from where that cannot be said by `if` and `else`: out of a loop, or past statements of its own."""


def is_left(body: list[ast.stmt]) -> bool:
    """Return whether every path through the statements ends in a return."""
    last = body[-1] if body else None
    if isinstance(last, ast.Return):
        return True
    return isinstance(last, ast.If) and is_left(last.body) and is_left(last.orelse)


def has_return(node: ast.AST) -> bool:
    """Return whether a return lies inside."""
    return any(isinstance(each, ast.Return) for each in ast.walk(node))


def reachable(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return the statements up to the first after which nothing is reached."""
    for position in range(len(body)):
        if is_left(body[: position + 1]):
            return body[: position + 1]
    return body


def with_result(body: list[ast.stmt], result: str | None) -> list[ast.stmt]:
    """Return the statements with assignments to `result` in the place of returns.

    Parameters
    ----------
    body : list of ast.stmt
        Changed in place.
    result : str or None
        Name that takes the value; None drops it.

    Raises
    ------
    ManyExitsError
        If the function has another shape.
    """
    done: list[ast.stmt] = []
    for position, statement in enumerate(body):
        rest = body[position + 1 :]
        if isinstance(statement, ast.Return):
            return done + _given(statement, result)
        if not has_return(statement):
            done.append(statement)
        elif not isinstance(statement, ast.If):
            raise ManyExitsError
        elif is_left(statement.body):
            statement.orelse = with_result(statement.orelse + rest, result)
            statement.body = with_result(statement.body, result) or [ast.Pass()]
            return [*done, statement]
        elif is_left(statement.orelse):
            statement.body = with_result(statement.body + rest, result) or [ast.Pass()]
            statement.orelse = with_result(statement.orelse, result)
            return [*done, statement]
        else:
            raise ManyExitsError
    return done


def _given(statement: ast.Return, result: str | None) -> list[ast.stmt]:
    if statement.value is None or result is None:
        return []
    return [ast.Assign([ast.Name(result, ast.Store())], statement.value, lineno=0)]


def can_be_moved(function: ast.FunctionDef) -> bool:
    """Return whether the function has a shape that `with_result` takes."""
    try:
        with_result([copied(each) for each in function.body], "result")
    except ManyExitsError:
        return False
    return True
