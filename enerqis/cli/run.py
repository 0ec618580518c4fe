"""Run one experiment, whole, in this process, or with -m many points of it: enerqis run experiment=NAME [key=value ...]."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from enerqis.cli.console import Console
from enerqis.core.errors import ConfigError, Problem

if TYPE_CHECKING:
    from enerqis.pages.record import Record
    from enerqis.pipeline.api import Run, Watch

HEADLINE = (
    "total_return_fraction",
    "annual_return_fraction",
    "benchmark_annual_return_fraction",
    "sharpe_ratio",
    "max_drawdown_fraction",
    "trades_count",
    "costs_bps",
    "carry_amount",
)
"""Figures of the summary, where the experiment has them."""
A_YEAR = ("annual_return_fraction", "benchmark_annual_return_fraction")
"""Those that a record of less than a year does not show."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("words", nargs="+", metavar="experiment=NAME|group=choice|key=value", help="Hydra's grammar")
    parser.add_argument(
        "-m", "--multirun", action="store_true", help="sweep: key=a,b key=range(1,9) group=x,y, or search=NAME"
    )
    parser.add_argument("--no-track", action="store_true", help="do not log the run to MLflow")


def run(args: argparse.Namespace, console: Console) -> int:
    """Run the experiment and print its summary."""
    from enerqis.io.locks import shared
    from enerqis.io.project import Project

    experiment, overrides = split(args.words)
    with shared(Project.find().store_lock):
        return _run(experiment, overrides, args, console)


def _run(experiment: str, overrides: list[str], args: argparse.Namespace, console: Console) -> int:
    if args.multirun:
        from enerqis.cli.multirun import run_points

        return run_points(experiment, overrides, console)
    from enerqis.pipeline import api

    with progress(console) as watch:
        done = api.run(experiment, overrides, watch=watch)
        if not args.no_track:
            watch.on_stage("track")
            api.track(done)
    _summary(done, console, is_placed=not overrides)
    return 0


def split(words: list[str]) -> tuple[str, list[str]]:
    """Return the experiment and the overrides among the words of the command.

    Raises
    ------
    ConfigError
        If the experiment is not named exactly once, or a word is not an assignment.
    """
    named = [word.removeprefix("experiment=") for word in words if word.startswith("experiment=")]
    overrides = [word for word in words if not word.startswith("experiment=")]
    problems = [
        Problem("<command line>", word, _no_override(word, is_named=bool(named)))
        for word in overrides
        if "=" not in word and not word.startswith("~")
    ]
    if len(named) == 1 and "," in named[0]:
        problems.append(
            Problem(
                "<command line>", "experiment", f"'{named[0]}' names several. A run, and a sweep, is of one: run each."
            )
        )
    if (len(named) != 1 or not named[0]) and not problems:
        problems.append(
            Problem("<command line>", "experiment", "name one: experiment=NAME. 'enerqis list experiment' shows them.")
        )
    if problems:
        raise ConfigError(problems)
    return named[0], overrides


def _no_override(word: str, *, is_named: bool) -> str:
    """Return what to write in the place of a word that sets nothing; the first thing to forget is ``experiment=``."""
    hint = "" if is_named else f" Did you mean 'experiment={word}'?"
    return f"not an override.{hint} Write key=value, group=choice, +key=value or ~key."


@contextmanager
def progress(console: Console) -> Iterator[Watch]:
    """Show which stage runs: a spinner on a terminal, a line a stage elsewhere, nothing where quiet."""
    from enerqis.pipeline.api import Watch

    if console.quiet or not console.is_terminal:
        yield Watch(console.say, lambda stage: console.say(f"{stage} ..."))
        return
    with console.rich().status("resolve") as status:
        yield Watch(console.say, lambda stage: status.update(stage))


def _summary(done: Run, console: Console, *, is_placed: bool) -> None:
    """Print what each stage gave, the figures and where the report lies."""
    rows = [
        (each.stage, "computed" if each.is_new else "from store", each.stage_id[:12], each.result_sha256[:12])
        for each in done.stages.values()
    ]
    console.table(done.experiment, ("stage", "", "stage id", "result"), rows)
    console.table("figures", ("metric", "value"), figures(done))
    for line in findings(done):
        console.result(line)
    console.result(f"run id   {done.run_id}")
    if is_placed:
        console.result(f"report   data/report/{done.experiment}/index.html")
    else:
        console.result(f"report   {done.report}   (overrides: nothing under data/ was touched)")


def figures(done: Run) -> list[tuple[str, str]]:
    """Return the figures of the summary, from when to when they are first; no return a year of less than one."""
    record, found = _record(done), done.metrics
    hidden = A_YEAR if record and record.is_short else ()
    rows = [(key, f"{found[key]:.6g}") for key in HEADLINE if key in found and key not in hidden]
    return [("record", record.period), *rows] if record else rows


def _record(done: Run) -> Record | None:
    from enerqis.pages.record import Record

    return Record.told(done.stages["report"].facts)


def findings(done: Run) -> list[str]:
    """Return what to know before any figure is believed: leaks, rows left out, fills without a price, gates not held."""
    from enerqis.pages.cautions import leak_sentence, rejection_sentence
    from enerqis.pages.gates import gates_line
    from enerqis.pages.headline import stand_in_sentence

    gates = gates_line(done.gates)
    leaks = done.validation.get("leaks", {}).get("findings", [])
    record = _record(done)
    named = (
        ("leak", leak_sentence(done.validation)),
        *(("", each["sentence"]) for each in leaks),
        ("data", rejection_sentence(done.manifest, from_fraction=0.0)),
        ("note", stand_in_sentence(done.stages["backtest"].facts)),
        ("note", record.warning if record else ""),
        ("gates", f"{gates.sentence}   (data/gate/{done.experiment}.json)" if gates.failures else gates.sentence),
    )
    return [f"{name:<9}{sentence}" for name, sentence in named if sentence]
