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


def test_without_a_group_each_is_one_line_with_its_counts_and_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    said = capsys.readouterr()
    found = {row[0]: row[1:] for row in (line.split("\t") for line in said.out.splitlines())}
    assert {"connector", "dataset", "strategy", "cost", "risk", "metric", "report", "indicator", "experiment"} <= {
        *found
    }
    kinds, files, names = found["strategy"]
    written = {path.stem for path in Path("conf/strategy").glob("*.yaml")}
    assert int(files) == len(written)
    assert int(kinds) > 1
    assert written <= {*names.split(", ")}
    assert "enerqis list GROUP" in said.err


def test_everything_is_listed_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--all"]) == 0
    found = rows(capsys)
    assert ["strategy", "drift", "kind", "Follows two averages.", "plugins/strategies/drift.py"] in found
    assert {"connector", "experiment"} <= {row[0] for row in found}


def test_a_family_stands_for_its_group(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "indicators"]) == 0
    assert "pulse" in {row[1] for row in rows(capsys)}


def test_an_unknown_group_is_refused_with_the_nearest_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "stratgy"]) == 1
    assert capsys.readouterr().err.startswith("'stratgy' is no group. Did you mean 'strategy'? Allowed: connector, ")
