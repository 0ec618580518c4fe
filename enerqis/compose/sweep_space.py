"""The space of a search that swept words name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from enerqis.compose.composed import OVERRIDE
from enerqis.compose.positions import Key
from enerqis.compose.sweep_base import SweepBase
from enerqis.compose.sweep_words import Axis, Span, SweepWords, span_of
from enerqis.compose.unions import AnyExperiment
from enerqis.compose.validating import validate
from enerqis.core.errors import ConfigError, Problem


def with_words(base: SweepBase, words: SweepWords) -> AnyExperiment:
    """Return the experiment of `base` whose search goes over the space that swept words name; without any, over its own.

    Raises
    ------
    ConfigError
        With what is wrong with the space, or files that are swept.
    """
    chosen = [axis for axis in words.axes if axis.is_choice]
    if chosen:
        raise ConfigError([_not_for_a_search(axis) for axis in chosen])
    search = base.composed.data["search"]
    space = _space(words) or search.get("space", {})
    data = {**base.composed.data, "search": {**search, "space": space}}
    places: dict[Key, str] = dict(base.composed.overridden)
    places |= {("search", "space", key): OVERRIDE for key in _space(words)}
    return validate(replace(base.composed, data=data, overridden=places), base.composed.project)


def _space(words: SweepWords) -> dict[str, dict[str, Any]]:
    """Return the space that swept words name: numbers a step apart are a range, anything else a choice."""
    spans = {span.key: span for span in words.spans}
    spans |= {axis.key: span for axis in words.axes if (span := span_of(axis)) is not None}
    choices = {
        axis.key: {"kind": "choice", "values": [value.value for value in axis.values]}
        for axis in words.axes
        if axis.key not in spans
    }
    return {key: _range(span) for key, span in spans.items()} | choices


def _range(span: Span) -> dict[str, Any]:
    """Return a span as the spec of a range."""
    if span.step and all(float(each).is_integer() for each in (span.low, span.high, span.step)):
        return {
            "kind": "int",
            "low": int(span.low),
            "high": int(span.high),
            "step": int(span.step),
            "is_log": span.is_log,
        }
    return {"kind": "float", "low": span.low, "high": span.high, "step": span.step or None, "is_log": span.is_log}


def _not_for_a_search(axis: Axis) -> Problem:
    message = "a search goes over values, not over files. Choose one, or leave the search out: search=none."
    return Problem("<command line>", axis.key, message)
