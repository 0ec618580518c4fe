"""The portable subset: what a kernel function may say, so that it means the same bits in Python, numba and C#.

Numbers, named tuples and arrays of fixed size; assignment, ``if``, ``for`` over ``range``; arithmetic, comparisons, ``and``,
``or``, ``not``; a few functions of ``math``; calls of other portable functions. Operators whose meaning differs between
languages for negative numbers (``%``, ``//``) or that call into libraries (``**``) are not in it.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

MATH = ("sqrt", "log", "exp", "pow", "floor", "ceil", "fabs", "isnan", "nan", "inf")
BUILTINS = ("int", "float", "len")
STATEMENTS = "assignment, if, for over range, return, a call"
EXPRESSIONS = "numbers, names, fields, array elements, + - * /, comparisons, and, or, not, x if c else y, calls"
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div)
COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)


class Fault(NamedTuple):
    """Something outside the subset, where it stands in its file."""

    line: int
    column: int
    message: str


class Findings(NamedTuple):
    """What reading one function gives: its faults, and the functions it calls."""

    faults: tuple[Fault, ...]
    calls: tuple[FunctionType, ...]


def read_function(tree: ast.FunctionDef, module: ModuleType) -> Findings:
    """Return the faults of a function of `module` and the functions of ENERQIS or of plug-ins that it calls."""
    reader = _Reader(module, _local_names(tree))
    reader.signature(tree)
    reader.block(tree.body)
    return Findings(tuple(reader.faults), tuple(reader.calls))


def is_ours(module_name: str) -> bool:
    """Return whether a module is part of ENERQIS or of a project's plug-ins."""
    return module_name.partition(".")[0] in ("enerqis", "enerqis_plugins")


def _local_names(tree: ast.FunctionDef) -> frozenset[str]:
    stored = (each.id for each in ast.walk(tree) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store))
    return frozenset((*(each.arg for each in tree.args.args), *stored))


class _Reader:
    """Reads one function, statement by statement."""

    def __init__(self, module: ModuleType, local_names: frozenset[str]) -> None:
        self.module = module
        self.local_names = local_names
        self.faults: list[Fault] = []
        self.calls: list[FunctionType] = []

    def fault(self, node: ast.stmt | ast.expr, what: str, allowed: str) -> None:
        self.faults.append(Fault(node.lineno, node.col_offset + 1, f"{what} is not portable. Allowed: {allowed}."))

    def signature(self, tree: ast.FunctionDef) -> None:
        found = tree.args
        if tree.decorator_list:
            self.fault(tree.decorator_list[0], "a decorator", "a plain function")
        if found.vararg or found.kwarg or found.kwonlyargs or found.posonlyargs or found.defaults:
            self.fault(tree, "an optional, starred or keyword-only argument", "plain arguments without defaults")

    def block(self, body: list[ast.stmt]) -> None:
        for statement in body:
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Pass() | ast.Expr(value=ast.Constant(value=str())) | ast.Return(value=None):
                pass
            case ast.Return(value=ast.expr() as value) | ast.Expr(value=ast.Call() as value):
                self.expression(value)
            case ast.Assign(targets=[ast.Name() | ast.Subscript() as target], value=value):
                self.expression(target)
                self.expression(value)
            case ast.AnnAssign(target=ast.Name(), value=ast.expr() as value):
                self.expression(value)
            case ast.AugAssign(target=ast.Name() | ast.Subscript() as target, op=operator, value=value):
                self.operator(node, operator)
                self.expression(target)
                self.expression(value)
            case ast.If(test=test, body=body, orelse=orelse):
                self.expression(test)
                self.block(body)
                self.block(orelse)
            case ast.For(
                target=ast.Name(),
                iter=ast.Call(func=ast.Name(id="range"), args=args, keywords=[]),
                body=body,
                orelse=[],
            ):
                for each in args:
                    self.expression(each)
                self.block(body)
            case ast.For():
                self.fault(node, "a loop over anything but range(...), or with an else", "for name in range(...)")
            case _:
                self.fault(node, f"the statement '{_head(node)}'", STATEMENTS)

    def expression(self, node: ast.expr) -> None:
        match node:
            case ast.Constant(value=bool() | int() | float()):
                pass
            case ast.Name(id=name):
                self.name(node, name)
            case ast.Attribute():
                self.attribute(node)
            case ast.Subscript(value=ast.Name() | ast.Attribute() as array, slice=index):
                self.index(index)
                self.expression(array)
            case ast.BinOp(left=left, op=operator, right=right):
                self.operator(node, operator)
                self.expression(left)
                self.expression(right)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() | ast.Not(), operand=operand):
                self.expression(operand)
            case ast.BoolOp(values=values):
                for each in values:
                    self.expression(each)
            case ast.Compare(left=left, ops=operators, comparators=others):
                if not all(isinstance(each, COMPARISONS) for each in operators):
                    self.fault(node, "is, is not, in or not in", "< <= > >= == != between numbers")
                for each in (left, *others):
                    self.expression(each)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                for each in (test, body, orelse):
                    self.expression(each)
            case ast.Call():
                self.call(node)
            case _:
                self.fault(node, f"'{ast.unparse(node)}'", EXPRESSIONS)

    def operator(self, node: ast.stmt | ast.expr, operator: ast.operator) -> None:
        if not isinstance(operator, OPERATORS):
            self.fault(node, f"the operator {type(operator).__name__}", "+ - * /, math.pow and math.floor")

    def index(self, node: ast.expr) -> None:
        if isinstance(node, ast.Slice | ast.Tuple):
            self.fault(node, "a slice or an index of several numbers", "one whole number as the index")
        else:
            self.expression(node)

    def name(self, node: ast.expr, name: str) -> None:
        """Accept a local name and a number that the module defines; nothing that could change between calls."""
        if name in self.local_names:
            return
        found = vars(self.module).get(name)
        if not isinstance(found, bool | int | float):
            self.fault(
                node,
                f"'{name}' (neither a local name nor a number)",
                "arguments, local names and numbers at the top of the module",
            )

    def attribute(self, node: ast.Attribute) -> None:
        root: ast.expr = node
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name):
            self.fault(node, f"'{ast.unparse(node)}'", "fields of named tuples")
        elif root.id not in self.local_names:
            found = self.looked_up(node)
            if not isinstance(found, bool | int | float) or (_is_math(self.module, node) and node.attr not in MATH):
                self.fault(
                    node,
                    f"'{ast.unparse(node)}'",
                    f"fields of arguments, math.{{{', '.join(MATH)}}}, numbers of modules",
                )

    def call(self, node: ast.Call) -> None:
        name = ast.unparse(node.func)
        for each in (*node.args, *(keyword.value for keyword in node.keywords)):
            self.expression(each)
        if name in BUILTINS and name not in vars(self.module):
            return
        if isinstance(node.func, ast.Attribute) and _is_math(self.module, node.func):
            if node.func.attr not in MATH:
                self.fault(node, f"'{name}'", f"math.{{{', '.join(MATH)}}}")
            return
        found = self.looked_up(node.func)
        if isinstance(found, FunctionType) and is_ours(found.__module__):
            self.calls.append(found)
        elif not (isinstance(found, type) and hasattr(found, "_fields") and is_ours(found.__module__)):
            self.fault(node, f"the call of '{name}'", f"portable functions, named tuples, {', '.join(BUILTINS)}, math")

    def looked_up(self, node: ast.expr) -> Any:
        """Return what a dotted name means in the module, or None."""
        if isinstance(node, ast.Name):
            return None if node.id in self.local_names else vars(self.module).get(node.id)
        if isinstance(node, ast.Attribute):
            owner = self.looked_up(node.value)
            return getattr(owner, node.attr, None) if isinstance(owner, ModuleType) else None
        return None


def _is_math(module: ModuleType, node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and vars(module).get(node.value.id) is math


def _head(node: ast.stmt) -> str:
    return ast.unparse(node).partition("\n")[0]


def functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield the functions at the top of a module, by name."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
