"""The words of `enerqis why`."""

from enerqis.cli.main import main
from enerqis.pipeline import api
from tests.pipeline.finished import EXPERIMENT


def test_the_reason_and_the_first_difference_are_said(finished_project, monkeypatch, capsys):
    other = api.run(EXPERIMENT, ["execution.lot_step=10"], project=finished_project.root)
    monkeypatch.chdir(finished_project.root)
    assert main(["why", EXPERIMENT, other.run_id[:12]]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith(f"old  backtest {EXPERIMENT} ")
    assert said[1] == f"new  backtest {other.run_id[:12]}"
    assert said[2:4] == ["engine: execution.lot_step: 1.0 -> 10.0", "the results differ"]
    assert said[4] == "orders: 67 and 67, 0 differ"
    assert said[8].endswith("GOOG fill: units: old 764.0, new 760.0")
    assert said[9].startswith("  old at the close of that bar: equity ")
    assert main(["why", EXPERIMENT, EXPERIMENT]) == 0
    assert "the result is the same, bit by bit" in capsys.readouterr().out
