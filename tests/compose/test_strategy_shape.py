import pytest

from enerqis.compose.portable import check_portable
from enerqis.io.plugins import scan

PROBE = """
import math
from typing import Literal, NamedTuple

from enerqis.indicators.sma import sma
from enerqis.interfaces.strategy import StrategyParams, hold


class ProbeParams(StrategyParams):
    kind: Literal["probe"] = "probe"
    exposure: float = 1.0


class ProbeIndicators(NamedTuple):
    average: float


class ProbeState(NamedTuple):
    seen: object


def initial_state(params) -> ProbeState:
    return ProbeState(None)


def indicators(params):
    return {"average": sma("close", 5)}


def on_bar(p, state, bar, ind, acc):
    if bar.close > ind.average:
        return hold(p.exposure)
    return hold(0.0)
"""


def complaints(tmp_path, text):
    folder = tmp_path / "plugins" / "strategies"
    folder.mkdir(parents=True)
    (folder / "probe.py").write_text(text, encoding="utf-8")
    return [str(each) for each in check_portable(scan("strategies", tmp_path / "plugins")["probe"])]


def test_a_whole_strategy_has_no_fault(tmp_path):
    assert complaints(tmp_path, PROBE) == []


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("def on_bar", "def on_barr", "1:1: on_bar is missing. A strategy has on_bar(p, state, bar, ind, acc)"),
        ("ind.average", "ind.avrage", "31:20: on_bar: ind has no field 'avrage'. Did you mean 'average'? Allowed: average."),
        ("bar.close", "bar.closing", "31:8: on_bar: bar has no field 'closing'. Did you mean 'close'? Allowed: open, high,"),
        ("p.exposure", "p.kind", "32:21: on_bar: p has no field 'kind'. Allowed: exposure."),
        ("ind.average", "state.saw[0]", "31:20: on_bar: state has no field 'saw'."),
        ("ind.average", "acc.cash", "31:20: on_bar: acc has no field 'cash'."),
        ("hold(p.exposure)", "p.exposure", "32:9: on_bar: 'return p.exposure' gives back no decision."),
        ("ind, acc)", "ind)", "30:1: on_bar: 4 arguments (p, state, bar, ind). Wanted: p, state, bar, ind, acc."),
        (" -> ProbeState", "", "22:1: initial_state: what it returns is not said. Write '-> XState'"),
    ],
)  # fmt: skip
def test_a_slip_of_the_pen_is_named_at_its_line(tmp_path, written, instead, said):
    assert complaints(tmp_path, PROBE.replace(written, instead, 1))[0].startswith(f"plugins/strategies/probe.py:{said}")


@pytest.mark.parametrize(
    ("value", "is_refused"),
    [
        ("0.5", False),
        ("2.0 ** -3 + math.sqrt(2.0)", False),
        ("float(len(__file__))", True),
        ("max(1.0, 2.0)", True),
    ],
)
def test_a_number_that_is_computed_at_import_is_refused(tmp_path, value, is_refused):
    text = PROBE.replace("ind.average", "LEVEL").replace("class ProbeParams", f"LEVEL = {value}\n\n\nclass ProbeParams")
    found = complaints(tmp_path, text)
    assert [("'LEVEL' is computed when the file is imported" in each) for each in found] == [True] * is_refused
