"""A job runs on the engine that its spec names, and on no other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from enerqis.core.errors import StageError
from enerqis.engines import kernel
from enerqis.engines.choosing import backtest, engine
from tests.engines.scenes import PLAIN, job_of, panel_of

PRICES = [10.0, 11.0, 12.0]
PLAN = {"target": [1.0, 1.0, 1.0]}


def test_a_job_runs_on_the_engine_it_names(tmp_path: Path) -> None:
    job = job_of(panel_of(PRICES, plan=PLAN), engine="kernel")
    by_name = backtest(job, cache_folder=tmp_path)
    assert by_name.fills.equals(kernel.backtest(job, cache_folder=tmp_path, build=PLAIN).fills)


def test_what_an_engine_cannot_do_is_said_before_it_runs(tmp_path: Path) -> None:
    empty = panel_of([[10.0]])
    nothing = type(empty)(**{**vars(empty), "ts": empty.ts[:0]})
    with pytest.raises(StageError, match="the universe has no bars"):
        backtest(job_of(nothing), cache_folder=tmp_path)


def test_every_engine_that_a_spec_may_name_has_its_file() -> None:
    for name in ("kernel", "zipline"):
        chosen = engine(name)
        assert callable(chosen.refuse)
        assert callable(chosen.backtest)


def test_the_kernel_is_chosen_without_importing_zipline_or_pandas() -> None:
    program = (
        "import sys; from enerqis.engines.choosing import engine; engine('kernel'); "
        "sys.exit(any(name in sys.modules for name in ('zipline', 'pandas')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
