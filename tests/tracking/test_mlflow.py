"""Real MLflow: a SQLite store in the project, and a server that the test starts."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import replace

import pytest

from enerqis.core.errors import SetupError, StageError
from enerqis.io.project import Project
from enerqis.io.secrets import forms
from enerqis.spec.tracking import Tracking
from enerqis.tracking.mlflow import log_runs, log_sweeps, tracking_address
from enerqis.tracking.record import EquityPoint, RunRecord, SweepRecord

pytestmark = [
    pytest.mark.slow,  # importing MLflow and making its tables takes about ten seconds
    # MLflow's own dependencies warn each other of deprecations, at import and when it searches
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return Project(tmp_path_factory.mktemp("project"))


@pytest.fixture
def record(tmp_path):
    report = tmp_path / "index.html"
    report.write_text("<title>report</title>", encoding="utf-8")
    return RunRecord(
        experiment="goog_sma_cross",
        stage_ids={"backtest": "b" * 64, "report": "c" * 64},
        params={f"strategy.number_{number}": str(number) for number in range(130)} | {"strategy.kind": "sma_cross"},
        dataset="us_equities",
        dataset_sha256="d" * 64,
        metrics={"sharpe_ratio": 0.5, "max_drawdown_fraction": 0.25, "sortino_ratio": float("nan")},
        equity=[EquityPoint(bar, (1_600_000_000_000 + bar * 86_400_000) * 1_000_000, 1e5 + bar) for bar in range(200)],
        report=report,
        tags={"enerqis.result.backtest": "e" * 64},
    )


def _client(address):
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=address)


def _check_run(client, run_id, record):
    run = client.get_run(run_id)
    assert run.info.status == "FINISHED"
    assert run.info.run_name == record.experiment
    assert run.data.params == record.params
    assert run.data.metrics == {"sharpe_ratio": 0.5, "max_drawdown_fraction": 0.25, "equity": 100_199.0}
    history = client.get_metric_history(run_id, "equity")
    assert [(point.step, point.timestamp * 1_000_000, point.value) for point in history] == [
        tuple(each) for each in record.equity
    ]
    assert run.data.tags["enerqis.stage_id.backtest"] == "b" * 64
    assert run.data.tags["enerqis.result.backtest"] == "e" * 64
    assert run.data.tags["enerqis.dataset_sha256"] == "d" * 64
    (dataset,) = [each.dataset for each in run.inputs.dataset_inputs]
    assert (dataset.name, dataset.digest) == ("us_equities", "d" * 36)
    assert [each.path for each in client.list_artifacts(run_id)] == ["index.html"]


def test_a_run_is_logged_whole_into_the_projects_sqlite_store(project, record):
    (logged,) = log_runs([record], Tracking(experiment_name="whole"), project)
    assert logged.is_new
    assert (project.root / ".enerqis/mlflow.db").is_file()
    _check_run(_client(tracking_address(Tracking(), project)), logged.mlflow_run_id, record)
    assert list((project.root / ".enerqis/mlartifacts").rglob("index.html"))


def test_a_run_already_logged_is_not_logged_again(project, record):
    tracking = Tracking(experiment_name="twice")
    first = log_runs([record], tracking, project)
    second = log_runs([record, record], tracking, project)
    assert [each.is_new for each in second] == [False, False]
    assert {each.mlflow_run_id for each in second} == {first[0].mlflow_run_id}


def test_a_run_that_was_cut_off_while_logged_is_taken_up_again(project, record):
    tracking = Tracking(experiment_name="cut_off")
    client = _client(tracking_address(tracking, project))
    experiment = client.create_experiment("cut_off", (project.state / "mlartifacts").as_uri())
    begun = client.create_run(experiment, run_name=record.experiment, tags={"enerqis.identity": record.identity})
    client.log_param(begun.info.run_id, "strategy.kind", "sma_cross")
    (logged,) = log_runs([record], tracking, project)
    assert logged.mlflow_run_id == begun.info.run_id
    assert client.get_run(begun.info.run_id).info.status == "FINISHED"
    assert client.get_run(begun.info.run_id).data.params == record.params


def test_an_absent_secret_is_named_before_anything_is_made(tmp_path, record):
    with pytest.raises(SetupError, match="ENERQIS_SECRET_TRACKING_SERVER"):
        log_runs([record], Tracking(tracking_uri="secret://tracking/server"), Project(tmp_path))
    assert not (tmp_path / ".enerqis").exists()


def test_an_address_that_mlflow_refuses_is_one_message(tmp_path, record):
    with pytest.raises(StageError, match=r"tracking\.tracking_uri: MLflow cannot use .*Allowed: sqlite:///FILE"):
        log_runs([record], Tracking(tracking_uri="nonsense://somewhere"), Project(tmp_path))


def test_a_server_that_does_not_answer_is_said_without_its_password(monkeypatch, tmp_path, record):
    monkeypatch.setenv("ENERQIS_SECRET_TRACKING_SERVER", f"http://user:{'hunter2'}@127.0.0.1:{_free_port()}")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(StageError, match=r"MLflow cannot use \[redacted\]") as caught:
        log_runs([record], Tracking(tracking_uri="secret://tracking/server"), Project(tmp_path))
    assert "hunter2" not in str(caught.value)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def server(tmp_path):
    """Address of a real MLflow server of our own, with its store in a temporary folder."""
    address = f"http://127.0.0.1:{(port := _free_port())}"
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += [
        "--backend-store-uri",
        f"sqlite:///{tmp_path}/server.db",
        "--artifacts-destination",
        f"{tmp_path}/artifacts",
    ]
    quick = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with (tmp_path / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=tmp_path, env=os.environ | quick)
    try:
        _wait_until_it_answers(address, process, tmp_path / "server.log")
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _wait_until_it_answers(address, process, log):
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/health", timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"the MLflow server did not start: {log.read_text('utf-8')[-2000:]}")


def test_a_run_is_logged_to_a_server_whose_address_is_a_secret(monkeypatch, server, tmp_path, record):
    canary = "canary-of-the-tracking-server"
    monkeypatch.setenv("ENERQIS_SECRET_TRACKING_SERVER", server.replace("://", f"://user:{canary}@"))
    tracking = Tracking(tracking_uri="secret://tracking/server")
    (logged,) = log_runs([record], tracking, Project(tmp_path))
    (again,) = log_runs([record], tracking, Project(tmp_path))
    assert logged.is_new
    assert not again.is_new
    _check_run(_client(server), logged.mlflow_run_id, record)
    assert not (tmp_path / ".enerqis/mlflow.db").exists()
    told = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(form.encode() in each for form in forms(canary) for each in told)


def test_a_sweep_is_one_run_with_its_best_points_below_it_and_is_logged_once(project, record, tmp_path):
    table = tmp_path / "points.parquet"
    table.write_bytes(b"PAR1")
    whole = replace(record, experiment="grid", stage_ids={"sweep": "5" * 64}, equity=(), report=table)
    points = tuple(
        replace(
            record, experiment=f"grid {place}", stage_ids={"sweep": "5" * 64, "backtest": f"{place}" * 64}, equity=()
        )
        for place in (1, 2)
    )
    tracking = Tracking(kind="mlflow")
    (first,) = log_sweeps([SweepRecord(whole, points)], tracking, project)
    (again,) = log_sweeps([SweepRecord(whole, points)], tracking, project)
    assert (first.is_new, again.is_new) == (True, False)
    assert first.mlflow_run_id == again.mlflow_run_id
    client = _client(tracking_address(tracking, project))
    run = client.get_run(first.mlflow_run_id)
    assert run.info.status == "FINISHED"
    assert [each.path for each in client.list_artifacts(first.mlflow_run_id)] == ["points.parquet"]
    below = client.search_runs([run.info.experiment_id], f"tags.`mlflow.parentRunId` = '{first.mlflow_run_id}'")
    assert sorted(each.info.run_name for each in below) == ["grid 1", "grid 2"]
    assert {each.info.status for each in below} == {"FINISHED"}
