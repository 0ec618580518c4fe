"""What no engine can run: costs made of other functions than engines call, a universe without bars."""

from __future__ import annotations

from collections.abc import Iterator

from enerqis.interfaces.cost import FUNCTIONS, misfits
from enerqis.interfaces.engine import Job


def impossible(job: Job) -> list[str]:
    """Return one sentence for each thing about the job that no engine can do."""
    found = list(_misfitting_costs(job))
    if job.panel.ts.size == 0:
        found.append("the universe has no bars")
    return found


def _misfitting_costs(job: Job) -> Iterator[str]:
    """Yield the cost kinds that are made of other functions than engines call."""
    for part in FUNCTIONS:
        for sentence in misfits(getattr(job, part).module, part):
            yield f"cost.{part}: {sentence}"
