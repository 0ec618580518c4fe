from __future__ import annotations

import ast
from collections import namedtuple

import numpy as np
import pytest

from enerqis.core.errors import PluginError
from enerqis.engines.registers import with_registers
from enerqis.engines.series import SeriesSet
from enerqis.interfaces.indicator import declare
from tests.engines.scenes import panel_of

LOOP = """
def fill(memory, out):
    state = State(memory[0:2], memory[2:5])
    for t in range(len(out)):
        {body}
        out[t] = state.total[0]
"""


def kept(body: str) -> tuple[dict[str, list[int]], str]:
    function = ast.parse(LOOP.format(body=body)).body[0]
    assert isinstance(function, ast.FunctionDef)
    found = with_registers(function)
    return found, ast.unparse(ast.fix_missing_locations(function))


def run(text: str) -> tuple[list[float], list[float]]:
    memory, out = np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.zeros(3)
    names: dict[str, object] = {"State": namedtuple("State", ("total", "ring"))}
    exec(text, names)
    names["fill"](memory, out)  # type: ignore[operator]
    return memory.tolist(), out.tolist()


def test_single_elements_live_in_variables_and_come_back_to_their_array():
    body = "state.total[0] = state.total[0] + state.total[1]"
    found, text = kept(body)
    assert found == {"total": [0, 1]}
    assert "total_0 = total_0 + total_1" in text
    assert run(text) == run(LOOP.format(body=body)) == ([7.0, 2.0, 3.0, 4.0, 5.0], [3.0, 5.0, 7.0])


def test_an_array_indexed_by_a_variable_stays_in_memory():
    found, text = kept("state.ring[t] = state.ring[0] + len(state.total)")
    assert found == {"total": [0]}
    assert "state.ring[t] = state.ring[0] + len(state.total)" in text


@pytest.mark.parametrize("body", ["step(state)", "step(state.total)"])
def test_what_is_passed_whole_stays_in_memory(body):
    assert kept(body)[0] == {}


def test_a_state_without_the_element_that_step_names_is_refused(monkeypatch, tmp_path):
    import enerqis.indicators.sma as sma

    def too_small(p: sma.SmaParams) -> sma.SmaState:
        return sma.SmaState(np.zeros(2), np.zeros(2), np.zeros(1))

    too_small.__annotations__.update(p=sma.SmaParams, **{"return": sma.SmaState})
    monkeypatch.setattr(sma, "initial_state", too_small)
    call = declare("sma", ("close",), lookback_bars=2)
    with pytest.raises(PluginError, match="indicator sma: step uses element 1 of 'total', but initial_state"):
        SeriesSet(panel_of([1, 2, 3]), [call], tmp_path, is_compiled=False)
