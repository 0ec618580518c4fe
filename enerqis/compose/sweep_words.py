"""The words of a sweep: Hydra's override grammar, each swept word as the list of words that it stands for.

It knows Hydra's parser and none of its sweepers. What `composing` takes is one of those words for each key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import IntervalSweep, Override, RangeSweep, Sweep
from hydra.errors import HydraException

from enerqis.compose.composed import OVERRIDE
from enerqis.compose.composing import GroupFiles, group_files
from enerqis.core.errors import ConfigError, Problem
from enerqis.io.project import Project


class Value(NamedTuple):
    """One value of a swept key.

    Parameters
    ----------
    word : str
        The override that sets it, such as ``strategy.fast_bars=5``.
    value : object
        What is set, as plain data; of a group, the name of its file.
    """

    word: str
    value: Any


class Axis(NamedTuple):
    """One swept key.

    Parameters
    ----------
    key : str
        Dotted key, or group.
    values : tuple of Value
    is_choice : bool
        Whether files of a group are chosen, rather than values set.
    """

    key: str
    values: tuple[Value, ...]
    is_choice: bool


class Span(NamedTuple):
    """A key and the range of numbers that a search may try, ends included; `step` 0 = any number between.

    ``interval(low, high)`` is a span and nothing else; ``range(...)`` is a span too where a search chooses.
    """

    key: str
    low: float
    high: float
    step: float
    is_log: bool


class SweepWords(NamedTuple):
    """What the words of a sweep say: those that every point has, the axes of a grid, and what only a search can try."""

    fixed: tuple[str, ...]
    axes: tuple[Axis, ...]
    spans: tuple[Span, ...]

    @property
    def is_swept(self) -> bool:
        """Whether any key is swept."""
        return bool(self.axes or self.spans)

    @property
    def points(self) -> int:
        """How many points the grid has."""
        count = 1
        for axis in self.axes:
            count *= len(axis.values)
        return count


def sweep_words(project: Project, words: Sequence[str]) -> SweepWords:
    """Return what the words of a sweep say.

    Parameters
    ----------
    project : Project
        Whose files a glob chooses from.
    words : sequence of str
        In Hydra's grammar: ``key=a,b``, ``choice(a,b)``, ``range(start,stop,step)``, ``interval(low,high)``, ``glob(*)``; plain
        overrides too.

    Raises
    ------
    ConfigError
        With every word that cannot be read, is swept twice or asks for chance.
    """
    files = group_files(project)
    parser = OverridesParser.create()
    problems: list[Problem] = []
    fixed: list[str] = []
    axes: list[Axis] = []
    spans: list[Span] = []
    for word in words:
        try:
            override = parser.parse_override(word)
            override.config_loader = files  # type: ignore[assignment]  # all that a glob asks for is a group's options
            if not override.is_sweep_override():
                fixed.append(word)
            elif override.is_interval_sweep():
                spans.append(_span(override))
            else:
                axes.append(_axis(override, files))
        except (HydraException, ValueError) as exc:
            reason = str(exc).partition("\n")[0].rstrip(".")
            problems.append(Problem(OVERRIDE, "", f"'{word}' cannot be swept: {reason}. {_next(exc)}"))
    problems += _twice([*(axis.key for axis in axes), *(span.key for span in spans)])
    if problems:
        raise ConfigError(problems)
    return SweepWords(tuple(fixed), tuple(axes), tuple(spans))


def span_of(axis: Axis) -> Span | None:
    """Return the values of an axis as a span, where they are at least three numbers a step apart."""
    numbers = [each.value for each in axis.values]
    if len(numbers) < 3 or any(isinstance(each, bool) or not isinstance(each, int | float) for each in numbers):
        return None
    step = numbers[1] - numbers[0]
    if step <= 0 or any(numbers[i] + step != numbers[i + 1] for i in range(len(numbers) - 1)):
        return None
    return Span(axis.key, numbers[0], numbers[-1], step, is_log=False)


def _next(exc: Exception) -> str:
    """Return what to write in the place of a word that cannot be read."""
    if "token recognition" in str(exc):
        return "Put text with signs such as < into quotes: key=['a < b']."
    return "Write key=a,b or key=range(1,9)."


def _axis(override: Override, files: GroupFiles) -> Axis:
    if isinstance(override._value, Sweep) and getattr(override._value, "shuffle", False):
        raise ValueError("shuffle would make another order each time")
    key = override.get_key_element()
    elements = list(override.sweep_iterator())
    if isinstance(override._value, RangeSweep) and not elements:
        raise ValueError("the range is empty")
    if not elements:
        raise ValueError(f"nothing in conf/{override.key_or_group} fits")
    values = [
        Value(f"{key}={Override._get_value_element_as_str(each)}", Override._convert_value(each)) for each in elements
    ]
    return Axis(key, tuple(values), files.group_exists(override.key_or_group))


def _span(override: Override) -> Span:
    interval = override.value()
    assert isinstance(interval, IntervalSweep)
    if interval.start is None or interval.end is None or interval.start >= interval.end:
        raise ValueError("an interval goes from a lower to a higher number")
    tags = interval.tags - {"log"}
    if tags:
        raise ValueError(f"tag '{sorted(tags)[0]}' says nothing here; allowed: log")
    is_whole = isinstance(interval.start, int) and isinstance(interval.end, int)
    return Span(override.key_or_group, interval.start, interval.end, float(is_whole), "log" in interval.tags)


def _twice(keys: Sequence[str]) -> Iterator[Problem]:
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield Problem(OVERRIDE, key, "swept twice. Write all its values in one word.")
