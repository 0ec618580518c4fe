"""The engine that a spec names: a file of this folder, imported only when a job asks for it.

The import is by name, so that the code identity of an experiment holds the engine it runs on (a root of its own, see
`compose.freezing`) and no other: work on one engine reruns nothing of another.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Protocol, cast

from enerqis.core.errors import StageError
from enerqis.interfaces.engine import BacktestResult, Job


class Engine(Protocol):
    """What every engine's file defines, besides ``ENGINE_VERSION`` and ``SUPPORTS``."""

    def refuse(self, job: Job) -> list[str]:
        """Return one sentence for each thing that the job asks and the engine cannot do."""

    def backtest(self, job: Job, *, cache_folder: Path) -> BacktestResult:
        """Run one job; generated modules are kept in `cache_folder`."""


def engine(name: str) -> Engine:
    """Return the engine called `name`, as `Execution.engine` spells it."""
    return cast(Engine, importlib.import_module(f"enerqis.engines.{name}"))


def backtest(job: Job, *, cache_folder: Path) -> BacktestResult:
    """Run a job on the engine that its execution spec names.

    Raises
    ------
    StageError
        If that engine must refuse the job: one sentence for each thing that it cannot do.
    """
    chosen = engine(job.execution.engine)
    refused = chosen.refuse(job)
    if refused:
        raise StageError("\n".join(refused))
    return chosen.backtest(job, cache_folder=cache_folder)
