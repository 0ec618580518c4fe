"""The one door to Ray: parts of a sweep as tasks on the nodes of a cluster.

A part is known by its points, and its rows are the same wherever it is run: one that is lost with its node is run again on
another, and nothing is told to ledger or store but by the process that began the sweep.
"""

from __future__ import annotations

import os
import socket
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from enerqis.compose.structure_pins import StructurePins
from enerqis.core.errors import SetupError, StageError
from enerqis.io.project import Project
from enerqis.pipeline.grounds import Ground
from enerqis.pipeline.node import Refused, difference, run_part, sent
from enerqis.pipeline.parts import Point

LOST_AT_MOST = 20
"""Times that a part may be lost with its node or its process before the sweep gives up."""

AHEAD = 4
"""Parts given out a processor of the cluster, so that none waits for the next."""

SECONDS_TO_ANSWER = 10.0

SECONDS_WITHOUT_NODES = 120.0
"""How long a sweep waits for a processor when the cluster has lost its last one."""

LONGEST_FOLDER = 40
"""Characters of a folder under which the sockets of Ray still fit the 107 that the system allows."""

ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
}
"""No telemetry, no warning of accelerators that nobody asked for, no copy of the project that nobody asked for."""


class Cluster:
    """A Ray cluster; it is joined when the first part is run, and left at the end of the block.

    Parameters
    ----------
    project : Project
    address : str
        Empty = RAY_ADDRESS, else Ray is started on this machine.
    """

    def __init__(self, project: Project, address: str) -> None:
        self._project = project
        self._address = address or os.environ.get("RAY_ADDRESS", "")
        self._ray: Any = None
        self._is_own = False
        self._grounds: dict[int, tuple[Ground, Any]] = {}

    def __enter__(self) -> Self:
        """Begin without a connection."""
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        """Leave the cluster; what was started here ends."""
        self._grounds.clear()
        if self._is_own:
            self._ray.shutdown()

    def each(self, parts: Sequence[Sequence[Point]]) -> Iterator[tuple[int, pa.Table]]:
        """Run parts on the cluster, and yield each when it is finished.

        Raises
        ------
        SetupError
            If Ray is not installed, the cluster does not answer or has no processor, or a node has other code.
        StageError
            If a node cannot run a part, a part was lost too often, or the last processor is gone and no other came.
        """
        if not parts:
            return
        ray = self._joined()
        if not self._processors():
            raise SetupError(
                "search.cluster: no node of the cluster has a processor for points. Join one with "
                "'ray start --address=HOST:PORT', or run with search.launcher=local."
            )
        task = ray.remote(run_part).options(num_cpus=1, max_retries=LOST_AT_MOST)
        waiting = iter(enumerate(parts))
        pending: dict[Any, int] = {}
        try:
            while True:
                while len(pending) < max(1, AHEAD * self._processors()):
                    number, part = next(waiting, (-1, ()))
                    if number < 0:
                        break
                    pending[self._begun(task, part)] = number
                if not pending:
                    return
                for done in self._finished(pending):
                    number = pending.pop(done)
                    yield number, self._rows(done, parts[number])
        finally:
            for each in pending:
                ray.cancel(each, force=True)

    def _processors(self) -> int:
        """Return the processors of the cluster, whoever uses them."""
        return int(self._ray.cluster_resources().get("CPU", 0))

    def _finished(self, pending: Iterable[Any]) -> Sequence[Any]:
        """Return a part that is finished, or none yet; parts wait as long as others use the processors."""
        before = self._processors()
        done, _ = self._ray.wait(list(pending), timeout=SECONDS_WITHOUT_NODES)
        if not done and not before and not self._processors():
            raise StageError(
                f"search.launcher: the cluster has no processor left, and none came for {SECONDS_WITHOUT_NODES:.0f} s. "
                "What is finished is kept; run again when it has, or with search.launcher=local."
            )
        found: Sequence[Any] = done
        return found

    def _begun(self, task: Any, part: Sequence[Point]) -> Any:
        """Give out one part; bars and features travel once a node."""
        grounds = list({id(each.ground): each.ground for each in part}.values())
        places = {id(each): place for place, each in enumerate(grounds)}
        for each in grounds:
            if id(each) not in self._grounds:
                self._grounds[id(each)] = (each, self._ray.put(each))
        travelling = [sent(each, ground=places[id(each.ground)]) for each in part]
        return task.remote(str(self._project.root), travelling, *(self._grounds[id(each)][1] for each in grounds))

    def _rows(self, done: Any, part: Sequence[Point]) -> pa.Table:
        from ray.exceptions import RayError, RayTaskError

        try:
            found = self._ray.get(done)
        except RayTaskError as exc:
            cause = str(exc.cause).partition("\n")[0]
            raise StageError(
                f"search.launcher: a node cannot run its part: {type(exc.cause).__name__}: {cause}"
            ) from exc
        except RayError as exc:
            reason = str(exc).partition("\n")[0]
            raise StageError(
                f"search.launcher: a part was lost {LOST_AT_MOST + 1} times with its node or process: {reason} "
                "What is finished is kept; run again when the cluster is well, or with search.launcher=local."
            ) from exc
        if isinstance(found, Refused):
            raise self._refusal(found, part)
        return found

    def _refusal(self, found: Refused, part: Sequence[Point]) -> SetupError:
        point = next(each for each in part if each.run_id == found.run_id)
        what = difference(found, StructurePins(self._project).found(point.spec)) or "another reading of the spec"
        return SetupError(
            f"node {found.node}: {what}. It would give its points another identity, and ran none. Install there what is "
            "installed here, and share the project's folder, see docs/sweeps.md."
        )

    def _joined(self) -> Any:
        """Return Ray, joined to the cluster."""
        if self._ray is not None:
            return self._ray
        os.environ.update(ENVIRONMENT)
        try:
            import ray
        except ModuleNotFoundError as exc:
            raise SetupError("search.launcher: ray needs Ray: pip install 'enerqis[ray]'") from exc
        self._ray, self._is_own = ray, not ray.is_initialized()
        if self._is_own:
            try:
                _answers(self._address)
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # of its own parts
                    ray.init(**_settings(self._address))
            except (ConnectionError, RuntimeError, ValueError, OSError) as exc:
                self._is_own = False
                where = self._address or "this machine"
                reason = str(exc).partition("\n")[0]
                raise SetupError(
                    f"search.cluster: no Ray cluster answers at {where}: {reason} Allowed: HOST:PORT of a cluster that this "
                    "machine is a node of ('ray start --address=HOST:PORT'), or nothing, for Ray on this machine alone."
                ) from exc
        return ray


def _answers(address: str) -> None:
    """Return where something listens at HOST:PORT: Ray itself would wait for minutes.

    Raises
    ------
    OSError
        If nothing does.
    """
    host, _, port = address.rpartition(":")
    if host and port.isdigit() and "/" not in host:
        socket.create_connection((host, int(port)), timeout=SECONDS_TO_ANSWER).close()


def _settings(address: str) -> dict[str, Any]:
    """Return how Ray is joined, or started without a dashboard."""
    quiet = {"log_to_driver": False, "configure_logging": False}
    if address and address != "local":
        return {"address": address, **quiet}
    folder = tempfile.gettempdir()
    short = folder if len(folder) <= LONGEST_FOLDER else "/tmp"  # sockets need a short one
    return {"address": "local", "include_dashboard": False, "_temp_dir": f"{short}/ray", **quiet}
