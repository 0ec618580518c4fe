"""Where a finished result lies and what its receipt says: in the store, or placed under ``data/`` part by part."""

from __future__ import annotations

import hashlib
import importlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from enerqis.core import tables
from enerqis.core.errors import StageError
from enerqis.io.hashing import file_digest
from enerqis.io.parquet import read_table
from enerqis.io.project import Project
from enerqis.io.store import Store
from enerqis.pipeline import receipts
from enerqis.pipeline.stage import Out
from enerqis.quant.comparison import Books


@dataclass(frozen=True)
class Result:
    """A finished result.

    Parameters
    ----------
    stage : str
    name : str
        Dataset or experiment; of a result in the store, the start of its stage id.
    root : Path
        The project's folder where it is placed, else the store's entry.
    outs : tuple of Out
        Where its parts are placed; empty for the store's entry, which holds them under their own names.
    receipt : dict
    """

    stage: str
    name: str
    root: Path
    outs: tuple[Out, ...]
    receipt: dict[str, Any]

    @property
    def module(self) -> Any:
        """The stage's own module."""
        return importlib.import_module(f"enerqis.pipeline.{self.stage}")

    def input(self, name: str) -> Path:
        """Return where a stage that reads this result as its input `name` finds it."""
        parts = [out.part for out in self.module.OUTS]
        if name in parts:
            return self.path(name)
        read = next((out.part for out in self.outs if out.receipt in ("whole", "inside")), "")
        return self.path(read)

    def path(self, file: str) -> Path:
        """Return where a file or part of the result lies."""
        for out in self.outs:
            place = self.root / out.place.format(name=self.name)
            if file == out.part:
                return place
            if not out.part or file.startswith(f"{out.part}/"):
                return place / file.removeprefix(out.part).lstrip("/")
        return self.root / file

    def digest(self, file: str) -> str:
        """Return the hash of a file as the stage wrote it: without the receipt that was put into it later."""
        path = self.path(file)
        if any(out.part == file and out.receipt in ("inside", "whole") for out in self.outs):
            content = json.loads(path.read_text(encoding="utf-8"))
            content.pop("receipt", None)
            return hashlib.sha256(receipts.text(content).encode()).hexdigest()
        return file_digest(path)


def placed(project: Project, stage: str, name: str) -> Result:
    """Return the result of a stage as it lies under ``data/``.

    Raises
    ------
    StageError
        If it is missing or its receipt cannot be read.
    """
    outs = importlib.import_module(f"enerqis.pipeline.{stage}").OUTS
    out = next(each for each in outs if each.receipt in ("file", "whole"))
    return Result(stage, name, project.root, outs, receipts.read(project.root / out.place.format(name=name)))


def stored(project: Project, stage: str, stage_id: str) -> Result:
    """Return a result of the store.

    Raises
    ------
    StageError
        If it is not there.
    """
    entry = Store(project.store).entry(stage, stage_id)
    return Result(stage, stage_id[:12], entry, (), receipts.read(entry))


def every_result(project: Project, stage: str) -> list[Result]:
    """Return every result of a stage that can be read, placed ones first."""
    outs = importlib.import_module(f"enerqis.pipeline.{stage}").OUTS
    out = next(each for each in outs if each.receipt in ("file", "whole"))
    before, _, after = out.place.partition("{name}")
    names = sorted(path.name.removesuffix(after) for path in (project.root / before).glob(f"[!.]*{after}"))
    ids = [stage_id for kind, stage_id in Store(project.store).entries() if kind == stage]
    found = []
    for find, each in [(placed, name) for name in names] + [(stored, stage_id) for stage_id in ids]:
        try:
            found.append(find(project, stage, each))
        except StageError:
            continue
    return found


def books(result: Result) -> Books:
    """Return the tables of a backtest that a comparison reads.

    Raises
    ------
    DataError
        If one is missing or damaged.
    """
    return Books(*(read_table(result.path(f"{name}.parquet"), getattr(tables, name.upper())) for name in Books._fields))
