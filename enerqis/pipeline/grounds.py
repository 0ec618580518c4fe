"""What points of a sweep stand on: bars with features, and the hashes by which a backtest knows its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from enerqis.compose.unions import AnyExperiment
from enerqis.interfaces.engine import Job, Panel, Plugged
from enerqis.io.plugins import load, scan
from enerqis.io.project import Project
from enerqis.pipeline import receipts
from enerqis.pipeline.market import dataset_span, load_panel, with_features
from enerqis.quant.return_moments import bars_per_year
from enerqis.spec.base import Spec
from enerqis.spec.universe import Universe


@dataclass(frozen=True)
class Ground:
    """Bars and features that points share.

    Parameters
    ----------
    panel : Panel
    calendar : str
    bars_per_year : float
        Bars of a session, over the panel, times the sessions per year of the dataset's calendar.
    data : mapping of input name to hash
        As in the identity of `backtest`.
    span : (int, int)
        First open and last close of the dataset, UTC ns: what signatures cut into blocks.
    """

    panel: Panel
    calendar: str
    bars_per_year: float
    data: Mapping[str, str]
    span: tuple[int, int]


def ground_of(universe: Universe, inputs: Mapping[str, Path]) -> Ground:
    """Return the ground of a universe.

    Parameters
    ----------
    universe : Universe
    inputs : mapping
        Folders ``parquet`` and ``features``.

    Raises
    ------
    EnerqisError
        If they are missing, or have no bars of the universe.
    """
    read = {name: inputs[name] for name in ("parquet", "features")}
    facts = receipts.read(read["parquet"])["facts"]
    panel = with_features(load_panel(read["parquet"], universe), read["features"])
    return Ground(
        panel,
        facts["calendar"],
        bars_per_year(panel.session, sessions_per_year=facts["sessions_per_year"]),
        receipts.input_hashes(read, shown=()),
        dataset_span(read["parquet"]),
    )


class Jobs:
    """Makes the jobs of points, with each plug-in's module looked up once.

    Parameters
    ----------
    project : Project
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._modules: dict[tuple[str, str], ModuleType] = {}

    def of(self, experiment: AnyExperiment, ground: Ground) -> Job:
        """Return the job that `backtest` would run for an experiment."""
        return Job(
            panel=ground.panel,
            strategy=self._plug("strategies", experiment.strategy.kind, experiment.strategy),
            commission=self._plug("costs", experiment.cost.commission.kind, experiment.cost.commission),
            slippage=self._plug("costs", experiment.cost.slippage.kind, experiment.cost.slippage),
            carry=self._plug("costs", experiment.cost.carry.kind, experiment.cost.carry),
            limits={kind: self._plug("risk", kind, params) for kind, params in experiment.risk.limits()},
            execution=experiment.execution,
            seed=experiment.seed,
            calendar=ground.calendar,
        )

    def _plug(self, family: str, kind: str, params: Spec) -> Plugged:
        if (family, kind) not in self._modules:
            self._modules[family, kind] = load(scan(family, self._project.plugins)[kind])
        return Plugged(self._modules[family, kind], params)
