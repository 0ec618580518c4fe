"""The one door to MLflow: one MLflow run a finished experiment, never the same one twice.

Import and schema of MLflow cost seconds: it is imported inside, and only the `track` stage calls it. A run is looked up by
its identity before it is logged; one that was cut off while it was logged is taken up again.
"""

from __future__ import annotations

import json
import logging
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enerqis.core.errors import StageError
from enerqis.io import secrets
from enerqis.io.project import Project
from enerqis.spec.tracking import Tracking
from enerqis.tracking.record import RunRecord, SweepRecord
from enerqis.vaults.resolving import resolve

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import DatasetInput, Metric

IDENTITY_TAG = "enerqis.identity"
STAGE_TAG = "enerqis.stage_id."
DATASET_TAG = "enerqis.dataset_sha256"
PARENT_TAG = "mlflow.parentRunId"
"""MLflow's own: the run that a run is shown below."""

ARTIFACTS = "mlartifacts"
NANOSECONDS_PER_MILLISECOND = 1_000_000

SQLITE = "sqlite:///"
PARAMS_A_CALL = 100
"""Most parameters that MLflow takes in one call."""
PARAM_CHARACTERS = 6000
"""Longest parameter value that MLflow takes."""
DATASET_DIGEST_CHARACTERS = 36
"""Longest dataset digest that MLflow takes; the whole hash is in the tag `DATASET_TAG`."""

ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
}
"""No telemetry; a server that does not answer is said within seconds. What the user has set stands, telemetry excepted."""


@dataclass(frozen=True)
class Logged:
    """What became of one record.

    Parameters
    ----------
    experiment : str
    mlflow_run_id : str
    is_new : bool
        False where this identity was logged before.
    """

    experiment: str
    mlflow_run_id: str
    is_new: bool


def log_runs(records: Sequence[RunRecord], tracking: Tracking, project: Project) -> list[Logged]:
    """Log each record as an MLflow run, unless its identity is logged already.

    Parameters
    ----------
    records : sequence of RunRecord
    tracking : Tracking
        Where to; ``secret://a/b`` is resolved here.
    project : Project
        A relative SQLite address lies in it; MLflow's artifacts of a SQLite store lie under its ``.enerqis``.

    Returns
    -------
    list of Logged
        In the order of `records`.

    Raises
    ------
    SetupError
        If the address is a secret that does not resolve.
    StageError
        If MLflow refuses the address or does not answer.
    """
    address = tracking_address(tracking, project)
    with _mlflow_failures_named(address):
        client = _client(address)
        experiment_id = _experiment(client, tracking.experiment_name, address, project)
        return [_log(client, experiment_id, record) for record in records]


def log_sweeps(records: Sequence[SweepRecord], tracking: Tracking, project: Project) -> list[Logged]:
    """Log each sweep as a run with one run below it for each of its best points, unless its identity is logged already.

    Returns
    -------
    list of Logged
        One a sweep, in the order of `records`.

    Raises
    ------
    SetupError, StageError
        As `log_runs`.
    """
    address = tracking_address(tracking, project)
    with _mlflow_failures_named(address):
        client = _client(address)
        experiment_id = _experiment(client, tracking.experiment_name, address, project)
        return [_log_sweep(client, experiment_id, record) for record in records]


def tracking_address(tracking: Tracking, project: Project) -> str:
    """Return the address MLflow is given: the secret resolved, a relative SQLite file put into the project."""
    address = tracking.tracking_uri
    if secrets.is_reference(address):
        address = resolve(address, project, reader="tracking")
    if address.startswith(SQLITE) and not Path(address.removeprefix(SQLITE)).is_absolute():
        address = SQLITE + (project.root / address.removeprefix(SQLITE)).as_posix()
    return address


def _client(address: str) -> MlflowClient:
    """Import MLflow quietly and open the store behind `address`, made where it is a SQLite file."""
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    if address.startswith(SQLITE):
        Path(address.removeprefix(SQLITE)).parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        # its own dependencies warn each other of deprecations while they are imported
        warnings.simplefilter("ignore")
        from mlflow import MlflowClient

        for noisy in ("mlflow", "alembic"):
            logging.getLogger(noisy).setLevel(logging.WARNING)
        return MlflowClient(tracking_uri=address)


@contextmanager
def _mlflow_failures_named(address: str) -> Iterator[None]:
    """Turn MLflow's own errors into one clear message without secrets."""
    try:
        yield
    except Exception as exc:
        theirs = type(exc).__module__.startswith(("mlflow.", "sqlalchemy.", "requests."))
        if not theirs and not isinstance(exc, ImportError | ValueError):
            raise
        cause = secrets.redact(str(exc)).partition("\n")[0]
        raise StageError(
            f"tracking.tracking_uri: MLflow cannot use {secrets.redact(address)}: {cause} "
            "Allowed: sqlite:///FILE, the address of an MLflow server, or secret://NAME/NAME. "
            "Mend conf/tracking and run 'enerqis stage track' again; nothing else is lost."
        ) from None


def _experiment(client: MlflowClient, name: str, address: str, project: Project) -> str:
    """Return the id of the MLflow experiment, made where it is missing."""
    found = client.get_experiment_by_name(name)
    if found is not None:
        return str(found.experiment_id)
    is_local = address.startswith(SQLITE)
    return str(client.create_experiment(name, (project.state / ARTIFACTS).as_uri() if is_local else None))


def _log_sweep(client: MlflowClient, experiment_id: str, record: SweepRecord) -> Logged:
    """Log one sweep, or find it: it is finished after its points, so that one that was cut off is taken up again."""
    logged = _log(client, experiment_id, record.whole, is_whole=False)
    if logged.is_new:
        for each in record.points:
            _log(client, experiment_id, each, parent=logged.mlflow_run_id)
        client.set_terminated(logged.mlflow_run_id)
    return logged


def _log(
    client: MlflowClient, experiment_id: str, record: RunRecord, *, parent: str = "", is_whole: bool = True
) -> Logged:
    """Log one record under its identity, or find it; not finished yet where more belongs to it."""
    is_same = f"tags.`{IDENTITY_TAG}` = '{record.identity}'"
    earlier = client.search_runs([experiment_id], is_same)
    finished = [run for run in earlier if run.info.status == "FINISHED"]
    if finished:
        return Logged(record.experiment, finished[0].info.run_id, is_new=False)
    tags = _tags(record) | ({PARENT_TAG: parent} if parent else {})
    run = earlier[0] if earlier else client.create_run(experiment_id, run_name=record.experiment, tags=tags)
    run_id = run.info.run_id
    _log_values(client, run_id, record)
    if is_whole:
        client.set_terminated(run_id)
    return Logged(record.experiment, run_id, is_new=True)


def _log_values(client: MlflowClient, run_id: str, record: RunRecord) -> None:
    """Log parameters, metrics, equity series, dataset and report; doing it twice changes nothing."""
    from mlflow.entities import Param

    params = [Param(key, secrets.redact(text)[:PARAM_CHARACTERS]) for key, text in sorted(record.params.items())]
    client.log_batch(run_id, metrics=_metrics(record), params=params[:PARAMS_A_CALL])
    for start in range(PARAMS_A_CALL, len(params), PARAMS_A_CALL):
        client.log_batch(run_id, params=params[start : start + PARAMS_A_CALL])
    client.log_inputs(run_id, datasets=[_dataset(record)])
    if record.report is not None:
        client.log_artifact(run_id, str(record.report))


def _tags(record: RunRecord) -> dict[str, str]:
    """Return the tags of a run: its identity, its stage ids, its dataset's whole hash, and what the record adds."""
    stages = {STAGE_TAG + stage: stage_id for stage, stage_id in record.stage_ids.items()}
    return {**record.tags, **stages, DATASET_TAG: record.dataset_sha256, IDENTITY_TAG: record.identity}


def _metrics(record: RunRecord) -> list[Metric]:
    """Return the figures (at the last bar's instant) and the equity series (step = bar), milliseconds of UTC."""
    from mlflow.entities import Metric

    points = [(point.bar, point.ts // NANOSECONDS_PER_MILLISECOND, point.equity) for point in record.equity]
    end = points[-1][1] if points else 0
    figures = [Metric(name, value, end, 0) for name, value in sorted(record.finite_metrics.items())]
    return figures + [Metric("equity", equity, milliseconds, bar) for bar, milliseconds, equity in points]


def _dataset(record: RunRecord) -> DatasetInput:
    """Return the dataset as MLflow shows it, under our own digest."""
    from mlflow.entities import Dataset, DatasetInput, InputTag

    source: dict[str, Any] = {"dataset": record.dataset, "sha256": record.dataset_sha256}
    dataset = Dataset(
        name=record.dataset,
        digest=record.dataset_sha256[:DATASET_DIGEST_CHARACTERS],
        source_type="enerqis",
        source=json.dumps(source, sort_keys=True),
    )
    return DatasetInput(dataset, [InputTag("mlflow.data.context", "backtest")])
