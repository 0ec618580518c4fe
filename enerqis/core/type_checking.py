"""What a source holds for type checkers alone: it does not run, so neither the code identity nor a leak test looks at it."""

from __future__ import annotations

import ast

TESTS = ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def is_for_types(node: ast.AST) -> bool:
    """Return whether a node is ``if TYPE_CHECKING:``, whose body never runs; its else does."""
    return isinstance(node, ast.If) and ast.unparse(node.test) in TESTS
