"""The case for a promotion: what it rests on, gathered once and held against everything that may speak against it.

`approve` shows it to the person who signs, `promote` decides by it; both see the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from enerqis.compose.gates import load_gates
from enerqis.compose.governed_yaml import load_approvers
from enerqis.core.errors import StageError
from enerqis.governance import approvals
from enerqis.governance.approvals import Ground, Held
from enerqis.governance.loosening import Looser, told_limits
from enerqis.governance.needs import Need, needs_of
from enerqis.governance.promoted import looser_rules_than_before, looser_than_before, told_approvers
from enerqis.governance.states import SIGNED, edge, edges_up_to
from enerqis.io.audit_file import Log
from enerqis.io.project import Project
from enerqis.pipeline import authorship
from enerqis.pipeline.freshness import stale
from enerqis.pipeline.integrity import output_faults, own_faults, trail_faults
from enerqis.pipeline.lookup import results_of
from enerqis.pipeline.mandates import LONGEST, LOOSER, edge_rule
from enerqis.pipeline.recording import trial_faults
from enerqis.pipeline.results import placed
from enerqis.pipeline.side import limits_of
from enerqis.pipeline.trial_history import history
from enerqis.spec.approvers import Approvers
from enerqis.spec.registry import RegistryRecord, State


@dataclass(frozen=True)
class Case:
    """What a promotion of one experiment rests on.

    Parameters
    ----------
    record : RegistryRecord
    to : State
        Where it is to go.
    backtest, gate : dict
        The backtest's receipt, and what the stage `gate` wrote.
    thresholds : dict
        The file of gates as it stands, plain JSON.
    limits : dict
        The experiment's limits as they stand, as the log tells them.
    looser : tuple of Looser
        Limits, gates and rules of approval that let more through than before.
    overrides : tuple of str
        ``NAME: TEXT`` of each gate of the way there that fails and asks.
    approvers : Approvers or None
        Who may approve; None where the project does not say.
    told : tuple of Approvers
        The lists of approvers that the log was told last.
    """

    record: RegistryRecord
    to: State
    backtest: Mapping[str, Any]
    gate: Mapping[str, Any]
    thresholds: Mapping[str, Any]
    limits: Mapping[str, Any]
    looser: tuple[Looser, ...]
    overrides: tuple[str, ...]
    approvers: Approvers | None
    told: tuple[Approvers, ...]

    @property
    def wanted(self) -> dict[str, str]:
        """What an approval must name, word for word."""
        return {
            "kind": self.record.kind,
            "name": self.record.name,
            "run_id": self.record.identity,
            "result_sha256": str(self.record.result_sha256),
            "gate_sha256": self.gate["receipt"]["result_sha256"],
            "from_state": self.record.state,
            "to_state": self.to,
        }

    def needs(self, approvers: Approvers) -> list[Need]:
        """Return what people have to approve."""
        looser = map(str, self.looser)
        return needs_of(self.to, looser=looser, overrides=self.overrides, approvers=approvers, told=self.told)

    @property
    def rule_parts(self) -> list[str]:
        """Which parts of ``approvers.yaml`` those rules are."""
        edges = [edge_rule(self.to)] if self.to in SIGNED else []
        return [LONGEST, *edges, *([LOOSER] if self.looser or self.overrides else [])]


def case_of(project: Project, record: RegistryRecord, log: Log, to: State) -> Case:
    """Return the case of an experiment from its placed results.

    Raises
    ------
    StageError
        If a result is missing, or the results are of another run.
    """
    backtest = placed(project, "backtest", record.name).receipt
    if backtest["stage_id"] != record.identity:
        raise StageError(
            f"data/backtest/{record.name} is of run {backtest['stage_id'][:12]}, not {record.identity[:12]}. "
            "'enerqis registry record' takes in what is there."
        )
    result = placed(project, "gate", record.name)
    gate = json.loads(result.path("gate.json").read_text(encoding="utf-8"))
    gates = load_gates(project)
    if gates is None:
        raise StageError(".cbr/acceptance_gates.yaml: missing. Nothing is promoted without gates.")
    thresholds = gates.model_dump(mode="json")
    limits = told_limits(backtest["spec"], dict(limits_of(project)))
    approvers = load_approvers(project)
    looser = looser_than_before(record, log, limits, thresholds)
    if approvers is not None:
        looser += looser_rules_than_before(log, approvers.model_dump(mode="json"))
    return Case(
        record=record,
        to=to,
        backtest=backtest,
        gate=gate,
        thresholds=thresholds,
        limits=limits,
        looser=looser,
        overrides=tuple(_asked(gate, to)),
        approvers=approvers,
        told=told_approvers(log),
    )


def objections(project: Project, case: Case) -> Iterator[str]:
    """Yield what speaks against a promotion, the approvals left aside."""
    name = case.record.name
    for result in results_of(project, name):
        found = [*own_faults(result), *output_faults(result), *trail_faults(result)]
        yield from (f"{result.stage} {result.name}: {each}" for each in found)
    yield from stale(project, name)
    if (case.gate["run_id"], case.gate["result_sha256"]) != (case.record.identity, case.record.result_sha256):
        yield f"data/gate/{name}.json: the gates looked at run {case.gate['run_id'][:12]}, not {case.record.identity[:12]}"
    yield from _uncounted(project, case)
    yield from _failed_gates(case)


def _uncounted(project: Project, case: Case) -> Iterator[str]:
    """Yield trials that the gates did not count, and what was done to the count."""
    yield from (f"{each.what}. {each.mend}" for each in trial_faults(project) if each.is_fault)
    content, counted = case.gate["dataset_content"], int(case.gate["trials_count"] or 0)
    known = max((each.trials for each in history(project).counts if each.content == content), default=0)
    if known > counted:
        yield (
            f"the ledger knows {known} trials on this data, the gates counted {counted}. "
            "Run 'enerqis trials record', commit, and 'dvc repro'"
        )


def _asked(gate: Mapping[str, Any], to: State) -> Iterator[str]:
    """Yield the gates of the way to a state that fail and ask, as ``NAME: TEXT``."""
    asked = {each for step in edges_up_to(to) for each in gate["edges"][step].get("asked", ())}
    yield from (f"{each['name']}: {each['explanation'].rstrip('.')}" for each in gate["gates"] if each["name"] in asked)


def _failed_gates(case: Case) -> Iterator[str]:
    for step in edges_up_to(case.to):
        verdict = case.gate["edges"][step]
        if not (verdict["is_passed"] or verdict["failed"] or verdict.get("asked")):
            yield f"no gate of .cbr/acceptance_gates.yaml guards {step}"
    failed = {each for step in edges_up_to(case.to) for each in case.gate["edges"][step]["failed"]}
    for each in case.gate["gates"]:
        if each["name"] in failed:
            yield f"gate {each['name']}: {each['explanation']} {each['change']}".rstrip(" .")


@dataclass(frozen=True)
class Approved:
    """The approvals that count for a promotion, and why it has too few; `missing` is empty where it has enough."""

    held: tuple[Held, ...]
    missing: tuple[str, ...]


def approved(project: Project, case: Case, log: Log, *, now: datetime) -> Approved:
    """Return which approvals count for a promotion.

    Raises
    ------
    EnerqisError
        If an approval or the list of approvers cannot be read.
    """
    approvers = case.approvers
    if approvers is None:
        is_needed = case.to in SIGNED or case.looser or case.overrides
        return Approved((), (".cbr/approvers.yaml: missing, so nobody can approve",) if is_needed else ())
    needs = case.needs(approvers)
    if not needs:
        return Approved((), ())
    ground, unseen = ground_of(project, case, log, approvers, now=now)
    counted: list[Held] = []
    refused: list[str] = []
    for held in approvals.read_all(project):
        against = approvals.objections(held, ground, [each.rule for each in needs])
        if not against:
            counted.append(held)
        elif held.approval.name == case.record.name:
            refused.append(f"approval {held.id[:12]} by {held.approval.approver} does not count: {'; '.join(against)}")
    few = [*unseen, *(lack for each in needs for lack in each.lacks(counted))]
    return Approved(tuple(counted), tuple([*few, *refused] if few else ()))


def ground_of(
    project: Project, case: Case, log: Log, approvers: Approvers, *, now: datetime
) -> tuple[Ground, list[str]]:
    """Return what approvals are held against, and what speaks against all: git cannot tell, or an author set a rule."""
    files = authorship.files_of(project, case.record.name)
    wrote = authorship.authors(project, files)
    ground = Ground(
        wanted=case.wanted,
        approvers=approvers,
        log=log,
        authors=wrote,
        planted=authorship.planted(project, approvers, wrote),
        now=now,
    )
    return ground, [*authorship.unseen(project, files), *authorship.planted_rules(project, case.rule_parts, wrote)]


def step_of(case: Case) -> str:
    """Return the edge that a case is about."""
    return edge(case.record.state, case.to)
