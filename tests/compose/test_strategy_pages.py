from pathlib import Path

import pytest

from enerqis.compose.decision import read_decision
from enerqis.compose.strategy_pages import FOLDER, pages, stale_pages, table, write_pages
from enerqis.io.project import Project

REPOSITORY = Project.find(Path(__file__))


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "conf" / "strategy"
    folder.mkdir(parents=True)
    for name in ("sma_cross", "sma_cross__slow"):
        text = (REPOSITORY.conf / "strategy" / f"{name}.yaml").read_text(encoding="utf-8")
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return Project(tmp_path)


def test_the_pages_of_this_repository_are_fresh():
    assert stale_pages(REPOSITORY) == [], "run 'enerqis docs' and commit it"


@pytest.mark.parametrize("path", sorted((REPOSITORY.conf / "strategy").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_setting_has_a_decision(path):
    assert read_decision(path, path.name) is not None


def test_the_index_says_which_settings_go_forward(project):
    index = pages(project)["README.md"]
    forward, waiting = index.split("## hold: 1 wait for evidence")
    assert "## go: 1 go forward" in forward
    assert "[sma_cross](sma_cross.md)" in forward
    assert "[sma_cross__slow](sma_cross.md)" in waiting


def test_a_page_tells_parameters_indicators_and_every_setting(project):
    page = pages(project)["sma_cross.md"]
    assert "| `fast_bars` | `10` | bars in the fast average |" in page
    assert "| `slow` | sma | `close` | lookback_bars 30 |" in page
    assert page.index("## `strategy=sma_cross`") < page.index("## `strategy=sma_cross__slow`")
    assert "`fast_bars: 50`" in page


def test_a_setting_without_a_decision_is_undecided(project):
    (project.conf / "strategy" / "buy_and_hold.yaml").write_text("# All in.\nkind: buy_and_hold\n", encoding="utf-8")
    drawn = pages(project)
    assert "## Undecided\n\n- [buy_and_hold](buy_and_hold.md)" in drawn["README.md"]
    assert "No decision is written in its header yet." in drawn["buy_and_hold.md"]
    assert "At nothing: no indicator is declared." in drawn["buy_and_hold.md"]


def test_writing_twice_changes_nothing_and_removes_strays(project):
    stray = project.root / FOLDER / "gone.md"
    stray.parent.mkdir(parents=True)
    stray.write_text("# gone\n", encoding="utf-8")
    assert write_pages(project) == ["README.md", "gone.md", "sma_cross.md"]
    assert not stray.exists()
    assert write_pages(project) == stale_pages(project) == []


def test_a_section_of_a_docstring_is_no_heading():
    assert "**References**" in pages(REPOSITORY)["cross_sectional_momentum.md"]
    assert "----------" not in pages(REPOSITORY)["cross_sectional_momentum.md"]


def test_a_bar_in_a_cell_is_escaped():
    assert table(("a",), [("x | y",)]) == "| a |\n| --- |\n| x \\| y |"
