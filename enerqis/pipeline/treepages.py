"""The pages of the Global Database that are drawn from a project: a page each, as data, one function a sort.

They hold what the project's files say at the time: conf/ and its headers, data/metrics with its receipts, manifests of what
was ingested here, and the governed files. What was not computed in this copy is said to be missing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from enerqis.compose.catalogue import summary
from enerqis.compose.decision import read_decision
from enerqis.compose.experiments import load_params, names, resolve_dataset
from enerqis.compose.yaml_text import load_text
from enerqis.core.errors import DataError
from enerqis.governance.twins import payload_of
from enerqis.ingestion.manifest import read_manifest
from enerqis.io.project import Project
from enerqis.spec.globaldb import Drawn
from enerqis.spec.twin import Cell, Content, Section, Table, Text

Drawing = tuple[str, str, Content]
"""Stem of the file, kind of document, content."""

INDEX = "README"
NOTHING = "Nothing yet."


def payload(content: Content) -> str:
    """Return the canonical payload of a page."""
    return payload_of(content)


def pages(project: Project, sort: Drawn) -> list[Drawing]:
    """Return the pages of one sort, by stem.

    Raises
    ------
    ConfigError
        If a file of conf/ is wrong.
    DataError
        If a file under data/ or .cbr/ cannot be read.
    """
    draw = {
        "datasets": _datasets,
        "strategies": _strategies,
        "experiments": _experiments,
        "models": _models,
        "reports": _reports,
        "risk": _risk,
        "register": _register,
    }
    return list(draw[sort](project))


def index(title: str, documents: Mapping[str, tuple[str, str]]) -> Content:
    """Return the index of a folder.

    Parameters
    ----------
    title : str
        What the folder holds.
    documents : mapping
        Kind and title by file name.
    """
    rows = tuple((f"[{name}]({name})", doc_type, each) for name, (doc_type, each) in sorted(documents.items()))
    return Content(title=title, sections=(_section(0, "", ("document", "kind", "title"), rows),))


def _datasets(project: Project) -> Iterator[Drawing]:
    for name in names(project, "dataset"):
        spec = resolve_dataset(project, name)
        fields = {
            "description": spec.description,
            "connector": spec.connector.kind,
            "symbols": ", ".join(spec.symbols),
            "frequency": spec.frequency,
            "calendar": spec.calendar,
            "spec": f"conf/dataset/{name}.yaml",
        }
        folder = project.data / "processed" / name
        sections: tuple[Section, ...] = (_note("Content", "Not ingested in this copy of the project."),)
        if (folder / "manifest.json").is_file():
            fields, sections = _ingested(folder, fields)
        yield name, "dataset", Content(title=name, fields=_filled(fields), sections=sections)


def _ingested(folder: Path, fields: dict[str, Any]) -> tuple[dict[str, Any], tuple[Section, ...]]:
    manifest = read_manifest(folder)
    facts = {
        "content_sha256": manifest.data_sha256,
        "first_ts_open": manifest.first_ts_open,
        "last_ts": manifest.last_ts,
    }
    sources = tuple((each.name, each.sha256, each.size) for each in manifest.sources)
    symbols = tuple(
        (name, each.bars, each.first_ts_open, each.last_ts, each.sessions_missing)
        for name, each in sorted(manifest.symbols.items())
    )
    return {**fields, **facts}, (
        _section(2, "Sources", ("file", "sha256", "bytes"), sources),
        _section(2, "Rows", ("what became of them", "rows"), tuple(manifest.rows.model_dump().items())),
        _section(2, "Symbols", ("symbol", "bars", "first open", "last close", "sessions missing"), symbols),
    )


def _strategies(project: Project) -> Iterator[Drawing]:
    for path in sorted((project.conf / "strategy").glob("*.yaml")):
        values = load_text(path.read_text(encoding="utf-8")) or {}
        decided = read_decision(path, project.relative(path))
        fields = {"kind": values.get("kind", ""), "summary": summary(path), "spec": project.relative(path)}
        if decided:
            markets = ", ".join(decided.markets)
            fields |= {**decided.model_dump(mode="json"), "markets": markets}
        rows = _leaves({key: value for key, value in values.items() if key != "kind"})
        yield (
            path.stem,
            "strategy",
            Content(
                title=path.stem, fields=_filled(fields), sections=(_section(2, "Parameters", ("key", "value"), rows),)
            ),
        )


def _experiments(project: Project) -> Iterator[Drawing]:
    for name, entry in sorted(load_params(project).experiments.items()):
        path = project.conf / "experiment" / f"{name}.yaml"
        found = _metrics(project, name)
        receipt = found.get("receipt", {})
        run = _json_or_nothing(project, project.data / "backtest" / name / "receipt.json")
        fields = {
            "question": summary(path),
            "dataset": entry.dataset,
            "spec": project.relative(path),
            "run_id": run.get("stage_id", ""),
            "run_result_sha256": run.get("result_sha256", ""),
            "report_stage_id": receipt.get("stage_id", ""),
            "report_result_sha256": receipt.get("result_sha256", ""),
        }
        sections = [
            _section(2, part.capitalize(), ("figure", "value"), _leaves(found[part]))
            for part in ("metrics", "validation")
            if found.get(part)
        ]
        sections.append(_section(2, "Identity", ("component", "value"), _leaves(receipt.get("identity", {}))))
        yield name, "experiment", Content(title=name, fields=_filled(fields), sections=tuple(sections))


def _reports(project: Project) -> Iterator[Drawing]:
    for name in sorted(load_params(project).experiments):
        receipt = _metrics(project, name).get("receipt", {})
        fields = {
            "page": f"data/report/{name}/index.html",
            "figures": f"data/metrics/{name}.json",
            "stage_id": receipt.get("stage_id", ""),
            "result_sha256": receipt.get("result_sha256", ""),
        }
        yield name, "report", Content(title=f"Report of {name}", fields=_filled(fields))


def _models(project: Project) -> Iterator[Drawing]:
    for record in _records(project, "model"):
        stem = f"{record['name']}_{record['identity'][:12]}"
        yield (
            stem,
            "model",
            Content(
                title=record["name"], fields=_filled({key: value for key, value in record.items() if key != "name"})
            ),
        )


def _risk(project: Project) -> Iterator[Drawing]:
    for path in sorted((project.conf / "risk").glob("*.yaml")):
        rows = _leaves(load_text(path.read_text(encoding="utf-8")) or {})
        fields = {"summary": summary(path), "spec": project.relative(path)}
        limits = _section(2, "Limits", ("limit", "value"), rows)
        yield path.stem, "risk_profile", Content(title=path.stem, fields=_filled(fields), sections=(limits,))


def _register(project: Project) -> Iterator[Drawing]:
    """Yield what the register holds, by state, and the gates as they stand."""
    rows = tuple(
        (each["kind"], each["name"], each["identity"], each["state"], ", ".join(each["gates"]))
        for each in _records(project, "")
    )
    columns = ("kind", "name", "identity", "state", "gates passed")
    yield "registry", "register", Content(title="Registry", sections=(_section(0, "", columns, rows),))
    path = project.root / ".cbr" / "acceptance_gates.yaml"
    gates = (load_text(path.read_text(encoding="utf-8")) or {}).get("gates", {}) if path.is_file() else {}
    rows = tuple(
        (name, *(_cell(gate.get(key, "")) for key in ("value", "comparison", "threshold", "reason")))
        for name, gate in sorted(gates.items())
    )
    columns = ("gate", "value", "comparison", "threshold", "reason")
    yield "gates", "register", Content(title="Acceptance gates", sections=(_section(0, "", columns, rows),))


def _records(project: Project, kind: str) -> list[dict[str, Any]]:
    """Return the register's records of one kind, or of all; none where there is no register."""
    content = _json_or_nothing(project, project.root / ".cbr" / "registry.json")
    records = [each for each in content.get("records", ()) if each and "kind" in each]
    return [each for each in records if not kind or each["kind"] == kind]


def _metrics(project: Project, name: str) -> dict[str, Any]:
    return _json_or_nothing(project, project.data / "metrics" / f"{name}.json")


def _json_or_nothing(project: Project, path: Path) -> dict[str, Any]:
    """Return the object that a file holds, nothing where there is no file."""
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as exc:
        raise DataError(f"{project.relative(path)}: not JSON: {exc}. Take the file from git.") from exc
    if not isinstance(content, dict):
        raise DataError(f"{project.relative(path)}: no JSON object. Take the file from git.")
    return content


def _section(level: int, heading: str, columns: tuple[str, ...], rows: tuple[tuple[Cell, ...], ...]) -> Section:
    block = Table(columns=columns, rows=rows) if rows else Text(text=NOTHING)
    return Section(level=level, heading=heading, blocks=(block,))


def _note(heading: str, text: str) -> Section:
    return Section(level=2, heading=heading, blocks=(Text(text=text),))


def _leaves(tree: Mapping[str, Any], prefix: str = "") -> tuple[tuple[Cell, ...], ...]:
    """Return dotted key and value of every leaf of a tree, in its order."""
    found: list[tuple[Cell, ...]] = []
    for key, value in tree.items():
        if isinstance(value, Mapping):
            found += _leaves(value, f"{prefix}{key}.")
        else:
            found.append((f"{prefix}{key}", _cell(value)))
    return tuple(found)


def _cell(value: Any) -> Cell:
    """Return a value as one line of a document."""
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    return "" if value is None else " ".join(str(value).split())


def _filled(fields: Mapping[str, Any]) -> dict[str, Cell]:
    """Return the fields that say something."""
    return {key: cell for key, value in fields.items() if (cell := _cell(value)) != ""}
