"""The states of the registry and the edges between them."""

from __future__ import annotations

import itertools
from typing import get_args

from enerqis.core.errors import StageError
from enerqis.spec.registry import State

STATES: tuple[State, ...] = get_args(State)
"""In the order of promotion; the last one is the end."""

SIGNED: tuple[State, ...] = ("paper", "live")
"""States that nothing enters without a signed approval, and of which one name has one identity at a time."""


def next_state(state: State, *, what: str) -> State:
    """Return the state that a promotion leads to.

    Raises
    ------
    StageError
        If there is none.
    """
    if state in ("live", "retired"):
        raise StageError(f"{what} is {state}: there is nothing to promote it to.")
    return STATES[STATES.index(state) + 1]


def edge(old: State, new: State) -> str:
    """Return an edge as gates and messages write it: ``research->candidate``."""
    return f"{old}->{new}"


def edges_up_to(new: State) -> tuple[str, ...]:
    """Return every edge on the way from research to a state, in order."""
    steps = STATES[: STATES.index(new) + 1]
    return tuple(edge(old, after) for old, after in itertools.pairwise(steps))


def is_lower(new: State, old: State) -> bool:
    """Return whether going from `old` to `new` is a demotion; retiring is one from anywhere."""
    return old != "retired" and (new == "retired" or STATES.index(new) < STATES.index(old))
