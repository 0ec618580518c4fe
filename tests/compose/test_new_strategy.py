import datetime

import pytest

from enerqis.compose.new_strategy import write_strategy
from enerqis.compose.portable import check_portable
from enerqis.core.errors import PluginError
from enerqis.io.plugins import scan
from enerqis.io.project import Project
from enerqis.laws.suite import trials_of

TODAY = datetime.date(2026, 11, 22)
FILES = ["plugins/strategies/slow_drift.py", "conf/strategy/slow_drift.yaml", "tests/strategies/test_slow_drift.py"]


def written(project, name="slow_drift"):
    return [project.relative(path) for path in write_strategy(project, name, today=TODAY)]


def all_files(project):
    return sorted(path for path in project.root.rglob("*") if path.is_file())


def test_three_files_of_one_name_are_written(tmp_path):
    project = Project(tmp_path)
    assert written(project) == FILES
    assert 'date: "2026-11-22"' in (tmp_path / FILES[1]).read_text(encoding="utf-8")


def test_what_is_written_keeps_every_law(tmp_path):
    project = Project(tmp_path)
    written(project)
    kind = scan("strategies", project.plugins)["slow_drift"]
    assert check_portable(kind) == []
    assert [trial.name for trial in trials_of(kind, project) if trial.complaints()] == []


@pytest.mark.parametrize(
    "name", ["Drift", "2fast", "slow-drift", "slow__drift", "_drift", "drift_", "class", "", "a" * 65, "../drift", "é"]
)
def test_a_name_that_no_kind_can_have_is_refused(tmp_path, name):
    with pytest.raises(PluginError, match="cannot be the name of a strategy"):
        written(Project(tmp_path), name)
    assert all_files(Project(tmp_path)) == []


def test_the_name_of_a_shipped_strategy_is_refused(tmp_path):
    with pytest.raises(PluginError, match="'sma_cross' exists already in ENERQIS"):
        written(Project(tmp_path), "sma_cross")


def test_the_name_of_a_strategy_of_the_project_is_refused(tmp_path):
    written(Project(tmp_path))
    with pytest.raises(PluginError, match="'slow_drift' exists already in this project"):
        written(Project(tmp_path))


@pytest.mark.parametrize("name", FILES[1:])
def test_a_file_that_is_there_is_left_alone_and_nothing_is_written(tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text("mine\n", encoding="utf-8")
    with pytest.raises(PluginError, match=f"{name}: exists already and is left alone"):
        written(Project(tmp_path))
    assert all_files(Project(tmp_path)) == [path]
    assert path.read_text(encoding="utf-8") == "mine\n"


def test_when_one_file_cannot_be_written_none_stays(tmp_path):
    (tmp_path / "tests").write_text("a file where a folder has to be\n", encoding="utf-8")
    with pytest.raises(OSError, match="tests"):
        written(Project(tmp_path))
    assert [path.name for path in all_files(Project(tmp_path))] == ["tests"]
