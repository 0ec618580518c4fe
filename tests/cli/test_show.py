import json
from pathlib import Path

import pytest

from enerqis.cli.main import main
from tests.compose.small_project import write_project


@pytest.fixture(autouse=True)
def _in_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_project(tmp_path)
    monkeypatch.chdir(tmp_path)


def test_each_value_is_shown_with_the_file_or_override_it_came_from(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "gold_drift", "strategy.fast_bars=6"]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert 'kind: "drift" # conf/strategy/drift.yaml:1:7' in lines
    assert "fast_bars: 6 # <override>" in lines
    assert 'symbols: ["GOLD"] # conf/experiment/gold_drift.yaml:7:12' in lines
    assert "lot_step: 1.0 # (default)" in lines
    assert "seed: 7 # conf/config.yaml:14:7" in lines


def test_machines_get_the_spec_and_the_origins(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "gold_drift", "risk=capped", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["spec"]["risk"]["cap"] == {"max_exposure": 0.5}
    assert shown["origins"]["risk.cap.max_exposure"] == "conf/risk/capped.yaml:2:17"
    assert shown["origins"]["risk.time_stop"] == "(default)"


def test_a_misspelt_experiment_ends_with_one_line_and_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "gold_drif"]) == 1
    assert capsys.readouterr().err == (
        "experiment: no file conf/experiment/gold_drif.yaml. Did you mean 'gold_drift'? Allowed: gold_drift.\n"
    )
