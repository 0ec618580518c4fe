"""Put small functions, and those called once, where they are called: a compiler pays for every function it must type.

Two shapes can be moved. A function that is one expression goes into the caller's expression, if each argument is cheap or used
at most once. A function with a single return, as its last statement, goes before the statement that consists of its call; its
variables get names of their own. Everything here is pure, so that neither changes a result.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter

Functions = dict[str, ast.FunctionDef]

PREFIX = "inner"
"""Decorator of the functions that may be moved."""


def inlined(text: str) -> str:
    """Return the module with what can be moved, moved, and functions that nobody calls any more left out."""
    tree = ast.parse(text)
    functions = {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef)}
    order = _bottom_up(functions)
    for name in order:
        Expressions(functions).visit(functions[name])
    counts = _calls(functions)
    for name in order:
        Statements(functions, counts, functions[name]).expand()
    used = _reachable(functions)
    tree.body = [each for each in tree.body if not isinstance(each, ast.FunctionDef) or each.name in used]
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def _callees(function: ast.FunctionDef, functions: Functions) -> list[str]:
    return [
        node.func.id
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in functions
    ]


def _calls(functions: Functions) -> Counter[str]:
    """Return how often each function that can be reached is called."""
    used = _reachable(functions)
    return Counter(callee for name in used for callee in _callees(functions[name], functions))


def _reachable(functions: Functions) -> set[str]:
    """Return the functions that an entry needs."""
    found: set[str] = set()
    todo = [name for name, each in functions.items() if not _is_movable(each)]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += _callees(functions[name], functions)
    return found


def _bottom_up(functions: Functions) -> list[str]:
    """Return all functions, callees first."""
    order: dict[str, None] = {}

    def visit(name: str) -> None:
        if name not in order:
            for callee in _callees(functions[name], functions):
                visit(callee)
            order[name] = None

    for name in functions:
        visit(name)
    return list(order)


def _is_movable(function: ast.FunctionDef) -> bool:
    return any(isinstance(each, ast.Name) and each.id == PREFIX for each in function.decorator_list)


def _is_cheap(node: ast.expr) -> bool:
    """Return whether evaluating an argument twice costs nothing and gives the same."""
    if isinstance(node, ast.Name | ast.Constant):
        return True
    return isinstance(node, ast.Attribute) and _is_cheap(node.value)


def _parameters(function: ast.FunctionDef) -> list[str]:
    return [argument.arg for argument in function.args.args]


class Substitution(ast.NodeTransformer):
    """Put expressions in the place of names."""

    def __init__(self, values: dict[str, ast.expr]) -> None:
        self.values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Replace a name that is read; rename one that is written."""
        if node.id not in self.values:
            return node
        value = copy.deepcopy(self.values[node.id])
        if isinstance(value, ast.Name):
            value.ctx = node.ctx
        return value


class Expressions(ast.NodeTransformer):
    """Replace calls of functions that are one expression."""

    def __init__(self, functions: Functions) -> None:
        self.functions = functions

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Replace a call if that is possible."""
        self.generic_visit(node)
        function = self.functions.get(node.func.id) if isinstance(node.func, ast.Name) else None
        if function is None or not _is_movable(function) or node.keywords:
            return node
        last = function.body[0]
        if len(function.body) != 1 or not isinstance(last, ast.Return) or last.value is None:
            return node
        uses = Counter(each.id for each in ast.walk(last.value) if isinstance(each, ast.Name))
        values = dict(zip(_parameters(function), node.args, strict=True))
        if not all(_is_cheap(value) or uses[name] <= 1 for name, value in values.items()):
            return node
        result = Substitution(values).visit(copy.deepcopy(last.value))
        assert isinstance(result, ast.expr)
        return result


class Statements:
    """Expand statements that consist of one call of a function called nowhere else.

    Parameters
    ----------
    functions : dict
    counts : Counter
        How often each function is called.
    caller : FunctionDef
        Changed in place.
    """

    def __init__(self, functions: Functions, counts: Counter[str], caller: ast.FunctionDef) -> None:
        self.functions = functions
        self.counts = counts
        self.caller = caller

    def expand(self) -> None:
        """Expand every statement of the caller."""
        self.caller.body = self._block(self.caller.body)

    def _block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        result: list[ast.stmt] = []
        for statement in body:
            for name in ("body", "orelse"):
                inner = getattr(statement, name, None)
                if isinstance(inner, list) and inner and isinstance(inner[0], ast.stmt):
                    setattr(statement, name, self._block(inner))
            result += self._expanded(statement)
        return result

    def _expanded(self, statement: ast.stmt) -> list[ast.stmt]:
        call = getattr(statement, "value", None)
        if not isinstance(statement, ast.Assign | ast.Expr | ast.Return) or not isinstance(call, ast.Call):
            return [statement]
        function = self.functions.get(call.func.id) if isinstance(call.func, ast.Name) else None
        if function is None or not self._can_move(function) or call.keywords:
            return [statement]
        body = copy.deepcopy(function.body)
        names = _parameters(function) + sorted(
            {
                each.id
                for node in body
                for each in ast.walk(node)
                if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
            }
        )
        own: dict[str, ast.expr] = {name: ast.Name(f"{function.name}_{name}", ast.Load()) for name in names}
        written = set(names[len(function.args.args) :])
        start: list[ast.stmt] = []
        for name, value in zip(_parameters(function), call.args, strict=True):
            if name not in written and isinstance(value, ast.Name) and not self._is_assigned(value.id):
                own[name] = value
            else:
                start.append(ast.Assign([ast.Name(f"{function.name}_{name}", ast.Store())], value, lineno=0))
        moved = [Substitution(own).visit(node) for node in body]
        if isinstance(moved[-1], ast.Return):
            last = moved.pop()
            statement.value = last.value or ast.Constant(None)
            return [*start, *moved, statement]
        return [*start, *moved]

    def _is_assigned(self, name: str) -> bool:
        """Return whether the caller ever writes `name` besides taking it as a parameter."""
        return any(
            isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Store)
            for each in ast.walk(self.caller)
        )

    def _can_move(self, function: ast.FunctionDef) -> bool:
        if not _is_movable(function) or self.counts[function.name] != 1 or len(function.body) < 2:
            return False
        returns = [each for each in ast.walk(function) if isinstance(each, ast.Return)]
        return not returns or (len(returns) == 1 and returns[0] is function.body[-1])
