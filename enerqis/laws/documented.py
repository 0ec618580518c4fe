"""The law of documentation: every plug-in says what it is, what its parameters mean and what its functions return."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator

from enerqis.io.plugins import Kind
from enerqis.spec.base import Spec


def undocumented(kind: Kind, params: type[Spec] | None) -> list[str]:
    """Return what lacks a docstring, or a description, in the file of `kind`."""
    tree = ast.parse(kind.path.read_text(encoding="utf-8"))
    missing = [] if ast.get_docstring(tree) else ["the module has no docstring"]
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            missing += [] if ast.get_docstring(node) else [f"{node.name} has no docstring"]
    return missing + list(_undescribed(params) if params else ())


def _undescribed(params: type[Spec]) -> Iterator[str]:
    for name, field in params.model_fields.items():
        if name != "kind" and not field.description:
            yield f"{params.__name__}.{name} has no description: Field(..., description=...)"
    if inspect.getdoc(params) == inspect.getdoc(Spec):
        yield f"{params.__name__} has no docstring"
