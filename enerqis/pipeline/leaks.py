"""The leak tests of a validation: what its slice and its inputs say of an experiment's features, folds and universe."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from enerqis.compose.closure import plugin_modules
from enerqis.core.units import NANOSECONDS_PER_DAY
from enerqis.interfaces.cv import Split
from enerqis.interfaces.engine import BacktestResult, Job
from enerqis.interfaces.feature import FeatureParams
from enerqis.io.parquet import symbol_span
from enerqis.io.plugins import revive, scan
from enerqis.io.project import Project
from enerqis.leaks.chain import Chain
from enerqis.leaks.examining import Leaks
from enerqis.leaks.finding import Finding
from enerqis.leaks.outside import outside
from enerqis.leaks.universe import Life, survivorship
from enerqis.pipeline import receipts
from enerqis.pipeline.selection import ValidateSlice
from enerqis.pipeline.stage import Work


def leaks_of(
    work: Work, spec: ValidateSlice, job: Job, result: BacktestResult, splits: Sequence[Split]
) -> dict[str, Any]:
    """Return what the leak tests find in an experiment; `result` is its own run."""
    features = {
        name: revive("features", each["kind"], each, FeatureParams, work.project.plugins)
        for name, each in spec.feature.items()
    }
    chain = Chain(job, features, work.project.kernels)
    found = Leaks(chain, result, splits=splits, seed=spec.seed).tree()
    read = outside(sources_of(work.project, chain))
    found["findings"] = [each.tree() for each in read] + found["findings"]
    found["findings"] += [each.tree() for each in _survivors(work.inputs["parquet"], job)]
    return found


def sources_of(project: Project, chain: Chain) -> dict[str, dict[str, str]]:
    """Return the project's files that the strategy and each feature are made of, their indicators among them."""
    kinds = scan("indicators", project.plugins)
    subjects = {chain.strategy: (chain.job.strategy.module, tuple(chain.declared.values()))} | {
        f"feature {name}": (each.module, tuple(each.module.columns(each.params).values()))
        for name, each in chain.features.items()
    }
    found = {}
    for subject, (module, calls) in subjects.items():
        roots = [Path(str(module.__file__)), *(kinds[call.kind].path for call in calls)]
        files = sorted(plugin_modules(roots, project.plugins))
        found[subject] = {project.relative(path): path.read_text(encoding="utf-8") for path in files}
    return found


def _survivors(parquet: Path, job: Job) -> tuple[Finding, ...]:
    """Return whether the universe was chosen by who lived on, of all symbols of the dataset."""
    lives = {name: Life(*symbol_span(parquet, name)) for name in receipts.read(parquet)["facts"]["symbols"]}
    ts, days = job.panel.ts, job.execution.delisted_after_days
    return survivorship(
        job.panel.symbols, lives, start=int(ts[0]), end=int(ts[-1]), grace=round(days * NANOSECONDS_PER_DAY)
    )
