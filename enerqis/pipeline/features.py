"""Stage features: columns of numbers, each known at the close of its bar; labels, known later, in a table of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enerqis.engines.kernel import run_indicators
from enerqis.engines.labels import label_rows
from enerqis.engines.panel import rows_from_series
from enerqis.interfaces.engine import Floats
from enerqis.interfaces.feature import FeatureParams, horizon_bars
from enerqis.interfaces.indicator import IndicatorCall
from enerqis.io.hashing import digest, table_digest
from enerqis.io.parquet import read_any, write_table
from enerqis.io.plugins import revive
from enerqis.pipeline.market import FEATURES_TABLE, LABELS_TABLE, load_panel
from enerqis.pipeline.stage import Out, Outcome, Work
from enerqis.spec.base import Spec
from enerqis.spec.universe import Universe

if TYPE_CHECKING:
    from enerqis.pipeline.results import Result

INPUTS = ("parquet",)
OUTS = (Out("", "data/features/{name}", "file"),)
SHOWS: tuple[str, ...] = ()
KEEPS_OWN_OUTS = False
RESULT_DOMAIN = "enerqis/features/1"


class FeaturesSlice(Spec):
    """What this stage reads of an experiment."""

    universe: Universe
    feature: dict[str, dict[str, Any]]


def pins(work: Work) -> None:
    """Return None: all data of this stage are results of other stages."""


def compute(work: Work, folder: Path) -> Outcome:
    """Compute every declared column over the universe and write one table: ts, symbol, ``NAME.COLUMN``.

    Where labels are declared, a second table holds them, dated back to the bar they are about.
    """
    spec = work.read(FeaturesSlice)
    panel = load_panel(work.inputs["parquet"], spec.universe)
    declared = {
        name: revive("features", params["kind"], params, FeatureParams, work.project.plugins)
        for name, params in spec.feature.items()
    }
    labels = {name: bars for name, each in declared.items() if (bars := horizon_bars(each.params))}

    def computed(names: Iterable[str]) -> dict[str, Floats]:
        calls: dict[str, IndicatorCall] = {
            f"{name}.{column}": call
            for name in names
            for column, call in declared[name].module.columns(declared[name].params).items()
        }
        return run_indicators(panel, calls, cache_folder=work.project.kernels) if calls else {}

    tables = {FEATURES_TABLE: rows_from_series(panel, computed(name for name in declared if name not in labels))}
    if labels:
        tables[LABELS_TABLE] = label_rows(panel, computed(labels), labels)
    for file, table in tables.items():
        write_table(table, folder / file)
    outputs = {file: table_digest([table], table.schema) for file, table in tables.items()}
    columns = sum(table.num_columns - 2 for table in tables.values()) - len(labels)
    return Outcome(result_digest(outputs), outputs, {"rows": tables[FEATURES_TABLE].num_rows, "columns": columns})


def result_digest(outputs: Mapping[str, str]) -> str:
    """Return the hash of the table of features, or of both tables where there are labels."""
    return digest(RESULT_DOMAIN, dict(outputs)) if LABELS_TABLE in outputs else outputs[FEATURES_TABLE]


def content_digest(result: Result, file: str) -> str:
    """Return the hash of one table of a finished result, as it lies there now."""
    table = read_any(result.path(file))
    return table_digest([table], table.schema)
