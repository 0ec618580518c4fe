"""Gather the portable functions that a kernel needs, with all that they refer to, as text of one module.

Functions are taken by their syntax tree, stripped of annotations and docstrings, and renamed ``MODULE__NAME`` so that two
modules may use the same name. Named tuples and numeric constants come along. Nothing else may be referred to.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import math
import sys
from collections.abc import Callable, Mapping
from types import FunctionType, ModuleType
from typing import Any

from enerqis.core.errors import PluginError
from enerqis.engines.copying import copied
from enerqis.engines.specialise import specialised

HOLES = "enerqis.engines.hooks"
"""Module whose functions the generator writes itself, under their own names."""


def is_named_tuple(value: Any) -> bool:
    """Return whether `value` is a named-tuple class."""
    return inspect.isclass(value) and issubclass(value, tuple) and hasattr(value, "_fields")


def literal(value: float | tuple[float, ...]) -> str:
    """Return the text of a number or a tuple of numbers."""
    if isinstance(value, tuple):
        return "(" + "".join(f"{literal(item)}, " for item in value) + ")"
    if isinstance(value, float) and not math.isfinite(value):
        return "math.nan" if math.isnan(value) else ("math.inf" if value > 0 else "-math.inf")
    return repr(value)


def is_number(value: Any) -> bool:
    """Return whether `value` is a number, or a tuple of numbers."""
    return isinstance(value, bool | int | float) or (isinstance(value, tuple) and all(is_number(v) for v in value))


class Closure:
    """Definitions gathered so far, each after those it needs.

    Parameters
    ----------
    facts : mapping of str to bool
        What `specialised` puts in the place of ``k.NAME``.
    """

    def __init__(self, facts: Mapping[str, bool]) -> None:
        self.facts = facts
        self.definitions: dict[str, str] = {}
        self._trees: dict[str, dict[str, ast.FunctionDef]] = {}

    def add(self, value: Any, module: str, name: str) -> str:
        """Add a function, a named tuple or a constant and return the name it has in the generated module.

        Raises
        ------
        PluginError
            If it is nothing a kernel can hold.
        """
        if isinstance(value, FunctionType):
            return self._add_function(value)
        if is_named_tuple(value):
            mangled = mangle(value.__module__, value.__name__)
            self.definitions.setdefault(mangled, f"{mangled} = namedtuple({mangled!r}, {value._fields!r})")
            return mangled
        if is_number(value):
            mangled = mangle(module, name)
            self.definitions.setdefault(mangled, f"{mangled} = {literal(value)}")
            return mangled
        raise PluginError(
            f"{module}: '{name}' is a {type(value).__name__}, which a kernel cannot hold. "
            "Allowed: functions, named tuples, numbers, the module math."
        )

    def _add_function(self, function: FunctionType) -> str:
        if function.__module__ == HOLES:
            return function.__name__
        mangled = mangle(function.__module__, function.__name__)
        if mangled not in self.definitions:
            self.definitions[mangled] = ""
            node = specialised(bare(self._tree(function)), self.facts)
            node.name = mangled
            node = Renamer(self, function, local_names(node)).visit(node)
            text = "@inner\n" + ast.unparse(ast.fix_missing_locations(node))
            del self.definitions[mangled]
            self.definitions[mangled] = text
        return mangled

    def _tree(self, function: FunctionType) -> ast.FunctionDef:
        """Return a fresh syntax tree of a function defined at the top of its module."""
        module = function.__module__
        if module not in self._trees:
            tree = ast.parse(inspect.getsource(sys.modules[module]))
            self._trees[module] = {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef)}
        if function.__name__ not in self._trees[module]:
            raise PluginError(f"{module}: '{function.__qualname__}' is not defined at the top of its module")
        return copied(self._trees[module][function.__name__])


class Renamer(ast.NodeTransformer):
    """Rename what a function refers to outside itself, and gather it."""

    def __init__(self, closure: Closure, function: FunctionType, local: frozenset[str]) -> None:
        self.closure = closure
        self.function = function
        self.local = local

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Rename a global."""
        if node.id in self.local:
            return node
        if node.id in self.function.__globals__:
            value = self.function.__globals__[node.id]
            if value is math:
                return node
            return ast.Name(self.closure.add(value, self.function.__module__, node.id), node.ctx)
        if hasattr(builtins, node.id):
            return node
        raise PluginError(f"{self.function.__module__}.{self.function.__name__}: unknown name '{node.id}'")

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """Resolve ``module.name``."""
        if isinstance(node.value, ast.Name) and node.value.id not in self.local:
            owner = self.function.__globals__.get(node.value.id)
            if isinstance(owner, ModuleType) and owner is not math:
                return ast.Name(self.closure.add(getattr(owner, node.attr), owner.__name__, node.attr), node.ctx)
        self.generic_visit(node)
        return node


def mangle(module: str, name: str) -> str:
    """Return the name of ``module.name`` in a generated module."""
    return f"{module.replace('.', '_')}__{name}"


def bare(node: ast.FunctionDef) -> ast.FunctionDef:
    """Return the function without annotations, defaults' types, decorators and docstring."""
    node.returns = None
    node.decorator_list = []
    for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
        argument.annotation = None
    if ast.get_docstring(node) is not None:
        node.body = node.body[1:] or [ast.Pass()]
    return Unannotated().visit(node)  # type: ignore[no-any-return]


class Unannotated(ast.NodeTransformer):
    """Turn annotated assignments into plain ones."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt | None:
        """Keep the value, drop the annotation."""
        return None if node.value is None else ast.Assign([node.target], node.value, lineno=node.lineno)


def local_names(node: ast.FunctionDef) -> frozenset[str]:
    """Return arguments and assigned names of a function."""
    names = {argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
    names |= {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    return frozenset(names)


def gather(closure: Closure, function: Callable[..., Any]) -> str:
    """Add a function by itself and return its name in the generated module."""
    return closure.add(function, function.__module__, function.__name__)
