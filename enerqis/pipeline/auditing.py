"""The audit log held against everything that can contradict it: its own chain, git, the registry, approvals, run trails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from enerqis.core.errors import DataError
from enerqis.governance import approvals
from enerqis.governance.audit_log import log_path, read_log
from enerqis.governance.promoted import untold_loosenings
from enerqis.governance.registry import PLACE as REGISTRY
from enerqis.governance.registry import Standing, file_faults, standing
from enerqis.io import git
from enerqis.io.audit_file import FROM_GIT, PLACE, Log, entries_in
from enerqis.io.project import Project
from enerqis.pipeline.integrity import trail_faults
from enerqis.pipeline.past_promotions import promotion_faults
from enerqis.pipeline.results import every_result


class Finding(NamedTuple):
    """Something about the log; a note where it is no fault but says what was not seen."""

    what: str
    is_fault: bool = True


def findings(project: Project) -> Iterator[Finding]:
    """Yield everything that is wrong with the log and the registry, and what could not be looked at."""
    log = read_log(project)
    yield from (Finding(f"{PLACE.as_posix()}: {each}. {FROM_GIT}") for each in log.faults())
    yield from _against_git(project, log)
    now = standing(log)
    yield from (Finding(f"{PLACE.as_posix()}: {each}") for each in (*now.faults, *untold_loosenings(log)))
    yield from _against_registry(project, now)
    yield from (Finding(each) for each in promotion_faults(project, log))
    yield from (Finding(each) for each in _against_trails(project, log))


def refuse_damaged(project: Project) -> None:
    """Refuse to go on where the log or the registry does not hold.

    Raises
    ------
    DataError
        With every fault.
    """
    found = [each.what for each in findings(project) if each.is_fault]
    if found:
        raise DataError("\n".join(found))


def expired(now: Standing, when: datetime) -> Iterator[str]:
    """Yield what is in a state whose approvals have ended."""
    for key, record in now.records.items():
        if record.expires is not None and approvals.at(record.expires) <= when:
            yield (
                f"{key.shown} is {record.state} by approvals that ended at {record.expires}. "
                f"Demote it, or demote, approve and promote it anew"
            )


def _against_git(project: Project, log: Log) -> Iterator[Finding]:
    """Yield entries that a commit added and that are not there, and what git cannot show."""
    if not git.head(project.root):
        yield Finding(f"{PLACE.as_posix()}: git keeps no history here; only the chain itself was looked at", False)
        return
    if git.is_shallow(project.root):
        yield Finding(
            f"{PLACE.as_posix()}: this clone is shallow: entries that older commits held were not looked for. "
            "Run 'git fetch --unshallow'",
            False,
        )
    lost = set(entries_in(git.added_text(project.root, log_path(project)))) - log.hashes.keys()
    if lost:
        gone = "the file was deleted" if not log_path(project).is_file() else "removed or rewritten"
        yield Finding(
            f"{PLACE.as_posix()}: {len(lost)} entries of earlier commits are not in it any more ({gone}): "
            f"{', '.join(sorted(each[:12] for each in lost)[:4])}. {FROM_GIT}"
        )


def _against_registry(project: Project, now: Standing) -> Iterator[Finding]:
    yield from (Finding(each) for each in now.conflicts)
    path = project.root / REGISTRY
    text = path.read_text(encoding="utf-8") if path.is_file() else None
    yield from (Finding(each) for each in file_faults(text, now))


def _against_trails(project: Project, log: Log) -> Iterator[str]:
    """Yield runs whose audit trail is not the one that a promotion names by its head, where the run is still here."""
    heads = {
        entry.facts["identity"]: (entry, entry.facts["trail"])
        for _, entry in log.in_order
        if entry.event == "promote" and "trail" in entry.facts
    }
    for result in every_result(project, "backtest") if heads else ():
        run_id = result.receipt["stage_id"]
        if run_id not in heads:
            continue
        entry, head = heads[run_id]
        where = f"backtest {result.name}: run {run_id[:12]} of {entry.subject}"
        if result.receipt.get("audit") != head:
            yield f"{where}: the head of its audit trail is not the one it was promoted by"
        else:
            yield from (f"{where}: {each}" for each in trail_faults(result))
