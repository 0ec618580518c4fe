"""From bars to all that is made of them: features, the series a strategy looks at, its targets and its equity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from enerqis.engines.configuration import calls_of, facts_of
from enerqis.engines.kernel import backtest as kernel_backtest
from enerqis.engines.labels import label_rows
from enerqis.engines.panel import series_from_rows
from enerqis.engines.planning import Build
from enerqis.engines.series import SeriesSet
from enerqis.interfaces.engine import BacktestResult, Floats, Job, Panel
from enerqis.interfaces.feature import horizon_bars
from enerqis.interfaces.indicator import IndicatorCall
from enerqis.io.plugins import Plugged
from enerqis.quant.columns import integers

Columns = dict[str, Floats]


@dataclass(frozen=True)
class Chain:
    """An experiment as a function of its bars.

    Parameters
    ----------
    job : Job
        Its panel's features are not looked at: they are made anew from whatever bars.
    features : mapping of name to Plugged
        As the experiment declares them, labels among them.
    folder : Path
        Where generated kernels are kept.
    is_compiled : bool
        With compiled kernels, where the bars ask for the one that the experiment has; the bits are the same.
    """

    job: Job
    features: Mapping[str, Plugged]
    folder: Path
    is_compiled: bool = True

    @property
    def strategy(self) -> str:
        """What the strategy is called in a finding."""
        return f"strategy {self.job.strategy.module.__name__.rpartition('.')[2]}"

    def calls(self, *, are_labels: bool) -> dict[str, IndicatorCall]:
        """Return the declared columns of all labels, or of all other features, by ``NAME.COLUMN``."""
        return {
            f"{name}.{column}": call
            for name, each in self.features.items()
            if bool(horizon_bars(each.params)) == are_labels
            for column, call in each.module.columns(each.params).items()
        }

    def ready(self, panel: Panel) -> Panel:
        """Return a panel with its features made from its bars."""
        return replace(panel, features=self.series(panel, self.calls(are_labels=False)))

    def series(self, panel: Panel, calls: Mapping[str, IndicatorCall], first: int = 0) -> Columns:
        """Return declared series that begin to see a panel at row `first`, of shape (n_bars, n_assets), NaN before it."""
        if not calls:
            return {}
        made = SeriesSet(panel, calls.values(), self.folder, is_compiled=self.is_compiled)
        out = np.full((made.outputs, *panel.close.shape), np.nan)
        made.compute([(first, panel.ts.size)], [out[:, first:]])
        return {
            name + suffix: out[made.slots[call].start + i]
            for name, call in calls.items()
            for i, suffix in enumerate(made.suffixes[call])
        }

    def run(self, panel: Panel) -> BacktestResult:
        """Run the strategy over a panel that is ready."""
        is_same = facts_of(panel) == facts_of(self.job.panel)
        job = replace(self.job, panel=panel, span=None)
        return kernel_backtest(job, cache_folder=self.folder, build=Build(is_compiled=self.is_compiled and is_same))

    def columns(self, panel: Panel) -> Columns:
        """Return all that is known at the close of each row, by what it is called in a finding."""
        ready = self.ready(panel)
        found = {f"feature {name}": values for name, values in ready.features.items()}
        found |= {
            f"series {name} of the {self.strategy}": each for name, each in self.series(ready, self.declared).items()
        }
        result = self.run(ready)
        found[self.strategy] = targets(ready, result)
        found["the account"] = result.equity.column("equity").to_numpy()[:, None]
        return found

    @property
    def declared(self) -> dict[str, IndicatorCall]:
        """The series that the strategy declares."""
        return calls_of(self.job)

    def labels(self, panel: Panel) -> tuple[Columns, dict[str, np.ndarray]]:
        """Return labels, dated back, and when each is known, UTC ns, 0 = never; of shape (n_bars, n_assets)."""
        calls = self.calls(are_labels=True)
        if not calls:
            return {}, {}
        horizons = {name: bars for name, each in self.features.items() if (bars := horizon_bars(each.params))}
        table = label_rows(panel, self.series(panel, calls), horizons)
        names = [name for name in table.column_names if not name.endswith(".available_at") and "." in name]
        values = {name: series_from_rows(panel, table, name) for name in names}
        return values, {name: _known(panel, table, f"{name.partition('.')[0]}.available_at") for name in names}


def targets(panel: Panel, result: BacktestResult) -> Floats:
    """Return what was asked for at each row, NaN where nothing new was, of shape (n_bars, n_assets)."""
    found: Floats = np.full(panel.close.shape, np.nan)
    table = result.targets
    rows = np.searchsorted(panel.ts, integers(table, "ts"))
    assets = [panel.symbols.index(name) for name in table.column("symbol").to_pylist()]
    found[rows, assets] = table.column("target").to_numpy()
    return found


def _known(panel: Panel, table: pa.Table, name: str) -> np.ndarray:
    found = np.zeros(panel.close.shape, dtype=np.int64)
    for asset, symbol in enumerate(panel.symbols):
        rows = table.filter(pc.equal(table.column("symbol"), symbol))
        ts = integers(rows, "ts")
        found[np.searchsorted(panel.ts, ts), asset] = rows.column(name).cast(pa.int64()).fill_null(0).to_numpy()
    return found
