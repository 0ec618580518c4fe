"""Identities of many points: the slice hashes that freezing each alone would give; code and environment are looked at once.

Points that name the same plug-ins and indicators depend on the same code and packages; only their values are hashed one by
one. It knows no group, so that a new one changes no sweep.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

from enerqis.compose.digests import Forms, engine_digest, spec_digest
from enerqis.compose.trials import config_of
from enerqis.compose.unions import AnyExperiment
from enerqis.interfaces.strategy import series_of
from enerqis.io.plugins import load, scan
from enerqis.io.project import Project
from enerqis.spec.base import Spec

STAGE = "backtest"
"""The stage whose identity is a point's run id."""

READ = ("universe", "strategy", "cost", "risk", "execution", "seed")
"""What that stage reads of an experiment."""


class Pins(NamedTuple):
    """Hashes of the code and of the environment that a structure depends on."""

    code_sha256: str
    env_sha256: str


class SliceHashes(NamedTuple):
    """What of a slice document its stage id is made of."""

    spec_sha256: str
    code_sha256: str
    engine_sha256: str
    env_sha256: str


class Identities:
    """The slice hashes of points of one sweep.

    Parameters
    ----------
    project : Project
    pins : callable
        Returns the pins of an experiment's structure; asked once for each structure.
    """

    def __init__(self, project: Project, pins: Callable[[AnyExperiment], Pins]) -> None:
        self._project = project
        self._pins_of = pins
        self._pins: dict[tuple[Any, ...], Pins] = {}
        self._engines: dict[int, tuple[Spec, str]] = {}
        self._modules: dict[str, ModuleType] = {}
        self._forms = Forms()

    def hashes(self, experiment: AnyExperiment) -> SliceHashes:
        """Return the hashes of the slice of `backtest` that freezing the experiment would give."""
        key = self._structure(experiment)
        if key not in self._pins:
            self._pins[key] = self._pins_of(experiment)
        pins = self._pins[key]
        spec = spec_digest(STAGE, {name: getattr(experiment, name) for name in READ}, self._forms)
        return SliceHashes(spec, pins.code_sha256, self._engine(experiment.execution), pins.env_sha256)

    def config(self, experiment: AnyExperiment) -> str:
        """Return the hash of an experiment's config, by which its trial is counted."""
        return config_of(experiment, self._forms)

    def _structure(self, experiment: AnyExperiment) -> tuple[Any, ...]:
        """Return which plug-ins and indicators an experiment names."""
        strategy, cost = experiment.strategy, experiment.cost
        if strategy.kind not in self._modules:
            self._modules[strategy.kind] = load(scan("strategies", self._project.plugins)[strategy.kind])
        calls = series_of(self._modules[strategy.kind], strategy)
        return (
            strategy.kind,
            frozenset(call.kind for call in calls.values()),
            (cost.commission.kind, cost.slippage.kind, cost.carry.kind),
            tuple(kind for kind, _ in experiment.risk.limits()),
            experiment.execution.engine,
        )

    def _engine(self, execution: Spec) -> str:
        """Return the hash of an execution spec; most points share one."""
        if id(execution) not in self._engines:
            self._engines[id(execution)] = (execution, engine_digest(execution))
        return self._engines[id(execution)][1]
