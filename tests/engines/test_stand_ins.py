"""Fills that a slippage prices by a stand-in are counted: bars without volume, spread or a volatility before them."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from enerqis.costs import half_spread, sqrt_impact
from enerqis.costs.half_spread import HalfSpreadParams
from enerqis.costs.sqrt_impact import SqrtImpactParams
from enerqis.engines import kernel
from enerqis.engines.stand_ins import stand_ins
from enerqis.io.plugins import Plugged
from enerqis.pages.headline import stand_in_sentence
from tests.engines.scenes import PLAIN, job_of, panel_of

NAN = math.nan
IMPACT = Plugged(sqrt_impact, SqrtImpactParams(volatility_bars=2))
PANEL = panel_of([10.0, 11.0, 10.0, 12.0, 11.0, 12.0], plan={"target": [0.5, NAN, NAN, 0, 0.5, NAN]})


def counted(folder: Path, job) -> tuple[int, int | None]:
    found = kernel.backtest(job, cache_folder=folder, build=PLAIN)
    return found.fills.num_rows, stand_ins(job, found.fills)


def test_a_fill_before_a_volatility_is_known_pays_the_stand_in(tmp_path: Path) -> None:
    # fills at bars 1, 4 and 5; two returns are known from bar 3 on
    assert counted(tmp_path, job_of(PANEL, slippage=IMPACT)) == (3, 1)


def test_without_volume_every_fill_does(tmp_path: Path) -> None:
    silent = replace(PANEL, volume=np.full_like(PANEL.close, NAN))
    assert counted(tmp_path, job_of(silent, slippage=IMPACT)) == (3, 3)


def test_a_bar_without_a_spread_pays_it_and_a_kind_without_one_is_not_asked(tmp_path: Path) -> None:
    quoted = replace(PANEL, spread=np.array([[0.1], [NAN], [0.1], [0.1], [0.1], [NAN]]))
    half = Plugged(half_spread, HalfSpreadParams(fallback_bps=5.0))
    assert counted(tmp_path, job_of(quoted, slippage=half)) == (3, 2)
    assert counted(tmp_path, job_of(PANEL)) == (3, None)


def test_it_is_said_in_a_sentence() -> None:
    assert stand_in_sentence({"fills": 3}) == ""
    assert stand_in_sentence({"fills": 3, "stand_in_fills": 0}) == ""
    assert stand_in_sentence({"fills": 3, "stand_in_fills": 2}).startswith("2 of 3 fills paid the stand-in")
    assert stand_in_sentence({"fills": 3, "stand_in_fills": 3}).startswith("All 3 fills paid the stand-in")
