"""The pages of docs/strategies/: drawn from docstrings, Params, the declared indicators and the decisions in YAML headers."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import yaml

from enerqis.compose.decision import StrategyDecision, read_decision
from enerqis.compose.unions import kinds_of
from enerqis.compose.yaml_rules import META_LINE, PACKAGE_LINE, SCHEMA_LINE
from enerqis.interfaces.strategy import StrategyParams
from enerqis.io.atomic import write_text
from enerqis.io.plugins import Kind, load, params_class
from enerqis.io.project import Project
from enerqis.spec.base import Spec

FOLDER = "docs/strategies"
INDEX = "README.md"
DRAWN = "<!-- drawn by `enerqis docs`; change the code or the YAML header instead -->"
VERDICTS = {"go": "go forward", "hold": "wait for evidence", "drop": "are dropped, and kept as a record"}


class Settings(NamedTuple):
    """One YAML file of a strategy.

    Parameters
    ----------
    name : str
        Its stem: what an experiment chooses.
    title : str
        First line of its header.
    values : mapping
        Its keys.
    decision : StrategyDecision or None
    """

    name: str
    title: str
    values: Mapping[str, Any]
    decision: StrategyDecision | None


def pages(project: Project) -> dict[str, str]:
    """Return every page by file name: one a strategy that the project has settings for, and the index."""
    drawn: dict[str, str] = {}
    chosen: list[Settings] = []
    for name, kind in kinds_of("strategy", project.plugins).items():
        settings = list(_settings(project, name))
        if settings:
            drawn[f"{name}.md"] = _page(kind, settings)
            chosen += settings
    return {INDEX: _index(chosen), **drawn}


def write_pages(project: Project) -> list[str]:
    """Write what is stale, remove pages of no strategy, and return the names of both, sorted."""
    folder, drawn = project.root / FOLDER, pages(project)
    changed = stale_pages(project)
    for name in changed:
        if name in drawn:
            write_text(folder / name, drawn[name])
        else:
            (folder / name).unlink()
    return changed


def stale_pages(project: Project) -> list[str]:
    """Return the names of pages that are missing, differ from what would be drawn, or belong to no strategy."""
    folder, drawn = project.root / FOLDER, pages(project)
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    return sorted(name for name in {*drawn, *there} if drawn.get(name) != there.get(name))


def _settings(project: Project, kind: str) -> Iterator[Settings]:
    for path in sorted((project.conf / "strategy").glob(f"{kind}*.yaml")):
        if path.stem.partition("__")[0] == kind:
            shown = project.relative(path)
            text = path.read_text(encoding="utf-8")
            yield Settings(path.stem, _title(text), yaml.safe_load(text) or {}, read_decision(path, shown))


def _title(text: str) -> str:
    """Return the first comment line that is neither for Hydra nor for the editor."""
    for line in text.splitlines():
        if line.startswith("# ") and not any(each.match(line) for each in (META_LINE, PACKAGE_LINE, SCHEMA_LINE)):
            return line.removeprefix("# ").strip()
    return ""


def _page(kind: Kind, settings: list[Settings]) -> str:
    module, params = load(kind), params_class(kind, StrategyParams)
    assert params is not None
    parts = [
        f"# {kind.name}",
        DRAWN,
        _doc(module),
        _doc(params),
        _at_each_bar(module),
        f"Code: `{kind.shown}`. It decides {_shape(module)}.",
        "## What it looks at",
        _indicators(module, _example(params, settings)),
        "## Parameters",
        _parameters(params),
        *(part for each in settings for part in _decided(each)),
    ]
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def _doc(described: Any) -> str:
    """Return a docstring as Markdown: a numpydoc section becomes a bold line."""
    return re.sub(r"^(\w+)\n-+$", r"**\1**\n", inspect.getdoc(described) or "", flags=re.MULTILINE)


def _at_each_bar(module: Any) -> str:
    """Return what the strategy does at each bar; nothing where it has no `on_bar`."""
    return f"At each bar: {_lower(_doc(module.on_bar))}" if hasattr(module, "on_bar") else ""


def _shape(module: Any) -> str:
    if getattr(module, "SHAPE", "per_asset") == "cross_sectional":
        return "on all assets of the universe at once"
    return "on each asset by itself"


def _example(params: type[Spec], settings: list[Settings]) -> Spec:
    """Return the defaults, or the first file's settings where a field has none."""
    if any(field.is_required() for field in params.model_fields.values()):
        return params.model_validate_json(json.dumps(settings[0].values))
    return params()


def _indicators(module: Any, params: Spec) -> str:
    calls = module.indicators(params) if hasattr(module, "indicators") else {}
    if not calls:
        return "At nothing: no indicator is declared."
    rows = [
        (f"`{name}`", call.kind, ", ".join(f"`{each}`" for each in call.inputs), _numbers(call.arguments))
        for name, call in calls.items()
    ]
    return table(("name", "indicator", "reads", "arguments"), rows)


def _numbers(arguments: tuple[tuple[str, float], ...]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in arguments)


def _parameters(params: type[Spec]) -> str:
    rows = [
        (f"`{name}`", "" if field.is_required() else f"`{json.dumps(field.default)}`", field.description or "")
        for name, field in params.model_fields.items()
        if name != "kind"
    ]
    return table(("key", "default", "meaning"), rows)


def _decided(settings: Settings) -> Iterator[str]:
    yield f"## `strategy={settings.name}`"
    yield settings.title
    values = ", ".join(f"`{key}: {json.dumps(value)}`" for key, value in settings.values.items() if key != "kind")
    yield f"Sets {values}." if values else ""
    if settings.decision is None:
        yield "No decision is written in its header yet."
        return
    decided = settings.decision
    rows = [
        ("hypothesis", decided.hypothesis),
        ("markets", ", ".join(decided.markets)),
        ("horizon", decided.horizon),
        ("verdict", f"**{decided.verdict}**"),
        ("reason", decided.reason),
        ("date", decided.date.isoformat()),
    ]
    yield table(("decision", ""), rows)


def _index(settings: list[Settings]) -> str:
    parts = [
        "# Strategies",
        DRAWN,
        "One page a kind. The decision stands in the header of each file under `conf/strategy/`.",
    ]
    for verdict, meaning in VERDICTS.items():
        rows = [
            (f"[{each.name}]({each.name.partition('__')[0]}.md)", each.decision.hypothesis, each.decision.reason)
            for each in settings
            if each.decision and each.decision.verdict == verdict
        ]
        if rows:
            parts += [f"## {verdict}: {len(rows)} {meaning}", table(("settings", "hypothesis", "reason"), rows)]
    undecided = [f"- [{each.name}]({each.name.partition('__')[0]}.md)" for each in settings if not each.decision]
    if undecided:
        parts += ["## Undecided", "\n".join(undecided)]
    return "\n\n".join(parts) + "\n"


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Return a Markdown table; a bar inside a cell is escaped."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
