"""Write schemas/, the JSON schemas of every YAML file; --check only compares."""

from __future__ import annotations

import argparse

from enerqis.cli.console import Console
from enerqis.cli.generated import declare_check, write_or_compare

ADVICE = "not what the models give. Run 'enerqis schema' and commit it."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    declare_check(parser, what="schema")


def run(args: argparse.Namespace, console: Console) -> int:
    """Write the schemas, or name those that are stale and return 1."""
    from enerqis.compose.schemas import stale, write_schemas

    return write_or_compare(args, console, folder="schemas", write=write_schemas, stale=stale, advice=ADVICE)
