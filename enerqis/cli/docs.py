"""Draw docs/strategies/ from code and YAML headers; --check only compares."""

from __future__ import annotations

import argparse

from enerqis.cli.console import Console
from enerqis.cli.generated import declare_check, write_or_compare

ADVICE = "not what the code and the YAML give. Run 'enerqis docs' and commit it."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    declare_check(parser, what="page")


def run(args: argparse.Namespace, console: Console) -> int:
    """Write the pages, or name those that are stale and return 1."""
    from enerqis.compose.strategy_pages import FOLDER, stale_pages, write_pages

    return write_or_compare(args, console, folder=FOLDER, write=write_pages, stale=stale_pages, advice=ADVICE)
