from __future__ import annotations

import ast

import pytest

from enerqis.engines.specialise import specialised


def special(body: str, **facts: bool) -> str:
    function = ast.parse(f"def f(k, x):\n    {body}").body[0]
    assert isinstance(function, ast.FunctionDef)
    return ast.unparse(specialised(function, facts)).partition("\n")[2].strip()


@pytest.mark.parametrize(
    ("body", "facts", "left"),
    [
        ("return x if k.on else -x", {"on": True}, "return x"),
        ("return x if not k.on else -x", {"on": True}, "return -x"),
        ("return k.on and x", {"on": True}, "return x"),
        ("return k.on and x", {"on": False}, "return False"),
        ("return x or k.on", {"on": False}, "return x"),
        ("return x and k.on and y", {"on": False}, "return x and False"),
        ("return k.on or k.off", {"on": False}, "return k.off"),
        ("return n.on", {"on": True}, "return n.on"),
    ],
)
def test_facts_fold_what_follows_from_them(body, facts, left):
    assert special(body, **facts) == left


def test_branches_that_cannot_be_reached_are_dropped():
    assert special("if k.on:\n        x = 1\n    else:\n        x = 2\n    return x", on=False) == "x = 2\n    return x"


def test_what_loses_all_its_statements_stays_legal():
    assert special("for i in range(x):\n        if k.on:\n            x = i", on=False).endswith("pass")
    assert special("if k.on:\n        x = 1", on=False) == "pass"
