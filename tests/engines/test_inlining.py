from __future__ import annotations

import pytest

from enerqis.engines.inlining import inlined


def moved(*functions: str) -> str:
    """The text after inlining; the last function is the entry, the others may be moved."""
    *inner, entry = functions
    return inlined("\n".join([*(f"@inner\n{each}" for each in inner), f"@entry\n{entry}"]))


def result(text: str, *arguments: object) -> object:
    names: dict[str, object] = {}
    exec(f"def inner(f): return f\nentry = inner\n{text}", names)
    return names["run"](*arguments)  # type: ignore[operator]


def test_one_expression_goes_into_the_expression_of_its_caller():
    text = moved("def twice(x):\n return x + x", "def run(a):\n return twice(a) * 3")
    assert "twice" not in text
    assert result(text, 2) == 12


def test_a_costly_argument_is_not_computed_twice():
    text = moved("def twice(x):\n return x + x", "def run(a, b):\n return twice(a * b)")
    assert text.count("a * b") == 1
    assert result(text, 2, 3) == 12


def test_early_returns_are_moved_with_their_function():
    text = moved(
        "def sign(x):\n if x > 0:\n  return 1\n if x < 0:\n  return -1\n return 0",
        "def run(a):\n s = sign(a)\n return s",
    )
    assert "def sign" not in text
    assert [result(text, a) for a in (5, -5, 0)] == [1, -1, 0]


def test_names_of_a_moved_function_do_not_meet_those_of_its_caller():
    text = moved(
        "def add(x, y):\n z = x + y\n x = z + 1\n return x", "def run(x, z):\n y = add(z, x)\n return (x, y, z)"
    )
    assert "def add" not in text
    assert result(text, 1, 10) == (1, 12, 10)


def test_what_happens_keeps_its_order():
    push = "def push(a, x):\n a.append(x)\n return len(a)"
    text = moved(push, "def run(a):\n n = push(a, push(a, 7)) - push(a, 8)\n return (n, a)")
    assert "def push" not in text
    assert result(text, []) == (-1, [7, 1, 8])


def test_a_call_after_a_read_that_it_could_change_stays_where_it_is():
    clear = "def clear(a):\n b = a[0]\n a[0] = 0\n return b"
    text = moved(clear, "def run(a):\n n = a[0] * 10 + clear(a)\n return n")
    assert result(text, [4]) == 44


def test_a_call_that_may_not_happen_is_not_taken_out_of_its_condition():
    note = "def note(a):\n b = len(a)\n a.append(b)\n return True"
    text = moved(note, "def run(a, x):\n if x and note(a):\n  return a\n return a")
    assert result(text, [], False) == []
    assert result(text, [], True) == [0]


def test_a_function_with_a_loop_that_returns_stays_a_function():
    first = "def first(n):\n for i in range(n):\n  if i > 2:\n   return i\n return -1"
    text = moved(first, "def run(n):\n i = first(n)\n return i")
    assert "def first" in text
    assert result(text, 9) == 3


def test_a_large_function_that_is_called_often_stays_a_function():
    large = "def large(x):\n" + "\n".join(f" x = x * {i} + x" for i in range(1, 60)) + "\n return x"
    calls = "\n".join(f" a = large(a + {i})" for i in range(4))
    assert "def large" in moved(large, f"def run(a):\n{calls}\n return a")


@pytest.mark.parametrize("unused", ["def gone(x):\n return x", "def gone(x):\n y = x\n return y"])
def test_functions_that_nobody_calls_are_left_out(unused):
    assert "gone" not in moved(unused, "def run(a):\n return a")
