"""Holding a human document and its twin in step: the side that was edited is taken over into the other."""

from __future__ import annotations

from enerqis.core.errors import DataError
from enerqis.governance.headers import Stamp
from enerqis.governance.pairs import Pair, difference, payload_of_human, payload_of_twin, restamped
from enerqis.governance.tree import Plan


def plan_sync(plan: Plan, pair: Pair, *, stamp: Stamp) -> None:
    """Plan one pair.

    A side that is missing is written from the other. Where both were edited and do not say the same, that is a conflict.

    Parameters
    ----------
    plan : Plan
    pair : Pair
    stamp : Stamp
        For the human document, where its header no longer holds.
    """
    try:
        human, twin = payload_of_human(pair.human), payload_of_twin(pair.twin)
    except DataError as exc:
        plan.conflicts.append(str(exc))
        return
    if human is None and twin is None:
        return
    if pair.human.is_edited and pair.twin.is_edited and human != twin:
        plan.conflicts.append(
            f"{pair.human.path}: it and its twin were both edited, and they differ. Take one of the edits back.\n"
            + difference(pair.human.path, human or "", twin or "")
        )
        return
    leads = twin if human is None or (pair.twin.is_edited and not pair.human.is_edited) else human
    follows = human if leads is twin else twin
    if follows is not None and follows != leads:
        plan.said.append(difference(pair.human.path, follows, leads or ""))
    entry = pair.human.entry
    is_made = entry.is_made if entry else False
    data = restamped(leads or "", pair.human.content, stamp)
    plan.put_pair(pair, data, drawn=entry.drawn if entry else None, is_made=is_made)


def step_faults(pair: Pair) -> list[str]:
    """Return why a pair is not in step; none where it is."""
    try:
        human, twin = payload_of_human(pair.human), payload_of_twin(pair.twin)
    except DataError as exc:
        return [str(exc)]
    for side, said in ((pair.human, human), (pair.twin, twin)):
        if said is None:
            return [f"{side.path}: missing. 'enerqis globaldb sync' writes it from the other of the pair."]
    if human != twin:
        return [f"{pair.human.path}: its twin says something else. 'enerqis globaldb sync' shows it and mends it."]
    return []
