"""Parts of a sweep: what running a point gives."""

from __future__ import annotations

import numpy as np

from enerqis.compose.experiments import resolve_experiment
from enerqis.io.project import Project
from enerqis.pipeline.grounds import ground_of
from enerqis.pipeline.parts import Parts, Point
from enerqis.pipeline.results import placed
from enerqis.quant.signatures import block_ends, returns_of
from tests.pipeline.finished import DATASET, EXPERIMENT


def test_a_point_over_some_of_the_bars_has_the_returns_of_the_blocks_that_these_fill(
    untouched_project: Project,
) -> None:
    spec = resolve_experiment(untouched_project, EXPERIMENT)
    data = untouched_project.data
    ground = ground_of(
        spec.universe, {"parquet": data / "parquet" / DATASET, "features": data / "features" / EXPERIMENT}
    )
    bars = ground.panel.ts.size
    points = [Point(f"point {count}", count / bars, spec, ground, count) for count in (bars, bars // 2)]
    whole, half = Parts(untouched_project, threads=1).table(points).column("signature").to_pylist()
    assert whole == placed(untouched_project, "backtest", EXPERIMENT).receipt["facts"]["returns"]["signature"]
    ends = block_ends(ground.panel.ts, first_ts=ground.span[0], last_ts=ground.span[1])
    filled = int((ends < bars // 2).sum())
    assert filled > 20
    np.testing.assert_array_equal(returns_of(half)[:filled], returns_of(whole)[:filled])
    assert np.isnan(returns_of(half)[filled + 1 :]).all()
    assert np.isfinite(returns_of(whole)[filled + 1 :]).all()
