"""How a run stands beside the same run on another engine: a sentence, a small table and the first difference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from enerqis.quant.divergence import Divergence

EQUAL, DIFFERENT, REFUSED, NOT_HELD = "equal", "differ", "refused", "not held"


class Row(NamedTuple):
    """Rows of one table on both sides, and how many differ."""

    name: str
    left: int
    right: int
    differing: int


class Parity(NamedTuple):
    """The box on the page; without `rows` the sentence says why there are none."""

    sentence: str
    rows: list[Row]
    lines: list[str]
    left: str = ""
    right: str = ""
    tolerance: str = ""


def parity_box(content: Mapping[str, Any]) -> Parity:
    """Return what the page says about the other engine.

    Parameters
    ----------
    content : mapping
        As the stage `parity` writes it; empty where the run was not held against another engine.
    """
    if not content:
        return Parity("This run was not held against another engine.", [], [])
    left, right = content["engines"]
    if content["divergence"] is None:
        return Parity(f"The engine {right} cannot run this spec:", [], list(content["refused"]))
    found = Divergence.from_tree(content["divergence"])
    rows = [Row(name, *getattr(found, name)) for name in ("orders", "fills", "bars")]
    largest = found.max_relative_equity_difference
    equity = f"differs by at most {largest:.1e} of the largest so far" if largest else "is the same to the last bit"
    if found.is_none:
        sentence = f"{left} and {right} agree order for order; equity {equity}."
    else:
        sentence = f"{left} and {right} differ; equity {equity}. A knob differs between them, or one of them is wrong."
    tolerance = f"{content['tolerance']['money']:.0e}"
    return Parity(sentence, rows, list(found.lines(left, right)), left, right, tolerance)


def word(content: Mapping[str, Any]) -> str:
    """Return how it stands in one word, for a table of many runs."""
    if not content:
        return NOT_HELD
    if content["divergence"] is None:
        return REFUSED
    return EQUAL if Divergence.from_tree(content["divergence"]).is_none else DIFFERENT
