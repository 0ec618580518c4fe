"""JSON schemas of the YAML files, as they are before composition, generated from the models that validate after it.

A file may hold a part only: every key is optional, a value may be ``${key}`` or ``???``, and a ``defaults`` list may stand
beside the keys. What composes to a wrong spec all the same is found by validating.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from enerqis.compose.unions import models
from enerqis.io.atomic import write_text
from enerqis.io.project import Project
from enerqis.spec.approval import Approval
from enerqis.spec.approvers import Approvers
from enerqis.spec.audit_log import AuditFile
from enerqis.spec.base import Spec
from enerqis.spec.documents import GovernedDocuments
from enerqis.spec.gates import AcceptanceGates
from enerqis.spec.header import Header
from enerqis.spec.package import PackageManifest
from enerqis.spec.params import ProjectParams
from enerqis.spec.registry import Registry
from enerqis.spec.repository import Repository
from enerqis.spec.roadmap import Roadmap
from enerqis.spec.secrets import SecretsFile
from enerqis.spec.tree import BaselineFile, TreeManifest
from enerqis.spec.trials import TrialFile
from enerqis.spec.twin import Twin

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SUFFIX = ".schema.json"
PLACEHOLDER: Mapping[str, Any] = {
    "type": "string",
    "pattern": r"^\?\?\?$|\$\{",
    "description": "set elsewhere (???), or ${key} of another value",
}
DEFAULTS: Mapping[str, Any] = {
    "type": "array",
    "description": "files that are merged before this one",
    "items": {"type": ["string", "object"]},
}
WHOLE_FILES: Mapping[str, type[Spec]] = {
    "acceptance_gates": AcceptanceGates,
    "approval": Approval,
    "approvers": Approvers,
    "audit_log": AuditFile,
    "baseline": BaselineFile,
    "documents": GovernedDocuments,
    "header": Header,
    "package_manifest": PackageManifest,
    "params": ProjectParams,
    "registry": Registry,
    "repository": Repository,
    "roadmap": Roadmap,
    "secrets": SecretsFile,
    "tree": TreeManifest,
    "trials": TrialFile,
    "twin": Twin,
}
"""Files that are not composed but read as they stand, by the name of their schema."""
TITLES: Mapping[str, str] = {"params": "params.yaml", "trials": "trials of a dataset"}
KEPT = ("description", "default")
"""Words of a property that stay outside when its schema moves into a choice."""


def schemas(project: Project) -> dict[str, dict[str, Any]]:
    """Return every schema of `project` by file name; the same for the same models and plug-ins."""
    found = models(project)
    named: dict[str, Any] = {name: uncomposed(model, name) for name, model in found.groups.items()}
    named["experiment"] = uncomposed(found.experiment, "experiment")
    named["config"] = uncomposed(found.experiment, "config")
    for name, model in WHOLE_FILES.items():
        title = {"title": TITLES.get(name, name.replace("_", " "))}
        named[name] = {"$schema": DIALECT, **_tidy(TypeAdapter(model).json_schema()), **title}
    return {f"{name}{SUFFIX}": schema for name, schema in sorted(named.items())}


def uncomposed(model: Any, name: str) -> dict[str, Any]:
    """Return the schema of a YAML file that holds `model` or a part of it."""
    whole = TypeAdapter(model).json_schema()
    loose = _loose(whole, whole.get("$defs", {}))
    loose["properties"] = {"defaults": dict(DEFAULTS), **loose["properties"]}
    loose["type"] = ["object", "null"]
    return {"$schema": DIALECT, "title": f"ENERQIS {name}", **loose, "$defs": {"placeholder": dict(PLACEHOLDER)}}


def text(schema: Mapping[str, Any]) -> str:
    """Return a schema as its file holds it."""
    return json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def write_schemas(project: Project) -> list[str]:
    """Write what is stale, remove what is stray, and return the names of both, sorted."""
    changed = stale(project)
    wanted = schemas(project)
    for name in changed:
        if name in wanted:
            write_text(project.schemas / name, text(wanted[name]))
        else:
            (project.schemas / name).unlink()
    return changed


def stale(project: Project) -> list[str]:
    """Return the names of schema files that are missing, differ from what the models give, or belong to no model."""
    wanted = {name: text(schema) for name, schema in schemas(project).items()}
    present = {path.name: path.read_text(encoding="utf-8") for path in project.schemas.glob(f"*{SUFFIX}")}
    return sorted(name for name in wanted.keys() | present.keys() if wanted.get(name) != present.get(name))


def _loose(node: dict[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema with every reference put in its place, every key optional and every value replaceable."""
    if "$ref" in node:
        target = definitions[node["$ref"].rpartition("/")[2]]
        return _loose({**target, **{key: value for key, value in node.items() if key != "$ref"}}, definitions)
    if "oneOf" in node and "discriminator" in node:
        described = {key: node[key] for key in KEPT if key in node}
        return {
            **_merged([_loose(each, definitions) for each in node["oneOf"] if each != {"type": "null"}]),
            **described,
        }
    loose: dict[str, Any] = _tidy(
        {key: value for key, value in node.items() if key not in ("required", "$defs", "title")}
    )
    if "properties" in loose:
        loose["properties"] = {
            key: _replaceable(_loose(value, definitions)) for key, value in node["properties"].items()
        }
    for word in ("items", "additionalProperties"):
        if isinstance(loose.get(word), dict):
            loose[word] = _replaceable(_loose(node[word], definitions))
    if "patternProperties" in loose:
        loose["patternProperties"] = {
            pattern: _replaceable(_loose(value, definitions)) for pattern, value in node["patternProperties"].items()
        }
    for word in ("anyOf", "oneOf", "allOf", "prefixItems"):
        if word in loose:
            loose[word] = [_loose(each, definitions) for each in node[word]]
    return loose


def _merged(kinds: list[dict[str, Any]]) -> dict[str, Any]:
    """Return one object schema for several kinds: any key of any kind, and with ``kind`` written those of that kind."""
    keys: dict[str, list[dict[str, Any]]] = {}
    for each in kinds:
        for key, value in each["properties"].items():
            if value not in keys.setdefault(key, []):
                keys[key].append(value)
    names = [each["properties"]["kind"]["const"] for each in kinds]
    properties = {key: found[0] if len(found) == 1 else {"anyOf": found} for key, found in sorted(keys.items())}
    described = [{"const": each["properties"]["kind"]["const"], **_description(each)} for each in kinds]
    return {
        "type": "object",
        "properties": {**properties, "kind": {"description": "plug-in", "oneOf": described}},
        "additionalProperties": False,
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": name}}, "required": ["kind"]},
                "then": {"properties": {key: _of_kind(each, key, found) for key, found in keys.items()}},
            }
            for name, each in zip(names, kinds, strict=True)
        ],
    }


def _of_kind(kind: Mapping[str, Any], key: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what one kind says about a key: its own schema where kinds differ, nothing allowed where it has none."""
    if key not in kind["properties"]:
        return {"not": {}}
    own: dict[str, Any] = kind["properties"][key]
    return own if len(found) > 1 and key != "kind" else {}


def _description(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"description": schema["description"]} if "description" in schema else {}


def _replaceable(schema: dict[str, Any]) -> dict[str, Any]:
    """Return `schema` or a placeholder, save where any text is allowed anyway and for the kind, which is written out."""
    if "const" in schema or (schema.keys() - set(KEPT) == {"type"} and schema["type"] == "string"):
        return schema
    outside = {key: schema[key] for key in KEPT if key in schema}
    inside = {key: value for key, value in schema.items() if key not in KEPT}
    branches = inside["anyOf"] if inside.keys() == {"anyOf"} else [inside]
    return {**outside, "anyOf": [*branches, {"$ref": "#/$defs/placeholder"}]}


def _tidy(node: Any) -> Any:
    """Return a schema without generated titles and without references that only a default carries."""
    if isinstance(node, dict):
        return {key: _tidy(value) for key, value in node.items() if not (key == "title" and isinstance(value, str))}
    if isinstance(node, list):
        return [_tidy(each) for each in node]
    return node
