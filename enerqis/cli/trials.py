"""Show how many configs were tried on which data, and record them: enerqis trials [EXPERIMENT|DATASET|record] [--json]."""

from __future__ import annotations

import argparse
import json
import re
from typing import TYPE_CHECKING

from enerqis.cli.console import Console
from enerqis.io.project import Project

if TYPE_CHECKING:
    from enerqis.pipeline.trial_history import Counted, Event

COUNT_COLUMNS = ("dataset", "content", "K", "effective K", "finished", "failed", "running", "abandoned", "recorded")
EVENT_COLUMNS = ("when (UTC)", "trial", "outcome", "experiment", "strategy", "Sharpe a year", "run id")
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
DETAIL_CHARACTERS = 120
SHOWN = 12
"""Letters of a hash that are shown."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    parser.add_argument(
        "what",
        nargs="?",
        default="",
        metavar="EXPERIMENT|DATASET|record",
        help="only its trials; 'record' writes all into .cbr/trials",
    )
    parser.add_argument("--json", action="store_true", help="say it as JSON")
    parser.add_argument("--last", type=int, default=20, metavar="N", help="show the last N rows of the history (20)")


def run(args: argparse.Namespace, console: Console) -> int:
    """Show counts and history, or record; return 1 where trials were removed or changed."""
    project = Project.find()
    return _record(project, console) if args.what == "record" else _show(project, args, console)


def _record(project: Project, console: Console) -> int:
    from enerqis.pipeline.recording import record

    done = record(project)
    for each in done:
        console.result(f".cbr/trials/{each.dataset}.json: {each.trials} trials, {each.new} new lines")
    if not done:
        console.result("no trial was made yet")
    elif any(each.new for each in done):
        console.say("commit .cbr/trials; the next report counts them")
    return 0


def _show(project: Project, args: argparse.Namespace, console: Console) -> int:
    from enerqis.pipeline.recording import trial_faults
    from enerqis.pipeline.trial_history import history

    found = history(project, args.what)
    faults = list(trial_faults(project))
    if args.json:
        content = {
            "counts": [each._asdict() for each in found.counts],
            "history": [each._asdict() for each in found.events],
            "faults": [each.what for each in faults if each.is_fault],
        }
        console.result(json.dumps(content, indent=1, sort_keys=True))
    else:
        console.table("trials", COUNT_COLUMNS, [_count_row(each) for each in found.counts])
        for counted in found.counts:
            if counted.trials > 1:
                console.result(_sentence(counted))
        console.table("history", EVENT_COLUMNS, [_event_row(each) for each in found.events[-args.last :]])
        if len(found.events) > args.last:
            console.result(f"the last {args.last} of {len(found.events)}; all of them: --last {len(found.events)}")
        for each in faults:
            console.result(f"{'fault' if each.is_fault else 'note'}: {each.what}\n  {each.mend}")
    return 1 if any(each.is_fault for each in faults) else 0


def _sentence(each: Counted) -> str:
    """Return K and effective K in words, and what is to be done where returns are missing."""
    count = f"K {each.trials}, of which {_effective(each)} independent by return correlation"
    said = f"{each.dataset} {each.content[:SHOWN]}: {count}"
    if not each.unlike:
        return said
    return (
        f"{said}: an older version kept no returns of {each.unlike}, so that each of these counts by itself\n"
        "  run them again, by 'dvc repro' or 'enerqis run -m' with their words, then 'enerqis trials record'"
    )


def _effective(each: Counted) -> str:
    return f"{'at most ' if each.unlike else ''}{each.effective}"


def _count_row(each: Counted) -> tuple[str, ...]:
    figures = (each.trials, _effective(each), each.finished, each.failed, each.running, each.abandoned, each.recorded)
    return (each.dataset, each.content[:SHOWN], *map(str, figures))


def _event_row(each: Event) -> tuple[str, ...]:
    sharpe = "" if each.sharpe_per_year is None else f"{each.sharpe_per_year:.3f}"
    said = each.part or _one_line(each.detail)
    outcome = f"{each.outcome} ({said})" if said else each.outcome
    named = (each.experiment, each.strategy, sharpe, each.run_id[:SHOWN])
    return (each.when[:19].replace("T", " "), each.trial[:SHOWN], outcome, *named)


def _one_line(detail: str) -> str:
    """Return the first line of why a trial failed, without colours and not too long for a table; --json has it whole."""
    first = next((line.strip() for line in ESCAPES.sub("", detail).splitlines() if line.strip()), "")
    return first if len(first) <= DETAIL_CHARACTERS else f"{first[: DETAIL_CHARACTERS - 1]}…"
