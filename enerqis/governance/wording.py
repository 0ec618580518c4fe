"""Values, units and lists in the words of a review, on a terminal and in Markdown; no text of a change is taken for markup."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

UNITS = {
    "bars": "bars",
    "bps": "bps",
    "fraction": "%",
    "days": "days",
    "years": "years",
    "minutes": "minutes",
    "sessions": "sessions",
}
"""What the last word of a key says of its number; others speak for themselves."""
OFF = "off"
NONE = "none"
SAID = {"looser": "looser", "tighter": "tighter", "untold": "cannot be told"}
"""Directions of a move in words."""
ABSENT = "absent"
"""Said of a key that one side has not."""
LONGEST = 160
MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+!|~@&$-])")
"""Characters that Markdown, GitHub's references or HTML could read as markup."""
CALLS = re.compile("([@#])")
"""What begins a mention of a person or of an issue."""


def shown(key: str, value: Any, *, nothing: str = OFF) -> str:
    """Return a value with its unit: ``0.15 (15 %)``, ``30 bars``; null is said as off, or as `nothing`."""
    if value is None:
        return nothing
    if value == ABSENT:
        return ABSENT
    text = json.dumps(value, ensure_ascii=False)
    text = text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
    unit = unit_of(key)
    if not unit or isinstance(value, bool) or not isinstance(value, int | float):
        return text
    return f"{text} ({value * 100:.6g} %)" if unit == "%" else f"{text} {unit}"


def unit_of(key: str) -> str:
    """Return the unit that a key's last word names, or an empty text."""
    return UNITS.get(re.split(r"[._]", key)[-1], "")


def figure(value: float | None) -> str:
    """Return a figure in six digits, or a dash."""
    return "-" if value is None else f"{value:.6g}"


def escaped(text: str) -> str:
    """Return a text as Markdown shows it letter by letter, on one line; it mentions nobody and names no issue.

    GitHub looks for mentions in what comes out of Markdown, where a backslash is gone: a joiner without width keeps them apart.
    """
    return CALLS.sub("\\1\u2060", MARKUP.sub(r"\\\1", visible(text)))


def visible(text: str) -> str:
    """Return a text on one line, what a reader would not see in it (control characters, changes of direction) as escapes."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in " ".join(text.split()))


def code(text: str) -> str:
    """Return a text as a Markdown code span inside a table, whatever it holds; it mentions nobody and links nothing."""
    plain = visible(text).replace("|", "\\|")
    longest = max((len(each) for each in re.findall(r"`+", plain)), default=0)
    mark = "`" * (longest + 1)
    blank = " " if longest else ""
    return f"{mark}{blank}{plain}{blank}{mark}"


def listed(names: Iterable[str], *, most: int = 6) -> str:
    """Return names in a row, those beyond the first few counted."""
    every = list(names)
    rest = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + rest
