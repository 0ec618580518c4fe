"""What `enerqis run -m` shows of a sweep; it is no command itself."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from enerqis.cli.console import Console
from enerqis.pages import verdict

if TYPE_CHECKING:
    from enerqis.pipeline.swept import Swept

SHOWN = 5
"""Points and failures that the summary names."""

EXIT_NONE, EXIT_SOME = 1, 3
"""No point finished; some points failed and others did not."""

COLUMNS = {
    "sharpe_annual_ratio": "Sharpe a year",
    "total_return_fraction": "return",
    "max_drawdown_fraction": "drawdown",
    "fills_count": "fills",
}


def run_points(experiment: str, words: list[str], console: Console) -> int:
    """Run a sweep and print its summary; return 0 where every point finished, 3 where some failed, 1 where none finished."""
    from enerqis.cli.progress import panel
    from enerqis.pipeline.multirun import SweepWatch, multirun

    with panel(console) as show:
        done = multirun(experiment, words, watch=SweepWatch(console.say, show))
    _summary(done, console)
    if not done.facts["failed"]:
        return 0
    return EXIT_NONE if done.facts["failed"] == done.facts["points"] else EXIT_SOME


def _summary(done: Swept, console: Console) -> None:
    """Print the best points, what failed, how many trials that makes and where the table lies."""
    facts = done.facts
    parameters = done.parameters
    rows = [
        [_word(row[name]) for name in parameters] + [_word(row[name]) for name in COLUMNS]
        for row in done.ranked()[:SHOWN]
    ]
    console.table(f"{done.experiment}: best of {facts['points']}", [*parameters, *COLUMNS.values()], rows)
    for row in done.failed()[:SHOWN]:
        named = " ".join(f"{name}={row[name]}" for name in parameters)
        console.error(f"failed: {named}: {row['error'].splitlines()[0]}")
    if facts["failed"] > SHOWN:
        console.error(f"failed: {facts['failed'] - SHOWN} more, see the column 'error' of the table")
    console.result(
        f"points   {facts['points']} ({facts['failed']} failed, {facts['repeated']} equal to an earlier one, "
        f"{facts['left_out']} left out by constraints), {'computed' if done.is_new else 'from store'}"
    )
    if done.best is not None and not math.isnan(done.best.deflated_sharpe):
        found = done.best.deflated_sharpe
        console.result(
            f"luck     deflated Sharpe {verdict.probability(found)} for the best of {done.best.trials} trials on these data: "
            f"{verdict.word(found)}"
        )
    console.result(f"sweep id {done.stage_id}")
    console.result(f"table    {done.folder / 'points.parquet'}   (nothing under data/ was touched)")


def _word(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
