"""Verification of a finished result: held against its receipt, computed again in a clean folder, and compared.

The clean folder has the project's specs and plug-ins, none of its results, and of its state only compiled kernels, whose
names are the hash of what they compute; with `is_cold` not even those.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from enerqis.compose.differences import identity_changes
from enerqis.compose.freezing import Frozen
from enerqis.compose.refreezing import refreeze
from enerqis.core.errors import EnerqisError, StageError
from enerqis.io.parquet import read_any
from enerqis.io.project import Project
from enerqis.pipeline import receipts
from enerqis.pipeline.integrity import faults
from enerqis.pipeline.lookup import inputs_of
from enerqis.pipeline.resolve import pins_of
from enerqis.pipeline.results import Result, books
from enerqis.pipeline.runner import Runner
from enerqis.pipeline.stage import Work
from enerqis.quant.closeness import first_apart
from enerqis.quant.comparison import compare
from enerqis.quant.divergence import SAME_ARITHMETIC

NOT_LINKED = ("data", ".enerqis", ".git", ".dvc")
"""What of a project is not in the clean folder."""

Outcome = Literal["bit-equal", "equal within 1e-12, CPU or libm differ", "different", "not computed again"]
CLOSE: Outcome = "equal within 1e-12, CPU or libm differ"


@dataclass(frozen=True)
class Verdict:
    """What verifying one result gave.

    Parameters
    ----------
    stage, name : str
    stage_id, result_sha256 : str
        As the receipt has them.
    outcome : str
    faults : tuple of str
        What is not as it was written, or came out otherwise; one sentence a finding.
    changed : tuple of str
        Components of the identity in which the installed code and environment differ from the receipt, and how to restore them.
    pinned : tuple of str
        What the receipt pins.
    not_pinned : tuple of str
        What may differ between machines all the same.
    """

    stage: str
    name: str
    stage_id: str
    result_sha256: str
    outcome: Outcome
    faults: tuple[str, ...]
    changed: tuple[str, ...]
    pinned: tuple[str, ...]
    not_pinned: tuple[str, ...]

    @property
    def is_proven(self) -> bool:
        """Whether the same result came out and nothing was tampered with."""
        return not self.faults and self.outcome in ("bit-equal", CLOSE)


def verify(project: Project, result: Result, *, say: Callable[[str], None], is_cold: bool = False) -> Verdict:
    """Compute a result again from what its receipt names, and say whether the same comes out.

    Parameters
    ----------
    project : Project
    result : Result
    say : callable
        Takes one line of progress.
    is_cold : bool
        Compile kernels anew instead of using those of the project.
    """
    found = faults(project, result)
    changed: list[str] = []
    outcome: Outcome = "not computed again"
    try:
        frozen = refreeze(project, result.stage, result.receipt["spec"])
        changed = _changed(project, result, frozen)
        inputs = inputs_of(project, result)
        _refuse_other_trials(project, result, inputs)
        damaged = [f"input {name}: {each}" for name, source in inputs.items() for each in faults(project, source)]
        found += damaged
        if not damaged:
            outcome, differing = _again(project, result, frozen, inputs, say=say, is_cold=is_cold)
            found += differing
    except (EnerqisError, KeyError) as exc:
        found.append(f"cannot be computed again: {exc}")
    if changed and outcome == CLOSE:
        found.append("equal within 1e-12 only, under other code or packages than the receipt's")
    return _verdict(result, outcome, found, changed)


def _verdict(result: Result, outcome: Outcome, found: list[str], changed: list[str]) -> Verdict:
    receipt = result.receipt
    return Verdict(
        stage=result.stage,
        name=result.name,
        stage_id=str(receipt.get("stage_id", "")),
        result_sha256=str(receipt.get("result_sha256", "")),
        outcome=outcome,
        faults=tuple(dict.fromkeys(found)),
        changed=tuple(changed),
        pinned=tuple(_pinned(receipt)),
        not_pinned=tuple(receipt.get("not_pinned", ())),
    )


def _pinned(receipt: Mapping[str, Any]) -> Iterator[str]:
    """Yield what an identity pins, in words."""
    components = receipt.get("identity", {})
    yield "config"
    yield f"data ({', '.join(components.get('data') or ()) or 'made by the connector itself'})"
    yield f"code ({len(receipt.get('code', ()))} modules)"
    facts = receipt.get("environment", {})
    yield "environment (" + ", ".join(f"{name} {value}" for name, value in facts.items()) + ")"
    if components.get("engine"):
        yield f"engine ({receipt['spec']['execution']['engine']})"
    if components.get("seed") is not None:
        yield f"seed ({components['seed']})"


def _changed(project: Project, result: Result, frozen: Frozen) -> list[str]:
    """Return in which components what is installed differs from the receipt, and how to restore them."""
    receipt, document = result.receipt, frozen.document
    now = {
        **receipt,
        "identity": {**receipt["identity"], "code": document.code_sha256, "environment": document.env_sha256},
        "code": frozen.code,
        "environment": frozen.environment,
    }
    changes = identity_changes(receipt, now)
    found = [str(each) for each in changes]
    if any(each.component == "code" for each in changes):
        found.append(
            f"restore the code: git log -S {receipt['identity']['code']} --oneline -- dvc.lock names the commits "
            "that have it; check one out"
        )
    packages = [f"{each.name}=={each.old}" for each in changes if each.component == "environment"]
    if packages:
        found.append(f"restore the environment: {' '.join(packages)}")
    lock = receipts.lock_digest(project)
    if changes and lock != receipt["requirements_sha256"]:
        found.append("requirements.txt is another than the receipt's (noted there, not part of the identity)")
    return found


def _refuse_other_trials(project: Project, result: Result, inputs: Mapping[str, Result]) -> None:
    """Refuse to compute from governed files that say something else now than when the result was made.

    Raises
    ------
    StageError
        If one does.
    """
    if not hasattr(result.module, "governed"):
        return
    paths = {name: each.input(name) for name, each in inputs.items()}
    now = result.module.governed(Work(project, result.receipt["spec"], paths, result.name))
    for name, found in now.items():
        if result.receipt["identity"]["data"].get(name) != found:
            raise StageError(f"its input '{name}' has another content now: 'git log .cbr' has that of then")


def _again(
    project: Project,
    result: Result,
    frozen: Frozen,
    inputs: Mapping[str, Result],
    *,
    say: Callable[[str], None],
    is_cold: bool,
) -> tuple[Outcome, list[str]]:
    """Compute a result in a clean folder; return how it compares, and what came out otherwise."""
    paths = {name: each.input(name) for name, each in inputs.items()}
    with _clean(project, is_cold=is_cold) as clean:
        runner = Runner(clean, pins_of([frozen]), say)
        done = runner.run(result.stage, result.name, frozen.document, paths, place=False)
        entry = clean.store / result.stage / done.stage_id
        again = replace(result, root=entry, outs=(), receipt=receipts.read(entry))
        return _held(result, again)


@contextmanager
def _clean(project: Project, *, is_cold: bool) -> Iterator[Project]:
    """Yield a project in a new folder: specs and plug-ins of `project` linked, no results."""
    with tempfile.TemporaryDirectory(prefix="enerqis-verify-") as folder:
        root = Path(folder)
        for path in project.root.iterdir():
            if path.name not in NOT_LINKED:
                (root / path.name).symlink_to(path)
        clean = Project(root)
        clean.state.mkdir()
        if not is_cold:
            project.kernels.mkdir(parents=True, exist_ok=True)
            clean.kernels.symlink_to(project.kernels.resolve())
        yield clean


def _held(result: Result, again: Result) -> tuple[Outcome, list[str]]:
    """Compare a result with the one that was computed again."""
    old, new = result.receipt, again.receipt
    found = [
        f"{receipts.RECEIPT_FILE}: {key}: {old.get(key)} was recorded, {new.get(key)} came out"
        for key in ("facts", "audit", "not_pinned")
        if old.get(key) != new.get(key)
    ]
    differing = [
        name for name in {**old["outputs"], **new["outputs"]} if old["outputs"].get(name) != new["outputs"].get(name)
    ]
    if not differing and old["result_sha256"] == new["result_sha256"]:
        return "bit-equal", found
    if old["result_sha256"] == new["result_sha256"]:
        return "different", [*found, *(f"{name}: other content came out" for name in sorted(differing))]
    apart = _apart(result, again, differing)
    return (CLOSE, []) if not apart else ("different", [*found, *apart])


def _apart(result: Result, again: Result, differing: list[str]) -> list[str]:
    """Return where two results are further apart than another processor explains; empty where they are not."""
    if result.stage == "backtest":
        found = compare(books(result), books(again), SAME_ARITHMETIC)
        return ["\n".join(found.lines("recorded", "recomputed"))] if not found.is_none else []
    if result.stage == "features":
        one, other = (read_any(each.path(differing[0])) for each in (result, again))
        where = first_apart(one, other, relative=SAME_ARITHMETIC.money)
        return [f"{differing[0]}: {where}"] if where else []
    if result.stage == "parity" and _same_but_for_noise(result, again, differing[0]):
        return []
    return [f"{name}: other content came out" for name in sorted(differing)]


def _same_but_for_noise(result: Result, again: Result, file: str) -> bool:
    """Return whether two tables of parity agree in all but a difference of equity that is itself within the tolerance."""
    trees = [json.loads(each.path(file).read_text(encoding="utf-8")) for each in (result, again)]
    for tree in trees:
        tree.pop("receipt", None)
        noise = (tree["divergence"] or {}).get("max_relative_equity_difference", 0.0)
        if noise <= SAME_ARITHMETIC.money and tree["divergence"]:
            tree["divergence"]["max_relative_equity_difference"] = 0.0
    same: bool = trees[0] == trees[1]
    return same
