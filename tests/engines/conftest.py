"""Kernels run in plain Python unless a test compiles them: the same loop, at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from enerqis.engines.kernel import backtest
from enerqis.interfaces.engine import BacktestResult
from tests.engines.scenes import PLAIN, job_of


@pytest.fixture
def run(kernels: Path) -> Callable[..., BacktestResult]:
    """Run a job, given as the arguments of `job_of`, in plain Python."""

    def run(*arguments: Any, **knobs: Any) -> BacktestResult:
        return backtest(job_of(*arguments, **knobs), cache_folder=kernels, build=PLAIN)

    return run
