"""The one door to the terminal: plain text where nobody watches, rich where somebody does."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from enerqis.io.secrets import hide_values, redact

if TYPE_CHECKING:
    from rich.console import Console as RichConsole


class Console:
    """Where commands speak to the user.

    Parameters
    ----------
    quiet : bool
        Say only results and errors.
    debug : bool
        Say also what helps to find a defect.
    """

    def __init__(self, *, quiet: bool = False, debug: bool = False) -> None:
        self.quiet = quiet
        self.debug = debug

    @property
    def is_terminal(self) -> bool:
        """Whether a person watches standard error."""
        return sys.stderr.isatty()

    def say(self, text: str) -> None:
        """Write a line of progress to standard error, unless quiet."""
        if not self.quiet:
            sys.stderr.write(hide_values(text) + "\n")

    def result(self, text: str) -> None:
        """Write a line of the command's result to standard output; where nobody reads any more, the command goes on unheard."""
        try:
            sys.stdout.write(hide_values(text) + "\n")
        except BrokenPipeError:
            _leave_unread()

    def finish(self) -> None:
        """Hand over what was written, so that the exit code stays the command's own also where nobody reads it."""
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            _leave_unread()

    def reveal(self, value: str) -> None:
        """Write a secret, which every other way hides."""
        sys.stdout.write(value + "\n")

    def error(self, text: str, *, notes: Iterable[str] = ()) -> None:
        """Write an error, and where it happened, to standard error."""
        for line in (text, *notes):
            sys.stderr.write(redact(line) + "\n")

    def table(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Write a table to standard output: aligned on a terminal, tab-separated in a pipe."""
        if not sys.stdout.isatty():
            self.result("\t".join(columns))
            for row in rows:
                self.result("\t".join(row))
            return
        from rich.table import Table

        table = Table(title=title, title_justify="left")
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*map(hide_values, row))
        self.rich().print(table)

    def rich(self) -> RichConsole:
        """Return rich's console on standard output."""
        from rich.console import Console as RichConsole

        return RichConsole()


def _leave_unread() -> None:
    """Let standard output lead nowhere, after its reader went away."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
