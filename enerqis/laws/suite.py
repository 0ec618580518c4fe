"""All laws over all plug-ins of the families that have some."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from enerqis.io.plugins import scan
from enerqis.io.project import Project
from enerqis.laws import features, indicators, strategies
from enerqis.laws.fresh import fresh
from enerqis.laws.kinds import Subject

Law = Callable[[Subject], list[str]]
"""Returns what the plug-in breaks, one sentence each; nothing where it holds."""

LAWS: dict[str, tuple[Law, ...]] = {
    "indicators": indicators.LAWS,
    "features": features.LAWS,
    "strategies": strategies.LAWS,
}
"""Laws by family; the docstring of each says what it wants."""


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
            return [f"{type(exc).__name__}: {exc}"]


def trials(project: Project | None, *, with_shipped: bool = True) -> Iterator[Trial]:
    """Yield every law with every plug-in of its family, the project's and, unless told otherwise, the shipped ones."""
    for family, laws in LAWS.items():
        for kind in scan(family, project.plugins if project else None).values():
            if with_shipped or not kind.is_shipped:
                yield from (Trial(Subject(kind, project), law) for law in laws)
