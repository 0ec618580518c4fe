"""The reference engine: zipline-reloaded behind the same interface as the kernel."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from enerqis.core.errors import StageError
from enerqis.interfaces.engine import BacktestResult, Job

ENGINE_VERSION = "0"
"""Raised whenever the same inputs could give other results."""

SUPPORTS: Mapping[str, tuple[str, ...]] = {}
"""Choices of the execution spec that this engine honours."""


def refuse(job: Job) -> list[str]:
    """Return one sentence for each thing that the job asks and this engine cannot do."""
    return ["execution.engine: zipline runs no strategy yet. Allowed: kernel"]


def backtest(job: Job, *, cache_folder: Path) -> BacktestResult:
    """Run one job.

    Raises
    ------
    StageError
        If the engine must refuse the job.
    """
    raise StageError("\n".join(refuse(job)))
