"""The stages of ``dvc.yaml`` opened over ``params.yaml``, and what ``dvc.lock`` recorded of each, as DVC reads them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

VARIABLE = re.compile(r"\$\{([^}]+)\}")
BASE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
IGNORED = ("__pycache__/", ".pyc")
"""What ``.dvcignore`` of a project leaves out of a folder's hash."""


class _Loader(BASE):  # type: ignore[misc,valid-type]  # the quick loader where libyaml is there, else the plain one
    """YAML 1.2's plain scalars, which DVC writes: ``no`` and ``2004-08-19`` are text, ``1e-05`` is a number."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^[-+]?(?:[0-9]*\.[0-9]+|[0-9]+\.?)(?:[eE][-+]?[0-9]+)?$|^[-+]?\.(?:inf|nan)$", "-+.0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


@dataclass(frozen=True)
class GraphStage:
    """One stage, opened: what DVC compares before it runs it.

    Parameters
    ----------
    cmd : str
    deps : dict of path to str or None
        Hash of each dependency where it is known.
    params : dict of file to plain data
        Values that it depends on; for a stage that was not looked up yet the keys, or None for a whole file.
    outs : dict of path to str or None
        Hash of each output where it is known.
    """

    cmd: str
    deps: dict[str, str | None]
    params: dict[str, Any]
    outs: dict[str, str | None]


def graph_stages(graph: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, GraphStage]:
    """Return every stage by name, ``backtest@NAME`` where it is opened for a name; hashes and values are not looked up."""
    return {name: _opened(body, names) for name, body, names in _bodies(graph, params)}


def locked_stages(lock_text: str) -> dict[str, GraphStage]:
    """Return what ``dvc.lock`` recorded of each stage, by name; none of an empty text.

    Raises
    ------
    yaml.YAMLError
        If it is not YAML.
    """
    content = yaml.load(lock_text, Loader=_Loader) or {}  # a SafeLoader underneath: plain data only
    return {
        name: GraphStage(
            cmd=str(entry.get("cmd", "")),
            deps={each["path"]: each.get("md5") for each in entry.get("deps", ())},
            params=dict(entry.get("params", {})),
            outs={each["path"]: each.get("md5") for each in entry.get("outs", ())},
        )
        for name, entry in content.get("stages", {}).items()
    }


def dvc_hash(path: str, files: Mapping[str, bytes]) -> str | None:
    """Return DVC's hash of the file or folder `path`, given the content of files by path; None where there are none."""
    if path in files:
        return hashlib.md5(files[path], usedforsecurity=False).hexdigest()
    rows = [
        {"md5": hashlib.md5(content, usedforsecurity=False).hexdigest(), "relpath": name.removeprefix(f"{path}/")}
        for name, content in files.items()
        if name.startswith(f"{path}/") and not any(each in name for each in IGNORED)
    ]
    if not rows:
        return None
    listing = json.dumps(sorted(rows, key=lambda row: row["relpath"]), sort_keys=True)
    return hashlib.md5(listing.encode(), usedforsecurity=False).hexdigest() + ".dir"


def _bodies(
    graph: Mapping[str, Any], params: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any], dict[str, Any]]]:
    """Yield name, body and the variables of every stage."""
    for name, body in (graph.get("stages") or {}).items():
        if "foreach" not in body:
            yield name, body, dict(params)
            continue
        over = body["foreach"]
        items = params.get(VARIABLE.sub(r"\1", over)) if isinstance(over, str) else over
        pairs = items.items() if isinstance(items, Mapping) else ((each, each) for each in items or ())
        for key, item in pairs:
            yield f"{name}@{key}", body["do"], {**params, "key": key, "item": item}


def _opened(body: Mapping[str, Any], names: Mapping[str, Any]) -> GraphStage:
    params: dict[str, Any] = {}
    for each in body.get("params", ()):
        if isinstance(each, str):
            params.setdefault("params.yaml", []).append(each)
        else:
            params |= {_filled(file, names): keys for file, keys in each.items()}
    outs = [each for key in ("outs", "metrics", "plots") for each in body.get(key, ())]
    places = [next(iter(each)) if isinstance(each, dict) else str(each) for each in outs]
    return GraphStage(
        cmd=_filled(str(body["cmd"]), names),
        deps={_filled(each, names): None for each in body.get("deps", ())},
        params=params,
        outs={_filled(each, names): None for each in places},
    )


def _filled(text: str, names: Mapping[str, Any]) -> str:
    """Return a text with its ``${...}`` replaced; one that names nothing stays as it is."""

    def value(match: re.Match[str]) -> str:
        found: Any = names
        for step in match[1].strip().split("."):
            if not isinstance(found, Mapping) or step not in found:
                return match[0]
            found = found[step]
        return str(found)

    return VARIABLE.sub(value, text)
