"""A new project: whole or not at all, never over anything that exists, with git and without."""

import subprocess

import pytest
import yaml

from enerqis.cli.main import main
from enerqis.compose.scaffolding import _names
from enerqis.compose.schemas import stale
from enerqis.core.groups import FAMILIES
from enerqis.io.project import Project


def _files(folder):
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and ".git/" not in str(path)
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A project that tests only look at."""
    folder = tmp_path_factory.mktemp("new") / "energy"
    assert main(["init", str(folder)]) == 0
    return Project(folder)


def test_a_project_has_specs_graph_schemas_rules_and_a_place_for_every_sort_of_plugin(made):
    files = _files(made.root)
    for name in (
        "params.yaml",
        "dvc.yaml",
        "README.md",
        "requirements.txt",
        ".gitignore",
        ".dvcignore",
        ".cbr/README.md",
    ):
        assert name in files
    assert "conf/experiment/first.yaml" in files
    assert "conf/strategy/sma_cross.yaml" in files
    assert {path.name for path in made.plugins.iterdir() if path.is_dir()} == set(FAMILIES)
    assert stale(made) == []


def test_a_project_holds_nothing_of_the_repositorys_sample(made):
    for group in ("dataset", "universe", "experiment"):
        assert [path.stem for path in (made.conf / group).iterdir()] in (["synthetic_daily"], ["synthetic"], ["first"])


def test_the_graph_depends_on_the_pins_and_not_on_the_packages_source(made):
    resolve = yaml.safe_load((made.root / "dvc.yaml").read_text("utf-8"))["stages"]["resolve"]
    assert "requirements.txt" in resolve["deps"]
    assert "enerqis" not in resolve["deps"]


def test_a_project_names_itself_in_its_readme_and_leaves_no_mark_of_the_template(made):
    assert (made.root / "README.md").read_text("utf-8").startswith("# energy\n")
    assert [name for name in _files(made.root) if "PROJECT_NAME" in (made.root / name).read_text("utf-8")] == []


def test_a_project_is_a_git_repository_that_ignores_outputs(made):
    ignored = subprocess.run(
        ["git", "check-ignore", "data/backtest", ".enerqis/log"], cwd=made.root, capture_output=True, text=True
    )
    assert ignored.stdout.split() == ["data/backtest", ".enerqis/log"]


def test_without_git_dvc_is_told_so(tmp_path, capsys):
    assert main(["init", "--no-git", str(tmp_path / "plain")]) == 0
    assert "no_scm = true" in (tmp_path / "plain" / ".dvc" / "config").read_text("utf-8")
    assert not (tmp_path / "plain" / ".git").exists()
    assert "no_scm" in capsys.readouterr().err


def test_inside_a_git_repository_no_second_one_is_made(made):
    assert main(["init", str(made.root / "data" / "inner")]) == 0
    assert not (made.root / "data" / "inner" / ".git").exists()


def test_an_empty_folder_is_filled_and_the_working_directory_may_be_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["init", "."]) == 0
    assert (tmp_path / "params.yaml").is_file()
    assert not list(tmp_path.glob(".enerqis-tmp-*"))


def test_a_folder_that_holds_something_is_refused_and_left_as_it_is(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert main(["init", str(tmp_path)]) == 1
    assert "not empty; nothing was written. Name a new or an empty folder." in capsys.readouterr().err
    assert _files(tmp_path) == ["mine.txt"]


def test_a_file_is_refused(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert main(["init", str(tmp_path / "mine.txt")]) == 1
    assert "is a file" in capsys.readouterr().err


def test_what_a_user_of_the_checkout_wrote_is_not_copied(tmp_path):
    for name, kind in (("mine.yaml", "mine"), ("sma_cross.yaml", "sma_cross"), ("mine__slow.yaml", '"mine"')):
        (tmp_path / name).write_text(f"# a header\nkind: {kind}\nbars: 3\n", encoding="utf-8")
    assert [_names(tmp_path / name, {"mine"}) for name in ("mine.yaml", "mine__slow.yaml", "sma_cross.yaml")] == [
        True, True, False,
    ]  # fmt: skip
