import re
import textwrap

import pytest

from enerqis.compose.portable import check_all_portable, check_portable
from enerqis.interfaces.risk import HOOKS
from enerqis.io.plugins import scan

HEADER = """
import math
from typing import Literal, NamedTuple

import numpy as np

from enerqis.interfaces.strategy import Decision, StrategyParams, hold

LEVEL = 2.0 ** -3
SEEN = []


class ProbeParams(StrategyParams):
    kind: Literal["probe"] = "probe"
    size: float = 1.0


def indicators(params):
    return {}


"""


def findings(tmp_path, functions):
    folder = tmp_path / "plugins" / "strategies"
    folder.mkdir(parents=True)
    (folder / "probe.py").write_text(HEADER + textwrap.dedent(functions), encoding="utf-8")
    return [str(each) for each in check_portable(scan("strategies", tmp_path / "plugins")["probe"])]


def problems(tmp_path, body, arguments="p, state, bar, ind, acc"):
    return findings(tmp_path, f"def on_bar({arguments}):\n" + textwrap.indent(body, "    ") + "\n")


def test_every_shipped_kernel_is_portable():
    assert check_all_portable(None) == []


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_of_a_limit_is_held_to_the_subset(tmp_path, hook):
    folder = tmp_path / "plugins" / "risk"
    folder.mkdir(parents=True)
    text = HEADER.replace("strategy import Decision, StrategyParams, hold", "risk import LimitParams")
    text = text.replace("StrategyParams", "LimitParams").replace('    kind: Literal["probe"] = "probe"\n', "")
    (folder / "probe.py").write_text(f"{text}def {hook}(p, first):\n    return np.sin(first)\n", encoding="utf-8")
    (found, *_) = check_portable(scan("risk", tmp_path / "plugins")["probe"])
    assert "np.sin" in str(found)


def test_the_whole_subset_is_accepted(tmp_path):
    functions = """
    def on_bar(p, state, bar, ind, acc):
        total = 0.0
        for place in range(len(state.window)):
            total += state.window[place] * math.sqrt(math.fabs(LEVEL))
        state.window[int(total)] = -total
        is_high = total > 1.0 and not math.isnan(bar.close) or 0.0 < ind.macd.line <= math.inf
        if is_high:
            return Decision(p.size, math.nan, math.nan, limit_of(bar.close), take_profit=math.nan)
        return hold(p.size if total == 0.0 else -p.size / 2.0)


    def limit_of(close):
        return math.floor(close) + float(3)
    """
    assert findings(tmp_path, functions) == []


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("return hold(np.mean(bar.close))", "the call of 'np.mean' is not portable"),
        ("return hold(math.sin(bar.close))", "'math.sin' is not portable"),
        ("return hold(bar.close ** 2)", "the operator Pow is not portable"),
        ("return hold(bar.close % 2)", "the operator Mod is not portable"),
        ("while True:\n    pass", "the statement 'while True:' is not portable"),
        ("for each in bar:\n    pass", r"a loop over anything but range\(...\), or with an else is not portable"),
        ("SEEN.append(bar.close)\nreturn hold(1.0)", "the call of 'SEEN.append' is not portable"),
        ("global LEVEL\nLEVEL = 3.0", "the statement 'global LEVEL' is not portable"),
        ("return hold(SEEN[-1])", "'SEEN' \\(neither a local name nor a number\\) is not portable"),
        ("return hold(sum([1.0, 2.0]))", "the call of 'sum' is not portable"),
        ("return hold([1.0 for x in range(3)])", r"'\[1.0 for x in range\(3\)\]' is not portable"),
        ("return hold((lambda x: x)(1.0))", "the call of '.*lambda x: x.*' is not portable"),
        ("first, second = 1.0, 2.0", "the statement 'first, second = .*' is not portable"),
        ("return hold(1.0 if bar is None else 2.0)", "is, is not, in or not in is not portable"),
        ("def inner():\n    return 1.0\nreturn hold(inner())", r"the statement 'def inner\(\):' is not portable"),
        ("return hold(state.window[1:][0])", "is not portable"),
        ("return hold('long')", "''long'' is not portable"),
        ("return hold(on_bar(p, state, bar, ind, acc))", "a function that calls itself is not portable"),
        ("import os\nreturn hold(1.0)", "the statement 'import os' is not portable"),
        ("try:\n    pass\nfinally:\n    pass", "the statement 'try:' is not portable"),
        ("return hold(open)", "'open' \\(neither a local name nor a number\\) is not portable"),
    ],
)
def test_what_is_outside_the_subset_is_refused(tmp_path, body, complaint):
    found = problems(tmp_path, body)
    assert any(re.search(complaint, each) for each in found), found


def test_the_message_says_where_and_what_is_allowed(tmp_path):
    assert problems(tmp_path, "return hold(math.cos(bar.close))") == [
        "plugins/strategies/probe.py:23:17: on_bar: 'math.cos' is not portable. "
        "Allowed: math.{sqrt, log, exp, pow, floor, ceil, fabs, isnan, nan, inf}."
    ]


def test_an_argument_with_a_default_is_refused(tmp_path):
    found = problems(tmp_path, "return hold(1.0)", "p, state, bar, ind, acc, more=1.0")
    assert "an optional, starred or keyword-only argument is not portable" in found[0]


def test_what_a_kernel_calls_in_another_file_is_checked_there(tmp_path):
    folder = tmp_path / "plugins" / "strategies"
    folder.mkdir(parents=True)
    (tmp_path / "plugins" / "levels.py").write_text("def level(x):\n    return x // 2\n", encoding="utf-8")
    source = HEADER.replace("import numpy as np", "from enerqis_plugins.levels import level")
    source += "def on_bar(p, state, bar, ind, acc):\n    return hold(level(bar.close))\n"
    (folder / "probe.py").write_text(source, encoding="utf-8")
    found = check_portable(scan("strategies", tmp_path / "plugins")["probe"])
    assert [each.where for each in found] == ["plugins/levels.py:2:12"]
