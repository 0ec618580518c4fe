"""What a strategy can say is read from what its `on_bar` returns, not from how its file spells it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from enerqis.engines.configuration import speaks_prices
from enerqis.strategies import buy_and_hold, donchian_breakout, sma_cross

HEAD = "import math\nimport enerqis.interfaces.strategy as strategy\nfrom enerqis.interfaces.strategy import "


def module_of(folder: Path, names: str, body: str) -> ModuleType:
    path = folder / "written.py"
    path.write_text(f"{HEAD}{names}\n\n{body}", encoding="utf-8")
    spec = importlib.util.spec_from_file_location("written", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ON_BAR = "def on_bar(p, state, bar, ind, acc):\n"


@pytest.mark.parametrize(
    ("names", "body"),
    [
        ("Decision as Verdict", ON_BAR + "    return Verdict(1.0, math.nan, math.nan, 9.0, math.nan)\n"),
        ("protect as guarded", ON_BAR + "    return guarded(1.0, 9.0, math.nan)\n"),
        ("hold", ON_BAR + "    return strategy.protect(1.0, 9.0, math.nan)\n"),
        ("hold", ON_BAR + "    return hold(1.0)._replace(stop_loss=9.0)\n"),
        ("hold", ON_BAR + "    decision = hold(1.0)\n    return decision\n"),
        ("hold, protect", ON_BAR + "    return hold(1.0) if bar.close > 1.0 else protect(0.0, 9.0, math.nan)\n"),
        ("protect", "def stopped(x):\n    return protect(x, 9.0, math.nan)\n\n" + ON_BAR + "    return stopped(1.0)\n"),
    ],
)
def test_prices_are_looked_at_however_a_strategy_spells_them(tmp_path: Path, names: str, body: str) -> None:
    assert speaks_prices(module_of(tmp_path, names, body))


@pytest.mark.parametrize(
    ("names", "body"),
    [
        ("hold as say", ON_BAR + "    if bar.close > 1.0:\n        return say(1.0)\n    return say(math.nan)\n"),
        ("hold", ON_BAR + "    return strategy.hold(1.0) if bar.close > 1.0 else hold(0.0)\n"),
        (
            "hold",
            "def long(x):\n    return hold(x)\n\n" + ON_BAR + "    return long(1.0)  # not protect( or Decision(\n",
        ),
    ],
)
def test_a_strategy_that_only_holds_is_proven_to(tmp_path: Path, names: str, body: str) -> None:
    assert not speaks_prices(module_of(tmp_path, names, body))


def test_the_shipped_strategies_say_what_they_say() -> None:
    assert [speaks_prices(each) for each in (buy_and_hold, sma_cross, donchian_breakout)] == [False, False, True]
