"""Random data with gaps, random decisions, random knobs, costs and limits: kernel and zipline agree to the last bit."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from enerqis.costs import per_unit
from enerqis.costs.per_unit import PerUnitParams
from enerqis.engines import kernel, zipline
from enerqis.engines.panel import panel_until
from enerqis.interfaces.engine import Job, Plugged
from tests.engines.agreement import difference
from tests.engines.scenes import EXACT, FREE, PLAIN
from tests.engines.test_random_specs import (
    CARRIES,
    CHOICES,
    IMPACT,
    MINIMUM,
    NUMBERS,
    QUOTED,
    SHARE,
    SPREAD,
    THIN,
    random_job,
)

APART = ("contract_multiplier",)
"""Knobs under which the engines agree within 1e-9 only."""
KNOBS = {name: values for name, values in CHOICES.items() if name not in APART}
COMMISSIONS = [FREE, MINIMUM, Plugged(per_unit, PerUnitParams(commission_per_unit=0.01, min_commission=1.0))]
SLIPPAGES = [EXACT, SPREAD, THIN, QUOTED, IMPACT, SHARE]


def job_by_chance(seed: int, **fixed: Any) -> Job:
    """A job whose knobs, costs, limits and data all come from `seed`."""
    choose = random.Random(seed)
    knobs = {name: choose.choice(values) for name, values in KNOBS.items()}
    limits = {kind: numbers for kind, numbers in NUMBERS.items() if choose.random() < 0.3}
    costs = (choose.choice(COMMISSIONS), choose.choice(SLIPPAGES), choose.choice(CARRIES))
    return random_job(seed, choose.randint(1, 3), costs, limits, {**knobs, **fixed})


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 20, 5))
def test_a_random_spec_gives_the_same_bits_in_kernel_and_zipline(tmp_path: Path, first: int) -> None:
    for seed in range(first, first + 5):
        job = job_by_chance(seed)
        found = difference(
            kernel.backtest(job, cache_folder=tmp_path, build=PLAIN), zipline.backtest(job, cache_folder=tmp_path)
        )
        assert found == "", f"seed {seed}: {job.execution}"


def test_a_contract_worth_several_units_agrees_within_the_noise_of_floats(tmp_path: Path) -> None:
    job = job_by_chance(3, contract_multiplier=5.0, lot_step=1.0)
    one = kernel.backtest(job, cache_folder=tmp_path, build=PLAIN)
    other = zipline.backtest(job, cache_folder=tmp_path)
    assert one.fills.column("units").to_pylist() == other.fills.column("units").to_pylist()
    for name in ("equity", "cash"):
        expected = pytest.approx(one.equity.column(name).to_numpy(), rel=1e-9)
        assert other.equity.column(name).to_numpy() == expected


@pytest.mark.parametrize(("seed", "rows"), [(67, 16), (73, 29)])
def test_orders_withdrawn_at_a_last_row_without_a_bar_are_listed_alike(tmp_path: Path, seed: int, rows: int) -> None:
    whole = job_by_chance(seed, last_bar="close")
    job = replace(whole, panel=panel_until(whole.panel, rows))
    one = kernel.backtest(job, cache_folder=tmp_path, build=PLAIN)
    assert np.isnan(job.panel.close[-1]).any()
    assert difference(one, zipline.backtest(job, cache_folder=tmp_path)) == ""
