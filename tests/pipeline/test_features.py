"""The stage on five bars: what a strategy may read lies in one file, what it may not in another."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from enerqis.core.tables import BARS, INSTANT
from enerqis.io.parquet import bar_file, write_table
from enerqis.io.project import Project
from enerqis.pipeline import features
from enerqis.pipeline.market import FEATURES_TABLE, LABELS_TABLE, load_panel, with_features
from enerqis.pipeline.receipts import RECEIPT_FILE
from enerqis.pipeline.stage import Work
from enerqis.spec.universe import Universe
from tests.engines.scenes import DAY, HOUR

CLOSE = [10.0, 12.0, 9.0, 18.0, 9.0]
PAST = {"kind": "indicator", "indicator": "roc", "source": ["close"], "arguments": {"lookback_bars": 1}}
NEXT = {"kind": "forward_return", "horizon_bars": 1}


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """Returns what the stage is given, for some features."""
    root = tmp_path_factory.mktemp("project")
    Project(root).kernels.mkdir(parents=True)
    days = np.arange(len(CLOSE))
    stamps = [pa.array(days * DAY + hour * HOUR).cast(INSTANT) for hour in (14, 21)]
    flat = {"volume": 1.0, "split_factor": 1.0, "dividend": 0.0}
    columns = {
        "symbol": ["X"] * days.size,
        "ts_open": stamps[0],
        "ts": stamps[1],
        "session": pa.array(days, pa.int32()).cast(pa.date32()),
    }
    for field in BARS:
        if field.name not in columns:
            value = flat.get(field.name)
            columns[field.name] = pa.array([value] * days.size if value is not None else CLOSE, field.type)
    path = bar_file(root / "bars", "X", 1970)
    path.parent.mkdir(parents=True)
    write_table(pa.table(columns, schema=BARS), path)
    (root / "bars" / RECEIPT_FILE).write_text(json.dumps({"facts": {"tick_size": 0.0, "calendar": "24/7"}}))

    def given(**chosen):
        spec = {"universe": {"symbols": ["X"], "start": None, "end": None}, "feature": chosen}
        return Work(Project(root), spec, {"parquet": root / "bars"}, "probe")

    return given


def test_labels_lie_in_a_table_of_their_own_and_no_engine_is_given_them(work, tmp_path):
    outcome = features.compute(work(past=PAST, next=NEXT), tmp_path)
    assert pq.read_table(tmp_path / FEATURES_TABLE).column_names == ["ts", "symbol", "past.value"]
    labels = pq.read_table(tmp_path / LABELS_TABLE)
    assert labels.column_names == ["ts", "symbol", "next.value", "next.available_at"]
    np.testing.assert_allclose(labels.column("next.value"), [0.2, -0.25, 1.0, -0.5, np.nan])
    known = [None if each is None else each.value for each in labels.column("next.available_at").to_pylist()]
    assert known == [*(day * DAY + 21 * HOUR for day in (1, 2, 3, 4)), None]
    panel = load_panel(work().inputs["parquet"], Universe(symbols=("X",)))
    assert list(with_features(panel, tmp_path).features) == ["past.value"]
    assert outcome.facts == {"rows": 5, "columns": 2}
    assert set(outcome.outputs) == {FEATURES_TABLE, LABELS_TABLE}


def test_the_result_hash_knows_both_tables_and_is_the_features_alone_where_there_is_no_label(work, tmp_path):
    folders = [tmp_path / name for name in "abc"]
    for folder in folders:
        folder.mkdir()
    alone, both, other = (
        features.compute(work(past=PAST, **labels), folder)
        for labels, folder in zip(({}, {"next": NEXT}, {"next": {**NEXT, "horizon_bars": 2}}), folders, strict=True)
    )
    assert alone.result_sha256 == alone.outputs[FEATURES_TABLE] == both.outputs[FEATURES_TABLE]
    assert len({alone.result_sha256, both.result_sha256, other.result_sha256}) == 3
