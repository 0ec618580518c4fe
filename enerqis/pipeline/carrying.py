"""How far a strategy, a dataset or a package goes: as far as an experiment has gone that it belongs to, and as long."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from enerqis.core.errors import StageError
from enerqis.governance import approvals
from enerqis.governance.registry import Standing, key_of
from enerqis.governance.states import SIGNED, STATES
from enerqis.spec.registry import RegistryRecord, State


def carried(now: Standing, record: RegistryRecord, to: State, *, when: datetime) -> Mapping[str, Any]:
    """Return the facts of a promotion that an experiment carries.

    Raises
    ------
    StageError
        If none has gone so far, or the approvals of each that has ended.
    """
    own, ended = key_of(record), []
    for key, each in now.records.items():
        is_bound = str(own) in each.rests_on or str(key) in record.rests_on
        is_so_far = each.state != "retired" and STATES.index(each.state) >= STATES.index(to)
        if key.kind != "experiment" or not is_bound or not is_so_far:
            continue
        if each.expires is not None and approvals.at(each.expires) <= when:
            ended.append(f"{key.shown} is {each.state} by approvals that ended at {each.expires}")
            continue
        return {
            "identity": record.identity,
            "from": record.state,
            "to": to,
            "gates": list(each.gates),
            "overrides": list(each.overrides),
            "approvals": list(each.approvals),
            "expires": each.expires,
            "carried_by": each.identity,
            "carried_entry": each.entry,
            "replaces": replaced(now, record, to),
        }
    if ended:
        raise StageError(f"{own.shown}: {'; '.join(ended)}. Demote it, approve and promote it anew.")
    raise StageError(
        f"{own.shown}: no experiment that it belongs to is {to}. Promote one first: 'enerqis promote EXPERIMENT'."
    )


def replaced(now: Standing, record: RegistryRecord, to: State) -> str | None:
    """Return the identity of a name that a promotion into a signed state retires: the one that is there."""
    there = [
        each.identity
        for each in now.named(record.kind, record.name)
        if to in SIGNED and each.state == to and each.identity != record.identity
    ]
    return there[0] if there else None
