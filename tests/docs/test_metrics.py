"""What docs/metrics.md shows works as it stands there."""

import re
import textwrap
from pathlib import Path

import numpy as np
import pyarrow as pa

from enerqis.core.tables import EQUITY, FILLS, ORDERS, TRADES
from enerqis.interfaces.metric import Evidence, MetricParams, figures
from enerqis.io.plugins import load, params_class, scan

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "metrics.md").read_text("utf-8")


def test_every_kind_is_on_the_page_and_none_besides():
    table = PAGE.split("## Kinds")[1].split("\n\n")[1]
    named = {kind for line in table.splitlines()[2:] for kind in re.findall(r"`(\w+)`", line.split("|")[1])}
    assert named == set(scan("metrics", None))


def test_the_metric_of_ones_own_computes(tmp_path):
    block = PAGE.split("`plugins/metrics/best_session.py`:\n\n")[1].split("\n\nBeside it")[0]
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "best_session.py").write_text(textwrap.dedent(block), encoding="utf-8", newline="\n")
    kind = scan("metrics", tmp_path)["best_session"]
    empty = {name: schema.empty_table() for name, schema in (("equity", EQUITY), ("fills", FILLS), ("orders", ORDERS))}
    returns = np.array([0.01, 0.03, -0.02])
    evidence = Evidence(
        sessions=np.arange(3),
        returns=returns,
        benchmark_returns=returns,
        sessions_per_year=252.0,
        trades=TRADES.empty_table(),
        benchmark=pa.table({"ts": [], "equity": []}),
        initial_cash=1.0,
        **empty,
    )
    params = params_class(kind, MetricParams)()
    assert figures({"best_session": (load(kind), params)}, evidence) == {"best_session_fraction": 0.03}
