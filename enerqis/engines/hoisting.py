"""Take calls out of expressions, so that each becomes a statement of its own and can be expanded.

A call is taken out only where all that is evaluated before it cannot change under it: names, numbers, fields of named tuples,
and calls taken out before. So the order of what happens stays the same.
"""

from __future__ import annotations

import ast
from collections.abc import Callable


class Hoister:
    """Takes calls out of one expression, in the order of their evaluation.

    Parameters
    ----------
    is_wanted : callable
        Whether a call should become a statement.
    new_name : callable
        Returns a name that is free.

    Attributes
    ----------
    statements : list of ast.stmt
        Assignments that go before the statement of the expression.
    """

    def __init__(self, is_wanted: Callable[[ast.Call], bool], new_name: Callable[[], str]) -> None:
        self.is_wanted = is_wanted
        self.new_name = new_name
        self.statements: list[ast.stmt] = []
        self._is_steady = True

    def taken(self, node: ast.expr) -> ast.expr:
        """Return the expression without the calls that could be taken out."""
        if not self._is_steady:
            return node
        for name in EVALUATED.get(type(node), ()):
            self._take_field(node, name)
        if isinstance(node, ast.Call) and self._is_steady:
            return self._call(node)
        if not isinstance(node, STEADY):
            self._is_steady = False
        return node

    def _take_field(self, node: ast.expr, name: str) -> None:
        value = getattr(node, name)
        if not isinstance(value, list):
            setattr(node, name, self.taken(value))
            return
        count = 1 if isinstance(node, ast.BoolOp | ast.Compare) else len(value)
        value[:count] = [self.taken(each) for each in value[:count]]

    def _call(self, node: ast.Call) -> ast.expr:
        if not self.is_wanted(node):
            self._is_steady = isinstance(node.func, ast.Attribute) or is_constructor(node)
            return node
        name = self.new_name()
        self.statements.append(ast.Assign([ast.Name(name, ast.Store())], node, lineno=0))
        return ast.Name(name, ast.Load())


EVALUATED: dict[type[ast.expr], tuple[str, ...]] = {
    ast.Call: ("args",),
    ast.BinOp: ("left", "right"),
    ast.UnaryOp: ("operand",),
    ast.Compare: ("left", "comparators"),
    ast.BoolOp: ("values",),
    ast.IfExp: ("test",),
    ast.Subscript: ("value", "slice"),
    ast.Attribute: ("value",),
    ast.Tuple: ("elts",),
}
"""Fields that are evaluated whatever the others are, in order; of a comparison or a chain of conditions only the first."""

STEADY = (ast.Name, ast.Constant, ast.Attribute, ast.BinOp, ast.UnaryOp, ast.Tuple)
"""Expressions whose value no later call can change, their parts being steady."""


def is_constructor(node: ast.Call) -> bool:
    """Return whether the call builds a number or a named tuple, which no later call can change."""
    if not isinstance(node.func, ast.Name):
        return False
    return node.func.id in ("float", "int", "bool", "len") or node.func.id.rpartition("__")[2][:1].isupper()
