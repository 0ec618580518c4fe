"""Survivorship: whether a universe was chosen by who would live on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from enerqis.leaks.finding import Finding

LEAST_PROBABILITY = 0.05
"""So often a choice at random would hold none of those that died; less is no chance."""


class Life(NamedTuple):
    """Close of a symbol's first and last bar in the data, UTC ns."""

    first: int
    last: int


def survivorship(
    universe: Sequence[str], lives: Mapping[str, Life], *, start: int, end: int, grace: int
) -> tuple[Finding, ...]:
    """Return a finding where the universe left out all symbols that died, more than chance would.

    Parameters
    ----------
    universe : sequence of str
    lives : mapping of symbol to Life
        Of every symbol of the dataset.
    start, end : int
        Period of the experiment, UTC ns.
    grace : int
        Nanoseconds before `end` within which a last bar is no death: the last bars of markets differ.

    Returns
    -------
    tuple of Finding
        `value` is the probability that as many symbols as the universe has, drawn at random among those that lived at its
        start, hold none that died; `expected` how many of them such a draw holds.
    """
    alive = {name for name, life in lives.items() if life.first <= start <= life.last}
    dead = {name for name in alive if lives[name].last < end - grace}
    chosen = alive & set(universe)
    if not dead or not chosen or chosen & dead:
        return ()
    living = len(alive) - len(dead)
    probability = math.comb(living, len(chosen)) / math.comb(len(alive), len(chosen))
    if probability >= LEAST_PROBABILITY:
        return ()
    first = min(dead, key=lambda name: (lives[name].last, name))
    fact = (
        f"holds none of the {len(dead)} of {len(alive)} symbols that had their last bar before the period's end, {first} the "
        "first of them; by chance it would hold as many as the second figure says, and none with the probability of the first"
    )
    expected = len(chosen) * len(dead) / len(alive)
    return (Finding("survivorship", "the universe", -1, lives[first].last, first, probability, expected, fact),)
