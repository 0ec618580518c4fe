"""What no engine can run: costs made of other functions than engines call or without what they look at, no bars at all."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from enerqis.engines.conditions import conditions
from enerqis.engines.configuration import opens_early
from enerqis.interfaces.cost import FUNCTIONS, misfits, needed
from enerqis.interfaces.engine import Job


def impossible(job: Job) -> list[str]:
    """Return one sentence for each thing about the job that no engine can do."""
    found = [*_misfitting_costs(job), *_missing_market(job), *_nothing_to_share(job), *_overlapping(job)]
    if job.panel.ts.size == 0:
        found.append("the universe has no bars")
    elif not 0 <= job.rows.warmup <= job.rows.first < job.rows.last <= job.panel.ts.size:
        found.append(f"rows {tuple(job.rows)} are no span of a panel of {job.panel.ts.size} rows")
    return found


def _misfitting_costs(job: Job) -> Iterator[str]:
    """Yield the cost kinds that are made of other functions than engines call."""
    for part in FUNCTIONS:
        plugged = getattr(job, part)
        for sentence in misfits(plugged.module, part) if plugged is not None else ():
            yield f"cost.{part}: {sentence}"


def _missing_market(job: Job) -> Iterator[str]:
    """Yield each field of the market that the slippage cannot do without and some bar lacks."""
    panel = job.panel
    for name in needed(job.slippage.module, job.slippage.params):
        values = getattr(conditions(panel, None, volatility_bars=0), name)
        lacking = np.argwhere(np.isnan(values) & ~np.isnan(panel.close))
        if len(lacking):
            row, asset = lacking[0]
            kind = job.slippage.module.__name__.rpartition(".")[2]
            yield (
                f"cost.slippage: '{kind}' needs a {name} at every bar and {len(lacking)} have none, the first of "
                f"{panel.symbols[asset]} at {np.datetime64(int(panel.ts[row]), 'ns')} UTC. Name the column in the dataset's "
                f"columns, or give cost.slippage a fallback"
            )


def _nothing_to_share(job: Job) -> Iterator[str]:
    """Yield each symbol none of whose bars has a volume, where the slippage fills no more than a share of it."""
    if not hasattr(job.slippage.module, "fillable") or job.panel.ts.size == 0:
        return
    kind = job.slippage.module.__name__.rpartition(".")[2]
    for asset, symbol in enumerate(job.panel.symbols):
        if not (job.panel.volume[:, asset] > 0.0).any():
            yield (
                f"cost.slippage: '{kind}' fills a share of each bar's volume, and no bar of {symbol} has any: nothing could be "
                f"traded. Name the column in the dataset's columns, or choose another slippage"
            )


def _overlapping(job: Job) -> Iterator[str]:
    """Yield a drawn latency over bars that are under way when others close: what it would count from is not one instant."""
    if len(job.execution.latency_distribution) > 1 and job.panel.ts.size and opens_early(job.panel):
        yield (
            "execution.latency_distribution: bars of some symbols begin before others have closed, which no engine supports. "
            "Trade symbols whose bars end together, or leave it empty"
        )
