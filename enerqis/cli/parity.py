"""Run one experiment on two engines and hold orders, fills and equity against each other: enerqis parity experiment=NAME."""

from __future__ import annotations

import argparse

from enerqis.cli.console import Console
from enerqis.cli.run import progress, split
from enerqis.core.errors import ConfigError, Problem


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument(
        "words",
        nargs="+",
        metavar="experiment=NAME|engines=A,B|key=value",
        help="Hydra's grammar; engines: two of them",
    )


def run(args: argparse.Namespace, console: Console) -> int:
    """Return 0 where both engines agree, else 1."""
    from enerqis.pages.parity import parity_box
    from enerqis.pipeline import api

    experiment, overrides = split([word for word in args.words if not word.startswith("engines=")])
    with progress(console) as watch:
        done = api.parity(experiment, overrides, engines=_engines(args.words), watch=watch)
    box = parity_box(done.parity)
    if box.rows:
        rows = [(row.name, str(row.left), str(row.right), str(row.differing)) for row in box.rows]
        console.table(experiment, ("", box.left, box.right, "differing"), rows)
    console.result(box.sentence)
    for line in box.lines:
        console.result(line)
    return 1 if box.lines else 0


def _engines(words: list[str]) -> tuple[str, str] | None:
    """Return the engines that the command names, or None.

    Raises
    ------
    ConfigError
        If they are not two.
    """
    named = [word.removeprefix("engines=").split(",") for word in words if word.startswith("engines=")]
    if not named:
        return None
    if len(named) > 1 or len(named[0]) != 2:
        raise ConfigError([Problem("<command line>", "engines", "name two, once: engines=kernel,zipline")])
    return named[0][0], named[0][1]
