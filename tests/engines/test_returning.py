from __future__ import annotations

import ast

import pytest

from enerqis.engines.returning import can_be_moved, reachable, with_result


def body(text: str) -> list[ast.stmt]:
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    return function.body


def text(statements: list[ast.stmt]) -> str:
    return ast.unparse(ast.fix_missing_locations(ast.Module(statements, [])))


def test_early_returns_become_branches_that_give_one_result():
    found = with_result(body("def f(x):\n if x > 1:\n  return 1\n y = x\n if y < 0:\n  return -1\n return y"), "r")
    assert (
        text(found) == "if x > 1:\n    r = 1\nelse:\n    y = x\n    if y < 0:\n        r = -1\n    else:\n        r = y"
    )


def test_without_a_result_the_values_are_dropped():
    found = with_result(body("def f(x):\n if x:\n  return\n g(x)"), None)
    assert text(found) == "if x:\n    pass\nelse:\n    g(x)"


@pytest.mark.parametrize(
    "function",
    [
        "def f(x):\n for i in range(x):\n  return i\n return 0",
        "def f(x):\n if x:\n  if x > 1:\n   return 1\n  g(x)\n return 0",
    ],
)
def test_a_return_out_of_a_loop_or_past_other_statements_cannot_be_moved(function):
    node = ast.parse(function).body[0]
    assert isinstance(node, ast.FunctionDef)
    assert not can_be_moved(node)


def test_what_follows_a_return_is_not_reached():
    assert text(reachable(body("def f(x):\n return x\n y = 1"))) == "return x"
    both = "def f(x):\n if x:\n  return 1\n else:\n  return 2\n y = 1"
    assert text(reachable(body(both))) == "if x:\n    return 1\nelse:\n    return 2"
