"""Stage validate: how sure the result of an experiment is, and how it stands beside what it might have been.

Free of K: how many trials were made on the data is not known here. `report` adds it, and the verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enerqis.core.tables import PATHS
from enerqis.io.atomic import write_text
from enerqis.io.hashing import digest, file_digest, table_digest
from enerqis.io.parquet import read_table, write_table
from enerqis.pipeline import receipts
from enerqis.pipeline.backtest import job_of
from enerqis.pipeline.leaks import leaks_of
from enerqis.pipeline.market import load_bars
from enerqis.pipeline.selection import ValidateSlice, candidates_of, cross_validation_of
from enerqis.pipeline.sessions import calendar_sessions
from enerqis.pipeline.stage import Out, Outcome, Work
from enerqis.quant.rounding import written
from enerqis.validation.ground import Ground
from enerqis.validation.neighbourhood import neighbourhood_tree
from enerqis.validation.record import bootstrap_tree, record_tree, regime_tree, reordering_tree
from enerqis.validation.stress import stress_tree

if TYPE_CHECKING:
    from enerqis.pipeline.results import Result

INPUTS = ("parquet", "features")
VALIDATION_FILE = "validation.json"
PATHS_TABLE = "paths.parquet"
OUTS = (Out("", "data/validate/{name}", "file"),)
SHOWS: tuple[str, ...] = ()
KEEPS_OWN_OUTS = False
RESULT_DOMAIN = "enerqis/validate/1"


def pins(work: Work) -> None:
    """Return None: all data of this stage are results of other stages."""


def compute(work: Work, folder: Path) -> Outcome:
    """Run the experiment and what stands beside it, and write what that says."""
    spec = work.read(ValidateSlice)
    job = job_of(work, spec)
    ground = _ground(work, spec)
    result = ground.run(job)
    evidence = ground.evidence(result, job)
    record = record_tree(evidence)
    candidates = candidates_of(work, spec, job, evidence, ground)
    cross = cross_validation_of(work, spec, job, evidence, ground, candidates)
    content = {
        "engine": job.execution.engine,
        "first_session": int(evidence.sessions[0]),
        "last_session": int(evidence.sessions[-1]),
        "record": record,
        "bootstrap": bootstrap_tree(evidence, seed=spec.seed),
        "regimes": regime_tree(evidence),
        "reordering": reordering_tree(evidence, seed=spec.seed),
        "stress": stress_tree(job, evidence, ground),
        "neighbourhood": neighbourhood_tree(job, ground, own=record["figures"]),
        "cv": None if cross is None else {"kind": spec.cv["kind"], **cross.tree()},
        "search": None if candidates is None else candidates.tree(seed=spec.seed),
        "leaks": leaks_of(work, spec, job, result, () if cross is None else cross.splits),
    }
    write_text(folder / VALIDATION_FILE, receipts.text(written(content)))
    outputs = {VALIDATION_FILE: file_digest(folder / VALIDATION_FILE)}
    if cross is not None:
        table = cross.table()
        write_table(table, folder / PATHS_TABLE)
        outputs[PATHS_TABLE] = table_digest([table], PATHS)
    return Outcome(result_digest(outputs), outputs, _facts(content))


def result_digest(outputs: Mapping[str, str]) -> str:
    """Return the hash of all files, from those of each."""
    return digest(RESULT_DOMAIN, dict(outputs))


def content_digest(result: Result, file: str) -> str:
    """Return the hash of one file of a finished result, as it lies there now."""
    if file == PATHS_TABLE:
        return table_digest([read_table(result.path(file), PATHS)], PATHS)
    return result.digest(file)


def _ground(work: Work, spec: ValidateSlice) -> Ground:
    bars = load_bars(work.inputs["parquet"], spec.universe)
    facts = receipts.read(work.inputs["parquet"])["facts"]
    return Ground(
        bars=bars,
        calendar_sessions=calendar_sessions(facts["calendar"], bars),
        sessions_per_year=facts["sessions_per_year"],
        cache_folder=work.project.kernels,
    )


def _facts(content: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "sessions": content["record"]["moments"]["periods"],
        "neighbours": len(content["neighbourhood"]["points"]),
        "trades": content["reordering"]["trades"],
        "leaks": len(content["leaks"]["findings"]),
    }
