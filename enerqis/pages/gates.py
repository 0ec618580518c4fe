"""What the gates say of an experiment, in words for a table of many: how many hold, and which do not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class GatesLine(NamedTuple):
    """One line of the index page.

    Parameters
    ----------
    sentence : str
        How many gates hold; empty where no gate was held against the run.
    failures : tuple of str
        One sentence for each gate that does not.
    """

    sentence: str
    failures: tuple[str, ...]


def gates_line(content: Mapping[str, Any]) -> GatesLine:
    """Return what the index page says of the gates.

    Parameters
    ----------
    content : mapping
        As the stage `gate` writes it; empty where it did not run.
    """
    gates = content.get("gates", [])
    if not gates:
        return GatesLine("", ())
    failed = [each for each in gates if not each["is_passed"]]
    if not failed:
        held = "the gate holds" if len(gates) == 1 else f"all {len(gates)} gates hold"
        return GatesLine(held, ())
    names = ", ".join(each["name"] for each in failed)
    sentence = f"{len(gates) - len(failed)} of {len(gates)} gates hold; not {names}"
    return GatesLine(sentence, tuple(_failure(each) for each in failed))


def _failure(gate: Mapping[str, Any]) -> str:
    weight = {"warns": " (warns only)", "asks": " (may be overridden)"}.get(gate["severity"], "")
    return f"{gate['name']}{weight}: {gate['explanation']} {gate['change']}".strip()
