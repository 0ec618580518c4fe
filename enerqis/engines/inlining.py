"""Put functions where they are called: a compiler pays for every function it must type, and sees less across calls.

A function that is one expression goes into the caller's expression, if each argument is cheap or used at most once. Any other
goes before the statement that consists of its call, early returns turned into `if` and `else` (`returning.py`), calls inside
expressions taken out first where that changes nothing (`hoisting.py`); its variables get names of their own. A large function
that is called from several places stays a function. The order of what happens stays the same, so results do.
"""

from __future__ import annotations

import ast
import itertools
from collections import Counter
from collections.abc import Iterator

from enerqis.engines.copying import copied
from enerqis.engines.hoisting import Hoister
from enerqis.engines.returning import can_be_moved, reachable, with_result

Functions = dict[str, ast.FunctionDef]

PREFIX = "inner"
"""Decorator of the functions that may be moved."""

GREATEST_COPY = 600
"""Nodes of a syntax tree that repeating a function may add; beyond, calling it is cheaper to compile."""


def inlined(text: str) -> str:
    """Return the module with what can be moved, moved, and functions that nobody calls any more left out."""
    tree = ast.parse(text)
    functions = {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef)}
    for function in functions.values():
        function.body = reachable(function.body)
    order = _bottom_up(functions)
    for name in order:
        Expressions(functions).visit(functions[name])
    expand = Expansion(functions)
    for name in order:
        expand.function(functions[name])
    used = _reached(functions)
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
    used = _reached(functions)
    return Counter(callee for name in used for callee in _callees(functions[name], functions))


def _reached(functions: Functions) -> set[str]:
    """Return the functions that an entry needs."""
    found: set[str] = set()
    todo = [name for name, each in functions.items() if not _is_inner(each)]
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


def _is_inner(function: ast.FunctionDef) -> bool:
    return any(isinstance(each, ast.Name) and each.id == PREFIX for each in function.decorator_list)


def _is_cheap(node: ast.expr) -> bool:
    """Return whether evaluating an argument again costs nothing and gives the same."""
    if isinstance(node, ast.Name | ast.Constant):
        return True
    return isinstance(node, ast.Attribute) and _is_cheap(node.value)


def _parameters(function: ast.FunctionDef) -> list[str]:
    return [argument.arg for argument in function.args.args]


def _written(body: list[ast.stmt]) -> list[str]:
    """Return the names that statements write, each once, in order."""
    names = (
        each.id
        for statement in body
        for each in ast.walk(statement)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    )
    return list(dict.fromkeys(names))


class Substitution(ast.NodeTransformer):
    """Put expressions in the place of names."""

    def __init__(self, values: dict[str, ast.expr]) -> None:
        self.values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Replace a name that is read; rename one that is written."""
        if node.id not in self.values:
            return node
        value = copied(self.values[node.id])
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
        if function is None or not _is_inner(function) or node.keywords:
            return node
        last = function.body[0]
        if len(function.body) != 1 or not isinstance(last, ast.Return) or last.value is None:
            return node
        uses = Counter(each.id for each in ast.walk(last.value) if isinstance(each, ast.Name))
        values = dict(zip(_parameters(function), node.args, strict=True))
        if not all(_is_cheap(value) or uses[name] <= 1 for name, value in values.items()):
            return node
        result = Substitution(values).visit(copied(last.value))
        assert isinstance(result, ast.expr)
        return result


class Expansion:
    """Expands calls as statements, function by function, callees before callers.

    Parameters
    ----------
    functions : dict
        Changed in place.
    """

    def __init__(self, functions: Functions) -> None:
        self.functions = functions
        self.counts = _calls(functions)
        self.numbers: Iterator[int] = itertools.count(1)
        self._can_move: dict[str, bool] = {}

    def function(self, caller: ast.FunctionDef) -> None:
        """Expand every statement of a function whose callees are expanded."""
        caller.body = self._block(caller.body)

    def _block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        result: list[ast.stmt] = []
        for statement in body:
            for name in ("body", "orelse"):
                inner = getattr(statement, name, None)
                if isinstance(inner, list) and inner and isinstance(inner[0], ast.stmt):
                    setattr(statement, name, self._block(inner))
            for each in self._hoisted(statement):
                result += self._expanded(each)
        return result or [ast.Pass()]

    def _hoisted(self, statement: ast.stmt) -> list[ast.stmt]:
        """Return the statement after those that the calls in its expression became."""
        field = "test" if isinstance(statement, ast.If) else "value"
        value = getattr(statement, field, None)
        if not isinstance(statement, ast.If | ast.Assign | ast.Return | ast.Expr) or value is None:
            return [statement]
        hoister = Hoister(self._is_wanted, lambda: f"got__{next(self.numbers)}")
        if field == "value" and isinstance(value, ast.Call) and self._is_wanted(value):
            value.args = [hoister.taken(each) for each in value.args]
        else:
            setattr(statement, field, hoister.taken(value))
        return [*hoister.statements, statement]

    def _is_wanted(self, call: ast.Call) -> bool:
        """Return whether the function called should stand where it is called."""
        function = self.functions.get(call.func.id) if isinstance(call.func, ast.Name) else None
        if function is None or call.keywords or not _is_inner(function):
            return False
        if function.name not in self._can_move:
            copies = self.counts[function.name] - 1
            size = sum(1 for _ in ast.walk(function)) * copies
            self._can_move[function.name] = size <= GREATEST_COPY and can_be_moved(function)
        return self._can_move[function.name]

    def _expanded(self, statement: ast.stmt) -> list[ast.stmt]:
        call = getattr(statement, "value", None)
        if not isinstance(statement, ast.Assign | ast.Expr | ast.Return) or not isinstance(call, ast.Call):
            return [statement]
        if not self._is_wanted(call):
            return [statement]
        assert isinstance(call.func, ast.Name)
        function = self.functions[call.func.id]
        number = next(self.numbers)
        own: dict[str, ast.expr] = {name: ast.Name(f"{name}__{number}") for name in _written(function.body)}
        start: list[ast.stmt] = []
        for name, value in zip(_parameters(function), call.args, strict=True):
            if name not in own and _is_cheap(value):
                own[name] = value
            else:
                own[name] = ast.Name(f"{name}__{number}")
                start.append(ast.Assign([ast.Name(f"{name}__{number}", ast.Store())], value, lineno=0))
        body = [Substitution(own).visit(copied(node)) for node in function.body]
        return start + self._ended(statement, body, f"{function.name.rpartition('__')[2]}__{number}")

    def _ended(self, statement: ast.stmt, body: list[ast.stmt], result: str) -> list[ast.stmt]:
        """Return the body of an expanded function with its result given to the statement that called it."""
        last = body[-1]
        returns = sum(isinstance(each, ast.Return) for node in body for each in ast.walk(node))
        if isinstance(statement, ast.Expr):
            return with_result(body, None)
        if returns == 1 and isinstance(last, ast.Return) and last.value is not None:
            statement.value = last.value  # type: ignore[attr-defined]
            return [*body[:-1], statement]
        statement.value = ast.Name(result, ast.Load())  # type: ignore[attr-defined]
        return [*with_result(body, result), statement]
