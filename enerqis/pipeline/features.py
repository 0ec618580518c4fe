"""Stage features: columns of numbers, each known at the close of its bar."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enerqis.engines.kernel import run_indicators
from enerqis.engines.panel import rows_from_series
from enerqis.interfaces.feature import FeatureParams
from enerqis.interfaces.indicator import IndicatorCall
from enerqis.io.hashing import table_digest
from enerqis.io.parquet import read_any, write_table
from enerqis.io.plugins import revive
from enerqis.pipeline.market import FEATURES_TABLE, load_panel
from enerqis.pipeline.stage import Out, Outcome, Work
from enerqis.spec.base import Spec
from enerqis.spec.universe import Universe

if TYPE_CHECKING:
    from enerqis.pipeline.results import Result

INPUTS = ("parquet",)
OUTS = (Out("", "data/features/{name}", "file"),)
SHOWS: tuple[str, ...] = ()
KEEPS_OWN_OUTS = False


class FeaturesSlice(Spec):
    """What this stage reads of an experiment."""

    universe: Universe
    feature: dict[str, dict[str, Any]]


def pins(work: Work) -> None:
    """Return None: all data of this stage are results of other stages."""


def compute(work: Work, folder: Path) -> Outcome:
    """Compute every declared column over the universe and write one table: ts, symbol, ``NAME.COLUMN``."""
    spec = work.read(FeaturesSlice)
    panel = load_panel(work.inputs["parquet"], spec.universe)
    calls: dict[str, IndicatorCall] = {}
    for name, params in spec.feature.items():
        plugged = revive("features", params["kind"], params, FeatureParams, work.project.plugins)
        calls |= {f"{name}.{column}": call for column, call in plugged.module.columns(plugged.params).items()}
    values = run_indicators(panel, calls, cache_folder=work.project.kernels) if calls else {}
    table = rows_from_series(panel, values)
    write_table(table, folder / FEATURES_TABLE)
    outputs = {FEATURES_TABLE: table_digest([table], table.schema)}
    return Outcome(result_digest(outputs), outputs, {"rows": table.num_rows, "columns": table.num_columns - 2})


def result_digest(outputs: Mapping[str, str]) -> str:
    """Return the hash of the table."""
    return outputs[FEATURES_TABLE]


def content_digest(result: Result, file: str) -> str:
    """Return the hash of the table of a finished result, as it lies there now."""
    table = read_any(result.path(file))
    return table_digest([table], table.schema)
