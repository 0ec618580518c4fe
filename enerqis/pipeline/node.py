"""What runs on a node of a cluster: parts of a sweep, with that node's own code, if it gives every point the same identity.

Nothing here knows the cluster: a part comes as plain JSON beside bars and features, and its rows go back.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from enerqis.compose.digests import plain
from enerqis.compose.freezing import Pinned
from enerqis.compose.identifying import READ, Identities
from enerqis.compose.structure_pins import StructurePins
from enerqis.compose.typed_parts import TypedParts
from enerqis.io.project import Project
from enerqis.pipeline.evaluating import run_id
from enerqis.pipeline.grounds import Ground
from enerqis.pipeline.parts import Parts, Point


class Sent(NamedTuple):
    """A point as it travels.

    Parameters
    ----------
    run_id : str
        Identity that it has where the sweep was begun.
    fraction : float
    bars : int
    spec : mapping
        What its backtest reads, plain JSON by group; its ``seed`` among them.
    ground : int
        Which of the grounds that travel beside it.
    """

    run_id: str
    fraction: float
    bars: int
    spec: Mapping[str, Any]
    ground: int


@dataclass(frozen=True)
class Refused:
    """Why a node ran nothing: it would give a point another identity.

    Parameters
    ----------
    node : str
        Name of the machine.
    run_id : str
        Of the first such point.
    code, environment : mapping of str to str
        Digest of each module, and version of each package, that its backtest depends on there.
    """

    node: str
    run_id: str
    code: Mapping[str, str]
    environment: Mapping[str, str]


def sent(point: Point, *, ground: int) -> Sent:
    """Return a point as it travels."""
    spec = {name: plain(getattr(point.spec, name)) for name in READ}
    return Sent(point.run_id, point.fraction, point.bars, spec, ground)


def run_part(root: str, part: Sequence[Sent], *grounds: Ground) -> pa.Table | Refused:
    """Return the rows of a part, `point_table.CHUNK`, or why this node must not run it.

    Parameters
    ----------
    root : str
        Folder of the project where the sweep was begun; where this node has none, its working directory stands for it.
    part : sequence of Sent
    grounds : Ground
    """
    node = _node(root)
    owned = [replace(each, panel=_writable(each.panel)) for each in grounds]
    points = [node.point(each, owned[each.ground]) for each in part]
    for each in points:
        if run_id(node.identities.hashes(each.spec), each.spec, each.ground) != each.run_id:
            pins = node.pins.found(each.spec)
            return Refused(platform.node(), each.run_id, pins.code, pins.environment)
    return Parts(node.project, threads=1).table(points)


class _Node:
    """One project as this node has it."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.pins = StructurePins(project)
        self.identities = Identities(project, self.pins.of)
        self._typed = TypedParts(project)

    def point(self, each: Sent, ground: Ground) -> Point:
        """Return a point that travelled."""
        spec = {name: value for name, value in each.spec.items() if name != "seed"}
        experiment = self._typed.experiment(spec, seed=each.spec["seed"])
        return Point(each.run_id, each.fraction, experiment, ground, each.bars)


@lru_cache(maxsize=4)
def _node(root: str) -> _Node:
    folder = Path(root)
    return _Node(Project(folder if folder.is_dir() else Path.cwd()))


def _writable(panel: Any) -> Any:
    """Return a panel whose arrays are this process's own: those that travelled are read-only, another type to a kernel."""
    arrays = {each.name: getattr(panel, each.name) for each in fields(panel)}
    own = {name: np.array(each) for name, each in arrays.items() if isinstance(each, np.ndarray)}
    return replace(panel, **own, features={name: np.array(each) for name, each in panel.features.items()})


def difference(there: Refused, here: Pinned) -> str:
    """Return what a node has otherwise: modules, or packages with both versions; empty where neither differs."""
    code = sorted(name for name in {*there.code, *here.code} if there.code.get(name) != here.code.get(name))
    if code:
        return f"other code of {', '.join(code[:3])}{' and others' if len(code) > 3 else ''}"
    mine, theirs = here.environment, there.environment
    versions = [
        f"{name} {theirs.get(name, 'none')}, here {mine.get(name, 'none')}"
        for name in sorted({*mine, *theirs})
        if mine.get(name) != theirs.get(name)
    ]
    return "; ".join(versions)
