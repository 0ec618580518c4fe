"""`enerqis test` in a project of one's own: laws over its plug-ins, then its tests."""

import pytest

from enerqis.cli.main import main

ALWAYS_LONG = '''"""Always fully invested: a plug-in of a project."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from enerqis.interfaces.indicator import IndicatorCall
from enerqis.interfaces.strategy import Account, Bar, Decision, StrategyParams, hold


class AlwaysLongParams(StrategyParams):
    """Hold the asset at every bar."""

    kind: Literal["always_long"] = "always_long"
    exposure: float = Field(1.0, ge=0.0, le=1.0, description="fraction of equity")


def indicators(params: AlwaysLongParams) -> dict[str, IndicatorCall]:
    """Return no indicator: the price does not matter."""
    return {}


def on_bar(p: Any, state: Any, bar: Bar, ind: Any, acc: Account) -> Decision:
    """Return the same target at every bar."""
    return hold(p.exposure)
'''


@pytest.fixture
def project(tmp_path, monkeypatch):
    folder = tmp_path / "mine"
    assert main(["--quiet", "init", str(folder)]) == 0
    monkeypatch.chdir(folder)
    (folder / "plugins/strategies/always_long.py").write_text(ALWAYS_LONG, encoding="utf-8")
    (folder / "conf/strategy/always_long.yaml").write_text("kind: always_long\n", encoding="utf-8")
    (folder / "tests/strategies").mkdir()
    (folder / "tests/strategies/test_always_long.py").write_text("def test_nothing():\n    pass\n", encoding="utf-8")
    return folder


def test_a_plugin_that_holds_every_law_passes(project, capsys):
    assert main(["test", "--laws-only"]) == 0
    assert ", 0 broken" in capsys.readouterr().out


def test_a_plugin_that_breaks_laws_is_named_with_each(project, capsys):
    path = project / "plugins/strategies/always_long.py"
    text = ALWAYS_LONG.replace("    return hold(p.exposure)", "    import random\n\n    return hold(random.random())")
    path.write_text(text, encoding="utf-8")
    (project / "conf/strategy/always_long.yaml").unlink()
    assert main(["test", "--laws-only"]) == 1
    said = capsys.readouterr().out
    assert "broken: strategies/always_long: deterministic" in said
    assert "broken: names of strategy: conf/strategy/always_long.yaml is missing" in said


def test_the_projects_own_tests_are_run(project, capfd):
    path = project / "tests/strategies/test_always_long.py"
    (project / "tests/test_specs.py").unlink()
    assert main(["test"]) == 0
    path.write_text("def test_a_thing_that_is_wrong():\n    assert False\n", encoding="utf-8")
    assert main(["test"]) == 1
    assert "test_a_thing_that_is_wrong" in capfd.readouterr().out
