"""The `enerqis` command: one file a command in this package, imported only when it is called.

A command file has a docstring whose first line is its help, ``arguments(parser)`` and ``run(args, console) -> int`` (the exit
code). A dash in the command's name is an underscore in the file's.
"""

from __future__ import annotations

import argparse
import ast
import gc
import importlib
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from enerqis.cli.console import Console
from enerqis.core.errors import EnerqisError, SetupError

NOT_COMMANDS = ("__init__", "__main__", "main", "console", "generated", "multirun", "progress")
OVERRIDDEN = ("run", "parity")
"""Commands whose words are an experiment and overrides, in any order and between options."""
OBJECTS_PER_COLLECTION = (100_000, 20, 100)
"""How many new objects start a search for cycles; Python's own 700 costs a short command a tenth of its time."""
EXIT_USER_ERROR = 1
EXIT_INTERRUPTED = 130
EXIT_NOT_READ = 141
"""Whoever read the output went away before it was all said; as a shell says of SIGPIPE."""


def commands() -> dict[str, str]:
    """Return every command with its one-line help, read from the files without importing them."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem not in NOT_COMMANDS:
            docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            found[path.stem.replace("_", "-")] = docstring.partition("\n")[0]
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 the user's to mend, 2 wrong words, 130 interrupted, 141 not read."""
    sys.excepthook = _say_defect
    gc.set_threshold(*OBJECTS_PER_COLLECTION)
    words = list(sys.argv[1:] if argv is None else argv)
    parser, name = _parser(words)
    args, unknown = parser.parse_known_args(words)
    if name in OVERRIDDEN and not any(word.startswith("-") for word in unknown):
        args.words += unknown  # argparse takes words behind an option for none: run experiment=NAME -m key=a,b
    elif unknown:
        parser.error(_refusal(name, unknown))
    console = Console(quiet=args.quiet, debug=args.debug)
    try:
        with _recorded(debug=args.debug):
            code: int = importlib.import_module(f"enerqis.cli.{name}").run(args, console)
            console.finish()
            return code
    except EnerqisError as exc:
        if args.debug:
            console.error(traceback.format_exc())
        else:
            console.error(str(exc), notes=getattr(exc, "__notes__", ()))
        return EXIT_USER_ERROR
    except KeyboardInterrupt:
        console.error("interrupted; finished outputs are whole, the next run carries on")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        return EXIT_NOT_READ


def _refusal(command: str, unknown: Sequence[str]) -> str:
    """Return what is said of words that no command knows; those after `secrets` may be a value, and are not repeated."""
    if command != "secrets":
        return f"unrecognized arguments: {' '.join(unknown)}"
    return (
        "unrecognized arguments, not repeated here: a value is never a word of the command line. If one was, it stands in your "
        "shell's history: choose another, and give it by standard input or when asked"
    )


def _say_defect(kind: type[BaseException], defect: BaseException, trace: TracebackType | None) -> None:
    """Show the traceback of a defect as Python does, without the secrets that its messages may hold."""
    Console().error("".join(traceback.format_exception(kind, defect, trace)).rstrip("\n"))


@contextmanager
def _recorded(*, debug: bool) -> Iterator[None]:
    """Record what ENERQIS logs in the project's own log, where there is a project; a defect goes there too."""
    from enerqis.io.project import Project
    from enerqis.tracking.runlog import logger, recording

    try:
        folder = Project.find().logs
    except SetupError:
        yield
        return
    with recording(folder, debug=debug):
        try:
            yield
        except Exception as exc:
            if not isinstance(exc, EnerqisError):
                logger(__name__).exception("a defect of ENERQIS")
            raise


def _parser(words: Sequence[str]) -> tuple[argparse.ArgumentParser, str]:
    """Return the parser with only the called command's arguments filled in, and that command's file stem."""
    parser = argparse.ArgumentParser(
        prog="enerqis",
        parents=[_common()],
        description="Declarative, reproducible trading research: a receipt for every output.",
    )
    parser.set_defaults(quiet=False, debug=False)
    known = commands()
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    called = next((word for word in words if word in known), "")
    asked = next((word for word in words if not word.startswith("-")), "")
    if asked and not called:
        from enerqis.compose.matching import allowed_values

        parser.error(f"'{asked}' is no command.{allowed_values(asked, known)}")
    for name, summary in known.items():
        child = subparsers.add_parser(name, help=summary, description=summary, parents=[_common()])
        if name == called:
            importlib.import_module(f"enerqis.cli.{name.replace('-', '_')}").arguments(child)
    return parser, called.replace("-", "_")


def _common() -> argparse.ArgumentParser:
    """Return the words that may stand before and after the command.

    Each parser has its own: a default set on one would overwrite in the other what was said before the command.
    """
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--quiet", action="store_true", default=argparse.SUPPRESS, help="only results and errors")
    common.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help="tracebacks and debug log")
    return common
