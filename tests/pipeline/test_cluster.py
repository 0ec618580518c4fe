"""A sweep on a Ray cluster of several nodes, one of which is lost on the way: the same table as on this machine alone."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

import enerqis.pipeline.evaluating as evaluating
from enerqis.compose.experiments import resolve_experiment
from enerqis.compose.freezing import freeze_experiment, freeze_sweep
from enerqis.compose.identifying import Identities
from enerqis.compose.structure_pins import StructurePins
from enerqis.core.errors import SetupError
from enerqis.io.hashing import table_digest
from enerqis.io.project import Project
from enerqis.pipeline.cluster import ENVIRONMENT, Cluster
from enerqis.pipeline.evaluating import run_id
from enerqis.pipeline.grounds import ground_of
from enerqis.pipeline.multirun import SweepWatch, multirun
from enerqis.pipeline.node import Refused, difference, run_part, sent
from enerqis.pipeline.parts import Point
from enerqis.strategies import sma_cross
from enerqis.tracking.ledger import open_ledger
from tests.pipeline.finished import DATASET, EXPERIMENT, copy_of

ray = pytest.importorskip("ray")

WORDS = ["strategy.fast_bars=range(5,15)", "strategy.slow_bars=30"]
POINTS = 10
NODE = {"num_cpus": 1, "object_store_memory": 10**8}


@pytest.fixture(scope="module")
def project(untouched_project: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    return copy_of(untouched_project, tmp_path_factory.mktemp("cluster") / "project")


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A cluster of one node that does no work."""
    from ray import cluster_utils

    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    folder = tempfile.mkdtemp(prefix="ray", dir="/tmp")  # its sockets need a short one
    monkeypatch.setenv("RAY_TMPDIR", folder)
    Path(folder, "ray").mkdir()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = cluster_utils.Cluster(
            initialize_head=True,
            head_node_args={**NODE, "num_cpus": 0, "include_dashboard": False},
        )
        yield found
        ray.shutdown()
        found.shutdown()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.slow
def test_a_sweep_that_loses_a_node_is_the_one_of_this_machine(
    project: Project, cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = multirun(EXPERIMENT, WORDS, project=copy_of(project, tmp_path / "alone").root)
    monkeypatch.setattr(evaluating, "CHUNK_POINTS", 1)
    with (
        pytest.raises(SetupError, match=r"^search.cluster: no node of the cluster has a processor"),
        Cluster(project, cluster.address) as joined,
    ):
        next(joined.each([()]))
    worker = cluster.add_node(**NODE)
    seen = []

    def lose(standing: Any) -> None:
        """Kill the only node that works, with all parts that it holds, once one part is finished."""
        done = standing.evaluation.progress.done
        if done and not seen:
            seen.append(done)
            cluster.add_node(**NODE)
            cluster.remove_node(worker, allow_graceful=False)

    before = len(open_ledger(project).rows())
    words = [*WORDS, "search.launcher=ray", f"search.cluster={cluster.address}"]
    found = multirun(EXPERIMENT, words, project=project.root, watch=SweepWatch(on_progress=lose))
    assert seen == [1]
    assert found.is_new
    assert found.stage_id == alone.stage_id
    assert table_digest([found.table], found.table.schema) == table_digest([alone.table], alone.table.schema)
    assert (found.facts["points"], found.facts["failed"]) == (POINTS, 0)
    told = Counter((row.trial.key, row.trial.outcome) for row in open_ledger(project).rows()[before:])
    keys = found.table.column("trial").to_pylist()
    assert told == Counter({(key, outcome): 1 for key in keys for outcome in ("started", "finished")})
    assert not ray.is_initialized()


def test_a_cluster_that_does_not_answer_is_said(project: Project) -> None:
    words = ["strategy.fast_bars=3,4", "search.launcher=ray", "search.cluster=127.0.0.1:1"]
    with pytest.raises(SetupError, match=r"^search.cluster: no Ray cluster answers at 127.0.0.1:1: "):
        multirun(EXPERIMENT, words, project=project.root)


def with_own_strategy(project: Project, folder: Path, change: str) -> Project:
    """Return a copy with a strategy of its own, one word of which is `change`."""
    found = copy_of(project, folder)
    own = found.plugins / "strategies" / "own_cross.py"
    own.parent.mkdir()
    text = Path(sma_cross.__file__).read_text("utf-8").replace("sma_cross", "own_cross")
    own.write_text(text.replace("return hold(0.0)", f"return hold({change})"), encoding="utf-8")
    (found.conf / "strategy" / "own_cross.yaml").write_text("kind: own_cross\n", encoding="utf-8")
    return found


def test_a_node_with_other_code_runs_nothing_and_says_which(project: Project, tmp_path: Path) -> None:
    here, there = (with_own_strategy(project, tmp_path / name, name) for name in ("0.0", "0.1"))
    spec = resolve_experiment(here, EXPERIMENT, ["strategy=own_cross"])
    inputs = {"parquet": here.data / "parquet" / DATASET, "features": here.data / "features" / EXPERIMENT}
    ground, pins = ground_of(spec.universe, inputs), StructurePins(here)
    name = run_id(Identities(here, pins.of).hashes(spec), spec, ground)
    part = [sent(Point(name, 1.0, spec, ground, 8), ground=0)]
    refused = run_part(str(there.root), part, ground)
    assert isinstance(refused, Refused)
    assert refused.run_id == name
    assert difference(refused, pins.every[0]) == "other code of enerqis_plugins.strategies.own_cross"
    older = replace(refused, code=pins.every[0].code, environment={**refused.environment, "numba": "0.1"})
    assert difference(older, pins.every[0]) == f"numba 0.1, here {version('numba')}"


def test_where_points_are_run_is_in_no_identity(project: Project) -> None:
    words = ["search.launcher=ray", "search.cluster=10.0.0.5:6379"]
    slices = []
    for spec in (resolve_experiment(project, EXPERIMENT), resolve_experiment(project, EXPERIMENT, words)):
        found = {"sweep": freeze_sweep(project, spec), **freeze_experiment(project, EXPERIMENT, spec, dataset=DATASET)}
        slices.append({stage: each.document.spec_sha256 for stage, each in found.items()})
    assert slices[0] == slices[1]
    assert set(slices[0]) >= {"sweep", "validate", "report"}
