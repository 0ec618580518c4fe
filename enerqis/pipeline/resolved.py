"""What `resolve` left under ``data/spec``, as the other stages read it: without anything that composes specs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from enerqis.core.errors import StageError
from enerqis.core.groups import SWEEP_STAGES
from enerqis.io.project import Project
from enerqis.spec.slices import SliceDocument

INDEX_FILE = "index.json"
TRACK_FILE = "track.json"


@dataclass(frozen=True)
class Index:
    """What `resolve` says beside the slices.

    Parameters
    ----------
    pins : dict
        ``code`` and ``environment``: what each hash in a slice was made of.
    datasets : dict of str to str
        Dataset of every experiment.
    sweeps : dict of str to str
        Experiment of every sweep.
    ledgers : dict of str to str
        Where the trials of every experiment are counted.
    """

    pins: dict[str, dict[str, dict[str, str]]]
    datasets: dict[str, str]
    sweeps: dict[str, str]
    ledgers: dict[str, str]


def slice_place(stage: str, name: str) -> str:
    """Return where under ``data/spec`` the slice of a stage lies; `name` is that of a dataset, an experiment or a sweep."""
    if stage == "ingest":
        return f"dataset/{name}.json"
    return f"{stage}/{name}.json" if stage in SWEEP_STAGES else f"{name}/{stage}.json"


def read_index(project: Project) -> Index:
    """Return what the last `resolve` wrote beside the slices.

    Raises
    ------
    StageError
        If nothing was resolved yet.
    """
    content = _read(project, INDEX_FILE)
    pins = {key: content[key] for key in ("code", "environment")}
    return Index(pins=pins, **{key: content[key] for key in ("datasets", "sweeps", "ledgers")})


def read_slice(project: Project, path: str) -> SliceDocument:
    """Return a slice under ``data/spec``, such as ``goog_sma_cross/backtest.json``.

    Raises
    ------
    StageError
        If it was not resolved yet.
    """
    return SliceDocument.model_validate(_read(project, path))


def _read(project: Project, path: str) -> dict[str, Any]:
    file = project.data / "spec" / path
    try:
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        raise StageError(f"{project.relative(file)}: not resolved yet. Run 'enerqis resolve' or 'dvc repro'.") from exc
    return content
