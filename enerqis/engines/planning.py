"""What configurations of one structure share, found once before any of them runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np

from enerqis.engines.book import Floats
from enerqis.engines.conditions import conditions, volatility_bars
from enerqis.engines.configuration import (
    Calls,
    Described,
    PanelFacts,
    calls_of,
    check_alike,
    facts_of,
    parts_of,
    reads_bar,
)
from enerqis.engines.generate import Parts, kernel_module
from enerqis.engines.holding import settlement_hours, spans
from enerqis.engines.latency import delays
from enerqis.engines.series import SeriesSet
from enerqis.engines.structure import Structure
from enerqis.engines.tape import Tape, reads_of
from enerqis.interfaces.engine import Job, Panel, Plugged


class Build(NamedTuple):
    """How a kernel is made: for its structure or generic, compiled or plain. Every build gives the same bits."""

    is_generic: bool = False
    is_compiled: bool = True


SPECIALISED = Build()


def plain_arrays(panel: Panel) -> Panel:
    """Return the panel with arrays as compiled code takes them: C order, writeable, one type; copied only where needed."""
    names = ("ts", "ts_open", "session", "open", "high", "low", "close", "volume", "split_factor", "dividend")
    return replace(panel, **{name: np.require(getattr(panel, name), requirements=["C", "W"]) for name in names})


class Plan(NamedTuple):
    """What configurations of one structure share, and what each of them is asked.

    Parameters
    ----------
    jobs : sequence of Job
    calls : sequence of Calls
        The series that each of them looks at.
    panel : Panel
        In arrays as compiled code takes them.
    facts : PanelFacts
    parts : Parts
    known : mapping of kind to Plugged
        Limits that the kernel knows.
    module : module
        The kernel.
    series : SeriesSet
        All distinct series of the configurations.
    tape : Tape
        Cuts the panel into tapes.
    build : Build
    """

    jobs: Sequence[Job]
    calls: Sequence[Calls]
    panel: Panel
    facts: PanelFacts
    parts: Parts
    known: Mapping[str, Plugged]
    module: ModuleType
    series: SeriesSet
    tape: Tape
    build: Build

    def share(self, first: int, last: int) -> Plan:
        """Return the plan of configurations `first` to `last` (exclusive)."""
        return self._replace(jobs=self.jobs[first:last], calls=self.calls[first:last])


def plan(jobs: Sequence[Job], folder: Path, *, build: Build, limits: Mapping[str, Plugged], record: bool) -> Plan:
    """Return how to run jobs that share everything but numbers.

    Parameters
    ----------
    jobs : sequence of Job
    folder : Path
        Where generated modules are kept.
    build : Build
    limits : mapping of str to Plugged
        Limits that a generic kernel knows besides the jobs'.
    record : bool
        Whether tables are written.

    Raises
    ------
    StageError
        If the jobs differ in structure.
    """
    first = jobs[0]
    panel = plain_arrays(first.panel)
    facts = facts_of(panel)
    known = {**limits, **first.limits} if build.is_generic else dict(first.limits)
    described = Described()
    calls = [calls_of(job) for job in jobs]
    parts: Parts = parts_of(first, known, facts, described, calls[0], record=record)
    check_alike(jobs, calls, facts, described, record=record)
    module = kernel_module(parts, folder, is_generic=build.is_generic, is_compiled=build.is_compiled)
    series = SeriesSet(
        panel,
        [call for each in calls for call in each.values()],
        folder,
        is_compiled=build.is_compiled,
        is_adjusted=facts.has_actions,
    )
    tape = tape_of(first, panel, parts.structure, series.factor, is_generic=build.is_generic)
    return Plan(jobs, calls, panel, facts, parts, known, module, series, tape, build)


def tape_of(job: Job, panel: Panel, structure: Structure, factor: Floats | None, *, is_generic: bool) -> Tape:
    """Return what cuts the panel into tapes for all configurations that share what `job` asks of it."""
    return Tape(
        panel,
        factor,
        reads=reads_of(structure, is_generic=is_generic, reads_bar=structure.many or reads_bar(job.strategy.module)),
        delisted_after_days=job.execution.delisted_after_days,
        last=job.rows.last,
        market=conditions(panel, factor, volatility_bars=volatility_bars(job)) if structure.reads_market else None,
        spans=spans(panel, settlement_hours(job), job.rows.first) if structure.carries else (),
        delays=delays(job) if structure.draws_latency else None,
    )
