"""The application log: JSON lines under ``.enerqis/log``, rotated, for people who look for a defect.

It is not an output: it holds the clock, the host and the process, which no output may hold, and nothing reads it back. What
happened in a run, without clock and host, is the audit trail beside the receipt (`enerqis.io.jsonlines`).

Several processes write to one file at once: each line is one append, a full file is renamed, and a writer that finds its file
renamed opens the new one, so that no line is lost.
"""

from __future__ import annotations

import json
import logging
import os
import platform
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import WatchedFileHandler
from pathlib import Path

from enerqis.core.clock import utc_now
from enerqis.io.secrets import redact

LOGGER = "enerqis"
FILE = "enerqis.jsonl"
MAX_BYTES = 5_000_000
KEEP = 5
"""Full files kept beside the one being written."""

_stage: ContextVar[str] = ContextVar("stage", default="")
_name: ContextVar[str] = ContextVar("name", default="")
_run_id: ContextVar[str] = ContextVar("run_id", default="")


def logger(module: str) -> logging.Logger:
    """Return the logger of a module of ENERQIS, by its ``__name__``."""
    return logging.getLogger(module if module.startswith(LOGGER) else f"{LOGGER}.{module}")


@contextmanager
def recording(folder: Path, *, debug: bool = False, echo: Callable[[str], None] | None = None) -> Iterator[None]:
    """Record everything that ENERQIS logs while the block runs.

    Parameters
    ----------
    folder : Path
        Where the log lies: ``.enerqis/log`` of the project; made with the first line.
    debug : bool
        Record details too.
    echo : callable, optional
        Where to say each line as well, such as a console's ``error``.
    """
    root = logging.getLogger(LOGGER)
    handlers: list[logging.Handler] = [RotatedFile(folder / FILE)]
    if echo is not None:
        handlers.append(Echo(echo))
    level, propagate = root.level, root.propagate
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    root.propagate = False
    for handler in handlers:
        root.addHandler(handler)
    try:
        yield
    finally:
        root.setLevel(level)
        root.propagate = propagate
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()


@contextmanager
def working_on(*, stage: str = "", name: str = "", run_id: str = "") -> Iterator[None]:
    """Stamp every line logged in the block with the stage, the spec's name and the run id; what is empty stays as it was.

    The run id is the stage id of the backtest, so lines of the stages before it have none.
    """
    said = ((_stage, stage), (_name, name), (_run_id, run_id))
    tokens = [(variable, variable.set(value)) for variable, value in said if value]
    try:
        yield
    finally:
        for variable, token in tokens:
            variable.reset(token)


class JsonLine(logging.Formatter):
    """One JSON object a line; secrets are redacted from the message and from the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        line = {
            "when": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "stage": _stage.get(),
            "name": _name.get(),
            "run_id": _run_id.get(),
            "message": redact(record.getMessage()),
            "module": record.name,
            "process": record.process,
            "host": platform.node(),
        }
        if record.exc_info:
            line["traceback"] = redact(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


class Echo(logging.Handler):
    """Says each message to a person too."""

    def __init__(self, say: Callable[[str], None]) -> None:
        super().__init__()
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        """Say the message, redacted, behind its level."""
        self._say(f"{record.levelname.lower()}: {redact(record.getMessage())}")


class RotatedFile(WatchedFileHandler):
    """A log file that several processes append to; renamed when full, the oldest removed."""

    def __init__(self, path: Path, *, max_bytes: int = MAX_BYTES, keep: int = KEEP) -> None:
        super().__init__(path, encoding="utf-8", delay=True, errors="backslashreplace")
        self.path = path
        self.max_bytes = max_bytes
        self.keep = keep
        self._is_told = False
        self.setFormatter(JsonLine())

    def emit(self, record: logging.LogRecord) -> None:
        """Append one line; start a new file first where the present one is full."""
        try:
            with suppress(FileNotFoundError):  # not begun yet, or renamed by another process just now
                if self.path.stat().st_size >= self.max_bytes:
                    self._rotate()
            super().emit(record)
        except OSError:  # opening is not guarded by logging: what cannot be written stops no command, and is told once
            if not self._is_told:
                self.handleError(record)
            self._is_told = True

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # as logging calls it
        """Say that a line could not be written, and nothing of it: logging would show its message and arguments as they are."""
        sys.stderr.write(f"{self.path.name}: a line of {record.name} could not be written: {sys.exc_info()[0]}\n")

    def _open(self) -> TextIOWrapper:
        """Open the file, its folder made where it is missing."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return super()._open()

    def _rotate(self) -> None:
        """Rename the full file after the present instant."""
        stamp = utc_now().strftime("%Y%m%dT%H%M%S%f")
        self.path.rename(self.path.with_name(f"{self.path.stem}-{stamp}-{os.getpid()}{self.path.suffix}"))
        full = sorted(self.path.parent.glob(f"{self.path.stem}-*{self.path.suffix}"))
        for oldest in full[: -self.keep]:
            oldest.unlink(missing_ok=True)
