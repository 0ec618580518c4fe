"""A project of made-up daily bars for benchmarks of sweeps; it is no benchmark itself."""

from __future__ import annotations

import shutil
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
EXPERIMENT = "made_up"
GRID_WORDS = ["strategy.fast_bars=range(5,25)", "strategy.slow_bars=range(30,80)"]
DATASET = """description: made-up daily bars
connector:
  kind: synthetic
  seed: 1
  bars: {bars}
  frequency: 1d
  symbols: [SYN]
symbols: [SYN]
frequency: 1d
calendar: 24/7
tick_size: 0.01
columns:
  symbol: symbol
"""
SPEC = """# @package _global_
defaults:
  - override /dataset: made_up_daily
  - override /strategy: sma_cross
universe:
  symbols: [SYN]
"""
PARAMS = """datasets: [made_up_daily]
experiments:
  made_up: {dataset: made_up_daily, set: {}}
sweeps: {}
"""


def project_of_bars(root: Path, *, bars: int) -> Path:
    """Return the folder of a new project with one experiment on so many daily bars; it has the repository's kernels."""
    shutil.copytree(REPOSITORY / "conf", root / "conf")
    (root / "conf" / "dataset" / "made_up_daily.yaml").write_text(
        DATASET.replace("{bars}", str(bars)), encoding="utf-8"
    )
    (root / "conf" / "experiment" / f"{EXPERIMENT}.yaml").write_text(SPEC, encoding="utf-8")
    (root / "params.yaml").write_text(PARAMS, encoding="utf-8")
    kernels = REPOSITORY / ".enerqis" / "kernels"
    kernels.mkdir(parents=True, exist_ok=True)
    (root / ".enerqis").mkdir()
    (root / ".enerqis" / "kernels").symlink_to(kernels.resolve())
    return root
