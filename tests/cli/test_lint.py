from pathlib import Path

import pytest

from enerqis.cli.main import main
from tests.compose.small_project import write, write_project


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_all_problems_are_shown_sorted_and_the_exit_code_says_so(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(root, "conf/strategy/drift.yaml", "kind: drift\n_target_: os.system\nfast_bars: 0\n")
    assert main(["lint"]) == 1
    found = [line.partition(": ")[0] for line in capsys.readouterr().out.splitlines()]
    assert "conf/strategy/drift.yaml:2:1" in found
    assert "conf/strategy/drift.yaml:3:12" in found
    assert found == sorted(found, key=lambda where: (where.split(":")[0], int(where.split(":")[1])))


def test_only_the_paths_given_are_shown(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "conf/report"]) == 1
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()] == ["conf/report/bare.yaml"]


def test_a_path_that_configures_nothing_is_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "plugins"]) == 1
    assert "nor params.yaml among the paths" in capsys.readouterr().err


def test_outside_a_project_the_message_says_what_a_project_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["lint"]) == 1
    assert "a project has conf/ and params.yaml" in capsys.readouterr().err
