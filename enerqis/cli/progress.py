"""The live panel of a sweep: how far it is, how fast, the best point so far and how much of it is luck, a small heatmap."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from enerqis.cli.console import Console
from enerqis.quant.heatmap import Heatmap, heatmap

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import RenderableType

    from enerqis.pipeline.evaluating import Progress
    from enerqis.pipeline.standing import Best, Standing

SHADES = " ░▒▓█"
"""From the worst to the best."""

WIDEST, TALLEST = 40, 12
"""Most columns and rows of the heatmap."""


@contextmanager
def panel(console: Console) -> Iterator[Callable[[Standing], None]]:
    """Yield what takes how a sweep stands, and shows it: on a terminal only, and not where quiet; the summary says it all."""
    if console.quiet or not console.is_terminal:
        yield lambda _: None
        return
    from rich.live import Live

    started = time.monotonic()
    with Live(console=console.rich(), auto_refresh=False, transient=True) as live:

        def show(standing: Standing) -> None:
            live.update(_drawn(standing, seconds=time.monotonic() - started), refresh=True)

        yield show


def _drawn(standing: Standing, *, seconds: float) -> RenderableType:
    from rich.panel import Panel

    entries, best = standing.evaluation.entries, standing.best
    lines = [progress_line(standing.evaluation.progress, seconds=seconds)]
    if best is not None:
        lines.append(best_line(entries[best.row].values, best))
    lines += heat_lines([entry.values for entry in entries], standing.scores.tolist())
    return Panel("\n".join(lines), title="sweep", title_align="left")


def progress_line(progress: Progress, *, seconds: float) -> str:
    """Return counts, points a second and the time that is left."""
    rate = progress.done / seconds if seconds > 0.0 else 0.0
    of = "" if progress.total is None else f" of {progress.total}"
    left = ""
    if progress.total is not None and rate > 0.0:
        left = f", {max(0.0, (progress.total - progress.done) / rate):.0f} s left"
    return f"{progress.done}{of} done, {progress.failed} failed, {rate:.0f} points/s{left}"


def best_line(values: dict[str, Any], best: Best) -> str:
    """Return the best point, its Sharpe ratio and what is left of that after counting trials."""
    named = " ".join(f"{key}={value}" for key, value in values.items())
    sharpe = f"{best.figures['sharpe_annual_ratio']:.2f}"
    deflated = "unknown" if math.isnan(best.deflated_sharpe) else f"{best.deflated_sharpe:.2f}"
    return f"best so far: {named}: Sharpe {sharpe} a year, deflated {deflated} (of {best.trials} trials)"


def heat_lines(values: Sequence[dict[str, Any]], scores: Sequence[float]) -> list[str]:
    """Return the scores over the first two parameters that vary, as shaded cells; none where there are no two."""
    heat = heatmap(values, scores, tallest=TALLEST, widest=WIDEST)
    if heat is None:
        return []
    width = max(len(str(row)) for row in heat.rows)
    body = [
        f"{row!s:>{width}} " + "".join(_shade(heat, score) for score in line)
        for row, line in zip(heat.rows, heat.cells, strict=True)
    ]
    return [
        f"{heat.down} down, {heat.across} {heat.columns[0]} to {heat.columns[-1]} across; the fuller the cell, the better",
        *body,
    ]


def _shade(heat: Heatmap, score: float | None) -> str:
    if score is None:
        return "·"
    return SHADES[min(len(SHADES) - 1, int(heat.share(score) * len(SHADES)))]
