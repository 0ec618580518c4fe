from pathlib import Path

import pytest

from enerqis.cli.main import main
from tests.compose.small_project import write_project


@pytest.fixture(autouse=True)
def _in_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_project(tmp_path)
    monkeypatch.chdir(tmp_path)


def rows(capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    return [line.split("\t") for line in capsys.readouterr().out.splitlines()]


def test_a_group_lists_its_kinds_and_files_with_one_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "strategy"]) == 0
    found = rows(capsys)
    assert ["strategy", "drift", "kind", "Follows two averages.", "plugins/strategies/drift.py"] in found
    assert ["strategy", "drift__slow", "file", "slower", "conf/strategy/drift__slow.yaml"] in found


def test_everything_is_listed_without_a_group(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    groups = {row[0] for row in rows(capsys)[1:]}
    assert {"connector", "dataset", "strategy", "cost", "risk", "metric", "report", "indicator", "experiment"} <= groups


def test_a_family_stands_for_its_group(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "indicators"]) == 0
    assert "pulse" in {row[1] for row in rows(capsys)}


def test_an_unknown_group_is_refused_with_the_nearest_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "stratgy"]) == 1
    assert capsys.readouterr().err.startswith("'stratgy' is no group. Did you mean 'strategy'? Allowed: connector, ")
