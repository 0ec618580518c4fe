"""An average cross on a seeded random walk of two years, run in plain Python."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from enerqis.core.tables import BARS
from enerqis.costs import notional_bps
from enerqis.costs.notional_bps import NotionalBpsParams
from enerqis.engines.panel import rows_from_series
from enerqis.interfaces.engine import Job, Panel
from enerqis.io.plugins import Plugged
from enerqis.strategies import sma_cross
from enerqis.strategies.sma_cross import SmaCrossParams
from enerqis.validation.ground import Ground
from tests.engines.scenes import job_of, panel_of

PER_YEAR = 365.25


def walk(bars: int = 500, seed: int = 4) -> Panel:
    steps = np.random.default_rng(seed).normal(0.002, 0.02, size=bars)
    close = np.round(100.0 * np.exp(np.cumsum(steps)), 2)
    return panel_of(close, open=np.concatenate([close[:1], close[:-1]]))


def bars_of(panel: Panel) -> pa.Table:
    """Return a panel as the table of bars that it was made of."""
    names = ("open", "high", "low", "close", "volume", "split_factor", "dividend")
    table = rows_from_series(panel, {name: getattr(panel, name) for name in names})
    opens = pa.array(panel.ts_open.T[panel.ts_open.T >= 0], pa.int64()).cast(BARS.field("ts_open").type)
    session = np.searchsorted(panel.ts, table.column("ts").cast(pa.int64()).to_numpy())
    table = table.append_column("ts_open", opens)
    table = table.append_column("session", pa.array(panel.session[session], pa.int32()).cast(pa.date32()))
    for field in BARS:
        if field.name not in table.column_names:
            table = table.append_column(field.name, pa.nulls(table.num_rows, field.type))
    return table.select(BARS.names)


def ground_of(panel: Panel, folder: Path) -> Ground:
    return Ground(bars_of(panel), panel.session.astype(np.int64), PER_YEAR, folder, is_compiled=False)


def cross(panel: Panel, *, commission_bps: float = 10.0, fast: int = 5, slow: int = 20) -> Job:
    commission = Plugged(notional_bps, NotionalBpsParams(commission_bps=commission_bps))
    job = job_of(panel, commission=commission, lot_step=0.0)
    return replace(job, strategy=Plugged(sma_cross, SmaCrossParams(fast_bars=fast, slow_bars=slow)))


@pytest.fixture(scope="session")
def panel() -> Panel:
    return walk()


@pytest.fixture(scope="session")
def ground(panel, tmp_path_factory) -> Ground:
    return ground_of(panel, tmp_path_factory.mktemp("kernels"))


@pytest.fixture(scope="session")
def job(panel) -> Job:
    return cross(panel)


@pytest.fixture(scope="session")
def evidence(job, ground):
    return ground.evidence(ground.run(job), job)
