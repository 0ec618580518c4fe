"""Hashes of what a slice holds: its values, its code, its engine. It knows no group, so that stages may ask for them."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from enerqis.io.hashing import canonical, digest, digest_of_forms
from enerqis.io.plugins import package_folder
from enerqis.spec.base import Spec, identity_tree

SPEC_DOMAIN = "enerqis/spec/1"
CODE_DOMAIN = "enerqis/code-closure/1"
ENGINE_DOMAIN = "enerqis/engine/1"
NOT_CONFIG = ("execution", "seed")
"""Keys of a slice that are identity components of their own."""


class Forms:
    """The canonical forms of parts of specs. Points of a sweep share all parts but a few: those are read once."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[Any, bytes]] = {}

    def of(self, parts: Mapping[str, Any]) -> dict[str, bytes]:
        """Return the form of each part; a part that is the very object it was the last time is not read again."""
        return {name: self._form(name, part) for name, part in parts.items()}

    def _form(self, name: str, part: Any) -> bytes:
        if name not in self._last or self._last[name][0] is not part:
            self._last[name] = (part, canonical(identity_tree(part)))
        return self._last[name][1]


def spec_digest(stage: str, parts: Mapping[str, Any], forms: Forms | None = None) -> str:
    """Return the hash of what a stage reads, without what is a component of its own.

    Parameters
    ----------
    stage : str
    parts : mapping of str to Spec or plain JSON
    forms : Forms, optional
        What was read before; the hash is the same without.
    """
    determining = {key: part for key, part in parts.items() if key not in NOT_CONFIG}
    return digest_of_forms(SPEC_DOMAIN, {"stage": canonical(stage), **(forms or Forms()).of(determining)})


def code_digest(code: Mapping[str, str]) -> str:
    """Return the hash of a code closure: of the digest of every module, by name."""
    return digest(CODE_DOMAIN, dict(code))


def plain(value: Any) -> Any:
    """Return a part of a spec as plain JSON, defaults filled in."""
    if isinstance(value, Spec):
        return value.model_dump(mode="json", serialize_as_any=True)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def engine_digest(execution: Spec) -> str:
    """Return the hash of an execution spec and its engine's version."""
    engine = execution.engine  # type: ignore[attr-defined]  # Execution has it
    version = engine_version(package_folder() / "engines" / f"{engine}.py")
    return digest(ENGINE_DOMAIN, {"execution": identity_tree(execution), "version": version})


def engine_version(path: Path) -> str:
    """Return the constant ENGINE_VERSION of an engine's file, read without importing the engine."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == "ENGINE_VERSION" for t in node.targets
        ):
            return str(ast.literal_eval(node.value))
    raise ValueError(f"{path.name} has no ENGINE_VERSION")
