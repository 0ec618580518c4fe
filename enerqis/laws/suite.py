"""All laws over all plug-ins of the families that have some."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from typing import NamedTuple

from enerqis.compose.closure import plugin_modules
from enerqis.compose.portable import check_portable
from enerqis.interfaces.strategy import is_algorithm
from enerqis.io.plugins import Kind, load, scan
from enerqis.io.project import Project
from enerqis.laws import cheaper, costs, cv, features, indicators, limits, strategies
from enerqis.laws.fresh import fresh
from enerqis.laws.kinds import Subject
from enerqis.leaks.finding import MENDS
from enerqis.leaks.outside import readings

Law = Callable[[Subject], list[str]]
"""Returns what the plug-in breaks, one sentence each; nothing where it holds."""


def portable(subject: Subject) -> list[str]:
    """Its kernels, and all that they call, stay in the portable subset."""
    return [str(problem) for problem in check_portable(subject.kind)]


def reads_nothing_outside(subject: Subject) -> list[str]:
    """It reads no file and asks no network, nor does a plug-in that it imports: what stands there is known at every bar."""
    files = [subject.kind.path, *(plugin_modules([subject.kind.path], subject.plugins) if subject.plugins else ())]
    return [
        f"{path.name}:{each.line}: '{each.word}' reads what no bar gives it. Usual mend: {MENDS['outside']}"
        for path in dict.fromkeys(files)
        for each in readings(path.read_text(encoding="utf-8"))
    ]


LAWS: dict[str, tuple[Law, ...]] = {
    "indicators": (*indicators.LAWS, portable, reads_nothing_outside),
    "features": (*features.LAWS, reads_nothing_outside),
    "strategies": (portable, reads_nothing_outside, *strategies.LAWS),
    "costs": (
        costs.documented,
        costs.round_trips,
        costs.is_called_right,
        costs.never_helps,
        cheaper.is_as_declared,
        portable,
    ),
    "risk": (costs.documented, costs.round_trips, limits.lets_go_upwards, portable),
    "cv": cv.LAWS,
}
"""Laws by family; the docstring of each says what it wants."""

ALGORITHM_LAWS: tuple[Law, ...] = (strategies.documented, strategies.round_trips)
"""Laws of a plain zipline algorithm: nothing is promised of what it does at a bar."""


class Trial(NamedTuple):
    """One law to be held against one plug-in."""

    subject: Subject
    law: Law

    @property
    def name(self) -> str:
        """What it is called in a list: family, kind and law."""
        return f"{self.subject.kind.family}/{self.subject.kind.name}: {self.law.__name__.replace('_', ' ')}"

    def complaints(self) -> list[str]:
        """Return what the plug-in, freshly imported, breaks; an exception of its own code is a complaint too."""
        try:
            with fresh(self.subject.kind):
                return self.law(self.subject)
        except Exception as exc:
            return [f"{type(exc).__name__}: {exc}{self._place(exc)}"]

    def _place(self, raised: Exception) -> str:
        """Return the line of the plug-in's own file that an exception passed last; empty where it passed none."""
        lines = [each.lineno for each in traceback.extract_tb(raised.__traceback__) if each.filename == self._file]
        return f" ({self.subject.kind.shown}:{lines[-1]})" if lines else ""

    @property
    def _file(self) -> str:
        return str(self.subject.kind.path)


def trials_of(kind: Kind, project: Project | None) -> list[Trial]:
    """Return every law of the family of `kind`, to be held against it."""
    laws = ALGORITHM_LAWS if kind.family == "strategies" and is_algorithm(load(kind)) else LAWS[kind.family]
    return [Trial(Subject(kind, project), law) for law in laws]


def trials(project: Project | None, *, with_shipped: bool = True) -> Iterator[Trial]:
    """Yield every law with every plug-in of its family, the project's and, unless told otherwise, the shipped ones."""
    for family in LAWS:
        for kind in scan(family, project.plugins if project else None).values():
            if with_shipped or not kind.is_shipped:
                yield from trials_of(kind, project)
