"""Put facts in place of ``k.NAME`` in a syntax tree and drop the branches that can no longer be reached."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping

COMPARISONS: dict[type[ast.cmpop], Callable[[object, object], bool]] = {ast.Eq: operator.eq, ast.NotEq: operator.ne}


class Specialiser(ast.NodeTransformer):
    """Replace attributes of ``k`` by constants and fold what follows from them.

    Parameters
    ----------
    facts : mapping of str to bool
        What is fixed; attributes that are not named stay run-time.
    """

    def __init__(self, facts: Mapping[str, bool]) -> None:
        self.facts = facts

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """Put a fact in the place of ``k.NAME``."""
        if isinstance(node.value, ast.Name) and node.value.id == "k" and node.attr in self.facts:
            return ast.copy_location(ast.Constant(self.facts[node.attr]), node)
        self.generic_visit(node)
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        """Fold ``not``."""
        self.generic_visit(node)
        if isinstance(node.op, ast.Not) and isinstance(node.operand, ast.Constant):
            return ast.copy_location(ast.Constant(not node.operand.value), node)
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        """Fold ``and`` and ``or`` from the left: what decides ends the chain, what does not is dropped."""
        self.generic_visit(node)
        decisive = isinstance(node.op, ast.Or)
        values: list[ast.expr] = []
        for value in node.values:
            if isinstance(value, ast.Constant):
                if bool(value.value) is decisive:
                    values.append(value)
                    break
                continue
            values.append(value)
        if not values:
            return ast.copy_location(ast.Constant(not decisive), node)
        if len(values) == 1:
            return values[0]
        node.values = values
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        """Keep the branch that a constant test chooses."""
        self.generic_visit(node)
        if isinstance(node.test, ast.Constant):
            return node.body if node.test.value else node.orelse
        return node

    def visit_If(self, node: ast.If) -> ast.stmt | list[ast.stmt]:
        """Keep the statements that a constant test chooses."""
        self.generic_visit(node)
        if isinstance(node.test, ast.Constant):
            return node.body if node.test.value else node.orelse
        node.body = node.body or [ast.Pass()]
        return node

    def visit_For(self, node: ast.For) -> ast.stmt:
        """Keep a loop that lost all its statements legal."""
        self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        """Keep a function that lost all its statements legal."""
        self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return node


def specialised(node: ast.FunctionDef, facts: Mapping[str, bool]) -> ast.FunctionDef:
    """Return `node` with the facts put in; it is changed in place."""
    result = Specialiser(facts).visit(node)
    assert isinstance(result, ast.FunctionDef)
    return ast.fix_missing_locations(result)
