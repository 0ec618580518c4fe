"""The chain of an audit trail: each kind of tampering is found and named for what it is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerqis.io.chain import Head, chained, faults, head_of

EVENTS = [{"event": "fill", "ts": number, "units": float(number)} for number in range(1, 7)]
LINES = list(chained(EVENTS))
HEAD = head_of(LINES)


def changed(number: int) -> list[str]:
    """The lines with the units of one of them, 1 = first, edited in place."""
    lines = list(LINES)
    lines[number - 1] = lines[number - 1].replace('"units":', '"units":1')
    return lines


def written_anew() -> list[str]:
    """A forger's file: one unit changed, every hash made anew."""
    return list(chained([*EVENTS[:3], {**EVENTS[3], "units": 99.0}, *EVENTS[4:]]))


def relinked() -> list[str]:
    """One line with another link."""
    lines = list(LINES)
    lines[2] = json.dumps({**json.loads(lines[2]), "previous": "0" * 64}, sort_keys=True, separators=(",", ":"))
    return lines


TAMPERED = {
    "first line changed": (changed(1), "line 1: changed: the hash that was recorded is another"),
    "a line changed": (changed(3), "line 3: changed: the hash that was recorded is another"),
    "the last line changed": (
        changed(6),
        "line 6: changed, or the whole file was written anew: it does not end in the recorded hash",
    ),
    "a link changed": (relinked(), "lines 2 to 3: changed: the hash that was recorded is another"),
    "not JSON": ([*LINES[:3], "{", *LINES[4:]], "lines 3 to 4: changed: the hash that was recorded is another"),
    "two lines swapped": (
        [LINES[0], LINES[2], LINES[1], *LINES[3:]],
        "line 2: reordered: every line is there, but this one does not follow the one before it",
    ),
    "the end cut off": (LINES[:4], "truncated: 6 lines were written, 4 are there"),
    "everything cut off": ([], "truncated: 6 lines were written, 0 are there"),
    "the start cut off": (LINES[2:], "line 1: lines were removed: 6 were written, 4 are there"),
    "a line removed": (LINES[:2] + LINES[3:], "line 3: lines were removed: 6 were written, 5 are there"),
    "a line doubled": ([*LINES[:2], LINES[1], *LINES[2:]], "line 3: lines were added: 6 were written, 7 are there"),
    "a line appended": (
        list(chained([*EVENTS, {"event": "fill"}])),
        "appended to: 6 lines were written, 7 are there",
    ),
    "written anew": (
        written_anew(),
        "line 6: changed, or the whole file was written anew: it does not end in the recorded hash",
    ),
}


@pytest.mark.parametrize("kind", TAMPERED)
def test_tampering_is_named(kind: str) -> None:
    lines, sentence = TAMPERED[kind]
    assert faults(lines, HEAD) == [sentence]


def test_a_whole_chain_has_no_fault() -> None:
    assert faults(LINES, HEAD) == []
    assert faults([], head_of([])) == []


def test_an_event_may_not_carry_a_link_of_its_own() -> None:
    with pytest.raises(ValueError, match="may not hold 'previous'"):
        list(chained([{"event": "fill", "previous": "x"}]))


@given(st.lists(st.sampled_from(LINES), max_size=8))
def test_no_other_selection_of_lines_is_whole(lines: list[str]) -> None:
    assert bool(faults(lines, HEAD)) == (lines != LINES)


@given(st.integers(0, len(LINES) - 1), st.data())
def test_any_changed_character_is_found(row: int, data: st.DataObject) -> None:
    line = LINES[row]
    place = data.draw(st.integers(0, len(line) - 1))
    other = data.draw(st.characters(codec="utf-8", exclude_characters="\n" + line[place]))
    lines = [*LINES[:row], line[:place] + other + line[place + 1 :], *LINES[row + 1 :]]
    assert faults(lines, Head(*HEAD))
