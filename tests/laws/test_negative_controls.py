"""Plug-ins that break a law on purpose: each must be caught, or the laws prove nothing."""

import re
import textwrap

import pytest

from enerqis.compose.portable import check_portable
from enerqis.io.project import Project
from enerqis.laws.suite import trials
from tests.laws.planting import broken

INDICATOR = '''
"""An indicator."""

import math
from typing import NamedTuple

import numpy as np

from enerqis.interfaces.indicator import declare

TAPE = []


class ProbeParams(NamedTuple):
    """Parameters."""

    lookback_bars: float
    tick_size: float


class ProbeState(NamedTuple):
    """State."""

    seen: np.ndarray


def probe(source, lookback_bars=2):
    """Declare it."""
    return declare("probe", (source,), lookback_bars=lookback_bars)


def initial_state(p):
    """Return the state."""
    return ProbeState(np.zeros(2))


def warmup_bars(p):
    """Return the warm-up."""
    return {warmup}


def step(p, state, value):
    """Take one bar."""
'''

STRATEGY = '''
"""A strategy."""

import math
from typing import Literal

from pydantic import Field

from enerqis.indicators.sma import sma
from enerqis.interfaces.strategy import StrategyParams, hold

TAPE = []
LAST = [0.0]


class ProbeParams(StrategyParams):
    """Parameters."""

    kind: Literal["probe"] = "probe"
    size: float = Field(1.0, description="size")


def indicators(params):
    """Return the series."""
    return {series}


def on_bar(p, state, bar, ind, acc):
    """Decide."""
'''

FEATURE = '''
"""A feature."""

from typing import Literal

from pydantic import Field

from enerqis.features.market_energy import MarketEnergyParams
from enerqis.interfaces.feature import FeatureParams
from enerqis.interfaces.indicator import declare


class ProbeParams(FeatureParams):
    """Parameters."""

    kind: Literal["probe"] = "probe"


def columns(params):
    """Return the columns."""
'''


def indicator(tmp_path, body, warmup="1"):
    return broken(tmp_path, "indicators", INDICATOR.replace("{warmup}", warmup), body)


def strategy(tmp_path, body, series="{}"):
    return broken(tmp_path, "strategies", STRATEGY.replace("{series}", series), body)


def test_an_indicator_that_remembers_another_run_is_caught(tmp_path):
    body = """
    TAPE.append(value)
    place = int(state.seen[0])
    state.seen[0] += 1.0
    return TAPE[place + 1] if place + 1 < len(TAPE) else value
    """
    found = indicator(tmp_path, body)
    assert {"deterministic", "no_look_ahead"} <= set(found)
    # 137 bars left out at a start, a window of one, 400 more: 538 bars, of which the last 150 are changed
    assert "plugins/indicators/probe.py: its value looks ahead by " in found["no_look_ahead"][0]
    assert re.search(r"at bar \d+ \([0-9.]+, not [0-9.]+\)\. Usual mend: read bars up to", found["no_look_ahead"][0])


PEEKING = """
TAPE.append(value)
place = int(state.seen[0])
state.seen[0] += 1.0
return TAPE[place + 1] if place + 1 < len(TAPE) else value
"""


def test_a_feature_made_of_an_indicator_that_peeks_is_caught_with_file_bar_and_mend(tmp_path):
    folder = tmp_path / "plugins" / "indicators"
    folder.mkdir(parents=True)
    source = INDICATOR.replace("{warmup}", "1").replace("probe", "tape").replace("ProbeP", "TapeP").strip()
    (folder / "tape.py").write_text(source + "\n" + textwrap.indent(PEEKING.strip(), "    ") + "\n", encoding="utf-8")
    feature = tmp_path / "plugins" / "features"
    feature.mkdir()
    text = FEATURE.strip() + '\n    return {"x": declare("tape", ("close",), lookback_bars=2)}\n'
    (feature / "probe.py").write_text(text, encoding="utf-8")
    subjects = {
        trial.subject.kind.family: trial
        for trial in trials(Project(tmp_path), with_shipped=False)
        if trial.law.__name__ == "no_look_ahead"
    }
    (sentence,) = subjects["features"].complaints()
    # the tape is recorded by the first run and answers in the second, from bar 0 on; the bars from 400 on were changed
    assert sentence.startswith("plugins/features/probe.py: column 'x' looks ahead by 400 bars or more")
    assert "at bar 0 (" in sentence
    assert "Usual mend: read bars up to the one that is decided on" in sentence


def test_an_indicator_that_counts_across_runs_is_caught(tmp_path):
    body = "TAPE.append(1.0)\nreturn float(len(TAPE))"
    assert "it is not deterministic" in indicator(tmp_path, body)["deterministic"][0]


def test_an_indicator_that_never_forgets_is_caught(tmp_path):
    body = "state.seen[0] += value\nstate.seen[1] += 1.0\nreturn state.seen[0] / state.seen[1]"
    assert "depend on the first bar" in indicator(tmp_path, body)["same_from_any_start"][0]


def test_a_warm_up_declared_wrong_is_caught(tmp_path):
    found = indicator(tmp_path, "return value", warmup="3")
    assert found["warms_up_as_declared"] == ["it declares a warm-up of 3 bars, its first whole value comes at bar 1"]


def test_an_indicator_that_stumbles_over_what_is_not_there_is_caught(tmp_path):
    body = "old = state.seen[0]\nstate.seen[0] = value\nreturn value - 0.0 * old"
    assert "skips_what_is_not_there" in indicator(tmp_path, body)


def test_an_indicator_that_raises_is_a_complaint_not_a_crash(tmp_path):
    found = indicator(tmp_path, "raise ZeroDivisionError('nothing there')")
    assert found["deterministic"] == ["ZeroDivisionError: nothing there (plugins/indicators/probe.py:43)"]


def test_a_sound_indicator_passes(tmp_path):
    assert indicator(tmp_path, "return value") == {}


def test_a_strategy_that_remembers_the_future_of_another_run_is_caught(tmp_path):
    body = """
    TAPE.append(bar.close)
    place = len(TAPE) % 260
    return hold(1.0 if place + 1 < len(TAPE) and TAPE[place + 1] > bar.close else 0.0)
    """
    assert {"deterministic", "no_look_ahead"} <= set(strategy(tmp_path, body))


def test_a_strategy_that_reads_a_file_is_caught_though_it_says_the_same_whatever_the_bars(tmp_path):
    body = "return hold(1.0 if bar.close > 50.0 else 0.0)\n\ndef initial_state(p):\n    return open('tape.csv')"
    (complaint,) = strategy(tmp_path, body)["reads_nothing_outside"]
    assert re.match(
        r"probe.py:\d+: 'open' reads what no bar gives it. Usual mend: write what it needs as parameters", complaint
    )


def test_the_lint_refuses_such_a_strategy_before_it_runs(tmp_path):
    strategy(tmp_path, "TAPE.append(bar.close)\nreturn hold(TAPE[-1])")
    subject = next(trials(Project(tmp_path), with_shipped=False)).subject
    assert "the call of 'TAPE.append' is not portable" in str(check_portable(subject.kind)[0])


def test_a_strategy_that_carries_its_last_decision_over_is_caught(tmp_path):
    body = "LAST[0] = 0.5 if bar.close > 50.0 else LAST[0] + 0.001\nreturn hold(LAST[0])"
    assert "deterministic" in strategy(tmp_path, body)


@pytest.mark.parametrize(
    ("series", "complaint"),
    [
        ('{"x": sma("close", 5)._replace(kind="smaa")}', "indicator 'smaa' does not exist"),
        ('{"x": sma("close", 5)._replace(arguments=())}', "sma needs the arguments lookback_bars, got none"),
        ('{"x": sma("close", 5)._replace(inputs=("high", "low"))}', r"sma reads 1 source\(s\), got 2"),
    ],
)
def test_a_series_that_does_not_exist_is_caught(tmp_path, series, complaint):
    found = strategy(tmp_path, "return hold(1.0)", series)
    assert re.search(complaint, found["declares_what_exists"][0])


def test_an_infinite_decision_is_caught(tmp_path):
    assert strategy(tmp_path, "return hold(math.inf)")["decides_in_numbers"] == ["a decision is infinite"]


def test_a_strategy_that_never_decides_is_caught(tmp_path):
    assert "never decides anything" in strategy(tmp_path, "return hold(math.nan)")["decides_in_numbers"][0]


def test_a_sound_strategy_passes(tmp_path):
    assert strategy(tmp_path, "return hold(p.size if bar.close > ind.x else 0.0)", '{"x": sma("close", 5)}') == {}


def test_a_function_without_a_docstring_and_a_field_without_a_description_are_caught(tmp_path):
    source = STRATEGY.replace('"""Decide."""', "").replace(', description="size"', "").replace("{series}", "{}")
    found = broken(tmp_path, "strategies", source, "return hold(1.0)")
    assert found["documented"] == [
        "on_bar has no docstring",
        "ProbeParams.size has no description: Field(..., description=...)",
    ]


def test_a_column_of_no_indicator_and_one_of_no_bar_field_are_caught(tmp_path):
    found = broken(tmp_path, "features", FEATURE, 'return {"x": declare("value", ("other.column",))}')
    assert found["declares_what_exists"] == ["column 'x' reads 'other.column', no field of a bar"]


def test_a_column_that_takes_the_name_of_a_labels_instant_is_caught(tmp_path):
    found = broken(tmp_path, "features", FEATURE, 'return {"available_at": declare("value", ("close",))}')
    assert found["declares_what_exists"] == ["column 'available_at' has the name that says when a label is known"]


def test_a_sound_feature_passes(tmp_path):
    assert broken(tmp_path, "features", FEATURE, 'return {"x": declare("value", ("close",))}') == {}
