"""Stage parity: the same run on the other engine, held against the backtest order by order and bar by bar.

A difference is a finding, not a failure of the stage: it is in the table and on the page, and `enerqis parity` returns 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enerqis.core import tables
from enerqis.core.errors import StageError
from enerqis.engines.choosing import backtest, engine
from enerqis.io.atomic import write_text
from enerqis.io.hashing import file_digest
from enerqis.io.parquet import read_table
from enerqis.pipeline import receipts
from enerqis.pipeline.backtest import BacktestSlice, job_of
from enerqis.pipeline.stage import Out, Outcome, Work
from enerqis.quant.comparison import Books, compare
from enerqis.quant.divergence import PARITY

if TYPE_CHECKING:
    from enerqis.interfaces.engine import Job
    from enerqis.pipeline.results import Result

INPUTS = ("parquet", "features", "backtest")
PARITY_FILE = "parity.json"
OUTS = (Out(PARITY_FILE, "data/parity/{name}.json", "whole"),)
SHOWS: tuple[str, ...] = ()
KEEPS_OWN_OUTS = False


def pins(work: Work) -> None:
    """Return None: all data of this stage are results of other stages."""


def compute(work: Work, folder: Path) -> Outcome:
    """Run the slice, whose execution names the other engine, and write where its result and the backtest's part."""
    job = job_of(work, work.read(BacktestSlice))
    own = receipts.read(work.inputs["backtest"])["spec"]["execution"]["engine"]
    content = {
        "engines": [own, job.execution.engine],
        "tolerance": PARITY._asdict(),
        **held(_recorded(work.inputs["backtest"]), job, cache_folder=work.project.kernels),
    }
    write_text(folder / PARITY_FILE, receipts.text(content))
    outputs = {PARITY_FILE: file_digest(folder / PARITY_FILE)}
    return Outcome(result_digest(outputs), outputs, _facts(content))


def result_digest(outputs: Mapping[str, str]) -> str:
    """Return the hash of the file."""
    return outputs[PARITY_FILE]


def content_digest(result: Result, file: str) -> str:
    """Return the hash of the file of a finished result, as it lies there now."""
    return result.digest(file)


def held(recorded: Books, job: Job, *, cache_folder: Path) -> dict[str, Any]:
    """Return what running `job` gives beside a recorded result.

    Returns
    -------
    dict
        ``refused``: what the job's engine cannot do, one sentence each; ``divergence``: where the results part, null where it
        was refused.
    """
    refused = engine(job.execution.engine).refuse(job)
    if not refused:
        try:
            result = backtest(job, cache_folder=cache_folder)
        except StageError as exc:
            refused = str(exc).splitlines()
    if refused:
        return {"refused": refused, "divergence": None}
    books = Books(result.orders, result.fills, result.equity, result.positions)
    return {"refused": [], "divergence": compare(recorded, books, PARITY).tree()}


def _recorded(folder: Path) -> Books:
    """Return the tables of the backtest."""
    return Books(*(read_table(folder / f"{name}.parquet", getattr(tables, name.upper())) for name in Books._fields))


def _facts(content: Mapping[str, Any]) -> dict[str, Any]:
    divergence = content["divergence"]
    if divergence is None:
        return {"refused": len(content["refused"])}
    return {
        **{name: divergence[name]["left"] for name in ("orders", "fills", "bars")},
        "differing": sum(divergence[name]["differing"] for name in ("orders", "fills", "bars")),
        "max_relative_equity_difference": divergence["max_relative_equity_difference"],
    }
