"""The Python API: resolve and run an experiment from a notebook, with the same ids and hashes as `dvc repro`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enerqis.compose.experiments import compose_experiment, dataset_name, resolve_experiment, validate_placed
from enerqis.compose.freezing import COUNTERPART, freeze_dataset, freeze_experiment
from enerqis.compose.matching import allowed_values
from enerqis.compose.validating import validate
from enerqis.core.errors import ConfigError, Problem, SetupError
from enerqis.core.groups import EXPERIMENT_STAGES
from enerqis.io.locks import shared
from enerqis.io.project import Project
from enerqis.pipeline.flow import run_experiment
from enerqis.pipeline.records import Outputs
from enerqis.pipeline.resolve import pins_of
from enerqis.pipeline.runner import Done, Runner

if TYPE_CHECKING:
    import pyarrow as pa

    from enerqis.compose.unions import AnyExperiment


TABLES = ("orders", "fills", "equity", "positions", "targets")
"""Tables that a backtest writes."""


def _silent(line: str) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class Run:
    """A finished experiment.

    Parameters
    ----------
    experiment : str
    spec : Spec
        The resolved experiment.
    dataset : str
        Name of its dataset.
    stages : dict of str to Done
        What each stage gave, in the order of the flow.
    """

    experiment: str
    spec: AnyExperiment
    dataset: str
    stages: dict[str, Done]

    @property
    def run_id(self) -> str:
        """Stage id of the backtest."""
        return self.stages["backtest"].stage_id

    @property
    def result_sha256(self) -> str:
        """Hash of orders, fills and equity."""
        return self.stages["backtest"].result_sha256

    @property
    def report(self) -> Path:
        """The page a person reads, in the store; without overrides a copy lies under ``data/report``."""
        return self.stages["report"].folder / "page" / "index.html"

    @property
    def metrics(self) -> dict[str, float]:
        """Figures by name."""
        import json

        content = json.loads((self.stages["report"].folder / "metrics.json").read_text(encoding="utf-8"))
        figures: dict[str, float] = content["metrics"]
        return figures

    @property
    def parity(self) -> dict[str, Any]:
        """What holding the run against the other engine gave, as the stage `parity` writes it; empty where it was not held."""
        return self._written("parity", "parity.json")

    @property
    def validation(self) -> dict[str, Any]:
        """What the stage `validate` found, leaks among it; empty where the run was not validated."""
        return self._written("validate", "validation.json")

    @property
    def gates(self) -> dict[str, Any]:
        """What the gates say of the run, as the stage `gate` writes it; empty where none was held against it."""
        return self._written("gate", "gate.json")

    @property
    def manifest(self) -> dict[str, Any]:
        """What ingestion found in the data: rows received, kept and rejected, by rule and by symbol."""
        import json

        content: dict[str, Any] = json.loads((self.stages["ingest"].parts["processed"] / "manifest.json").read_bytes())
        return content

    def _written(self, stage: str, file: str) -> dict[str, Any]:
        """Return a JSON file of a stage; empty where the run had not this stage."""
        import json

        if stage not in self.stages:
            return {}
        content: dict[str, Any] = json.loads((self.stages[stage].folder / file).read_text(encoding="utf-8"))
        return content

    def table(self, name: str) -> pa.Table:
        """Return a table of the backtest: orders, fills, equity, positions or targets; columns as in `core.tables`.

        Raises
        ------
        SetupError
            If a backtest has no such table.
        """
        from enerqis.core import tables
        from enerqis.io.parquet import read_table

        if name not in TABLES:
            raise SetupError(f"table '{name}': a backtest has none of this name.{allowed_values(name, TABLES)}")
        return read_table(self.stages["backtest"].folder / f"{name}.parquet", getattr(tables, name.upper()))

    def __repr__(self) -> str:
        """Say which run it is, in a line: a notebook shows it after each cell."""
        return f"Run({self.experiment!r}, run_id='{self.run_id[:12]}', result_sha256='{self.result_sha256[:12]}')"


def resolve(experiment: str, overrides: Sequence[str] = (), *, project: Path | None = None) -> AnyExperiment:
    """Return the resolved, validated spec of an experiment.

    Parameters
    ----------
    experiment : str
        Stem of a file in ``conf/experiment``.
    overrides : sequence of str
        In Hydra's grammar: ``strategy.fast_bars=20``, ``cost=none``.
    project : Path, optional
        A folder of the project; the working directory by default.

    Raises
    ------
    ConfigError
        With every problem at once.
    """
    return resolve_experiment(Project.find(project), experiment, overrides)


@dataclass
class Watch:
    """What is told of a run while it goes on.

    Parameters
    ----------
    say : callable
        Takes one line of progress.
    on_stage : callable
        Takes the name of the stage that starts.
    """

    say: Callable[[str], None] = field(default=_silent)
    on_stage: Callable[[str], None] = field(default=_silent)


def run(
    experiment: str, overrides: Sequence[str] = (), *, project: Path | None = None, watch: Watch | None = None
) -> Run:
    """Resolve an experiment and run its whole pipeline in this process.

    Without overrides the results are also placed under ``data/``, as `dvc repro` does; with overrides they stay in the
    store, the run is not held against the other engine (`parity` does that), and it is validated only where an override
    chooses a cross-validation.

    Raises
    ------
    EnerqisError
        If the spec has a problem or a stage fails; finished results stay.
    """
    return _run(experiment, overrides, project, watch, stages=None, place=not overrides)


def parity(
    experiment: str,
    overrides: Sequence[str] = (),
    *,
    engines: tuple[str, str] | None = None,
    project: Path | None = None,
    watch: Watch | None = None,
) -> Run:
    """Run an experiment on two engines and hold the results against each other; its stage `parity` says what came out.

    Parameters
    ----------
    experiment, overrides, project, watch
        As for `run`.
    engines : pair of str, optional
        Default: the spec's own, then its counterpart.

    Raises
    ------
    ConfigError
        If the engines are not an engine and its counterpart, or the spec has a problem.
    """
    words = list(overrides)
    if engines is not None:
        if COUNTERPART.get(engines[0]) != engines[1]:
            allowed = "; ".join(",".join(pair) for pair in COUNTERPART.items())
            raise ConfigError(
                [Problem("<command line>", "engines", f"{','.join(engines)}: not two engines. Allowed: {allowed}")]
            )
        words.append(f"execution.engine={engines[0]}")
    return _run(experiment, words, project, watch, stages=("features", "backtest", "parity"), place=not words)


def _run(
    experiment: str,
    overrides: Sequence[str],
    project: Path | None,
    watch: Watch | None,
    *,
    stages: Sequence[str] | None,
    place: bool,
) -> Run:
    """Resolve an experiment and run some stages of it; None = those that `run` has."""
    found = Project.find(project)
    seen = watch or Watch()
    composed = compose_experiment(found, experiment, overrides)
    spec = validate(composed, found) if overrides else validate_placed(composed, found)
    dataset = freeze_dataset(found, spec.dataset)
    slices = freeze_experiment(found, experiment, spec, dataset=dataset_name(composed))
    runner = Runner(found, pins_of([dataset, *slices.values()]), seen.say, spec.tracking.ledger_uri)
    dataset_stem = dataset_name(composed)
    with shared(found.store_lock):
        done = run_experiment(
            runner,
            experiment,
            dataset=dataset_stem,
            dataset_document=dataset.document,
            documents={stage: frozen.document for stage, frozen in slices.items()},
            place=place,
            on_stage=seen.on_stage,
            stages=_stages_of(overrides) if stages is None else stages,
        )
    return Run(experiment, spec, dataset_stem, done)


def _stages_of(overrides: Sequence[str]) -> tuple[str, ...]:
    """Return the stages of a run: a try-out is not held against the other engine, and validated only where it says how."""
    names_cv = any(re.split(r"[=.@]", word.lstrip("+~"))[0] == "cv" for word in overrides)
    left_out = {"parity", "gate"} | (set() if names_cv else {"validate"}) if overrides else set()
    return tuple(stage for stage in EXPERIMENT_STAGES if stage not in left_out)


def track(done: Run, *, project: Path | None = None) -> str:
    """Log a finished run to the tracker of its spec, unless it is known there; return a line that says so."""
    from enerqis.pipeline import track as stage

    outputs = Outputs.of_run(done.stages, experiment=done.experiment, dataset=done.dataset)
    return stage.log([outputs], done.spec.tracking, Project.find(project))
