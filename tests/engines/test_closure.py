from __future__ import annotations

import math
from typing import NamedTuple

import pytest

from enerqis.core.errors import PluginError
from enerqis.engines.closure import Closure, gather, literal

SCALE = 3.0
WORDS = ["a", "b"]


class Pair(NamedTuple):
    first: float
    second: float


def scaled(x: float) -> float:
    """Never part of a kernel: docstrings and annotations are left out."""
    y: float = x * SCALE
    return y


def paired(k: object, x: float) -> Pair:
    if k.is_double:  # type: ignore[attr-defined]
        return Pair(scaled(x), scaled(x))
    return Pair(x, math.fabs(x))


def with_words(x: float) -> float:
    return x if WORDS else 0.0


def with_unknown(x: float) -> float:
    return x + nowhere  # type: ignore[name-defined]  # noqa: F821


def text_of(closure: Closure) -> str:
    return "\n".join(closure.definitions.values())


def test_a_function_comes_with_all_that_it_refers_to_each_before_its_use():
    closure = Closure({})
    name = gather(closure, paired)
    assert name == "tests_engines_test_closure__paired"
    assert [each.rpartition("__")[2] for each in closure.definitions] == ["Pair", "SCALE", "scaled", "paired"]
    assert "Never part" not in text_of(closure)
    assert "float" not in text_of(closure)


def test_what_the_facts_rule_out_is_not_gathered():
    closure = Closure({"is_double": False})
    gather(closure, paired)
    assert "scaled" not in text_of(closure)


def test_what_a_kernel_cannot_hold_is_refused_by_name():
    with pytest.raises(PluginError, match=r"tests.engines.test_closure: 'WORDS' is a list, which a kernel cannot hold"):
        gather(Closure({}), with_words)
    with pytest.raises(PluginError, match=r"test_closure.with_unknown: unknown name 'nowhere'"):
        gather(Closure({}), with_unknown)


def test_a_function_inside_another_is_refused():
    def hidden(x: float) -> float:
        return x

    with pytest.raises(PluginError, match=r"hidden' is not defined at the top of its module"):
        gather(Closure({}), hidden)


def test_numbers_are_written_so_that_they_come_back():
    assert [literal(each) for each in (1, 0.1, math.inf, -math.inf, (1.0, 2.0))] == [
        "1", "0.1", "math.inf", "-math.inf", "(1.0, 2.0, )",
    ]  # fmt: skip
    assert literal(math.nan) == "math.nan"
