"""The page of all experiments, as text and in a real browser."""

import re

import pytest

from enerqis.pages.index import IndexRow, render_index


def row(name, annual, *, metrics=None, equity=(1.0, 2.0, 1.5)):
    return IndexRow(
        experiment=name,
        link=f"{name}/index.html",
        dataset="us_equities",
        strategy="sma_cross",
        run_id="5f" * 32,
        metrics={"annual_return_fraction": annual, "sharpe_ratio": annual * 10} if metrics is None else metrics,
        equity=equity,
        benchmark=[1.0] * len(equity),
    )


ROWS = [row("middle", 0.05), row("best", 0.20), row("none", 0.0, metrics={}, equity=()), row("worst", -0.10)]


def test_every_experiment_is_a_line_with_its_link_run_and_picture():
    html = render_index(ROWS)
    assert re.findall(r'<a href="([^"]+)">', html) == [f"{each.experiment}/index.html" for each in ROWS]
    assert "5f5f5f5f5f5f</td>" in html
    assert 'd="M1.0 27.0L60.0 1.0L119.0 14.0"' in html
    assert not re.search(r"https?:|@import|url\(|\bsrc=", html)


def test_the_same_rows_give_the_same_bytes():
    assert render_index(ROWS) == render_index(list(ROWS))


def test_a_name_that_looks_like_a_script_stays_text():
    assert "<script>alert" not in render_index([row("<script>alert(1)</script>", 0.1)])


def test_without_experiments_it_says_what_to_run():
    assert "dvc repro" in render_index([])


@pytest.mark.parametrize("width", [360, 1280])
def test_chromium_sorts_any_column_and_keeps_what_has_no_figure_last(open_page, width):
    with open_page(render_index(ROWS), viewport={"width": width, "height": 700}) as opened:
        button = opened.page.get_by_role("button", name="Annual return")
        names = opened.page.locator("tbody a")
        button.click()
        assert names.all_inner_texts() == ["best", "middle", "worst", "none"]
        button.click()
        assert names.all_inner_texts() == ["worst", "middle", "best", "none"]
        opened.page.get_by_role("button", name="Experiment").click()
        assert names.all_inner_texts() == ["best", "middle", "none", "worst"]
        assert opened.overflow == 0
        assert opened.complaints == []
        assert len(opened.requests) == 1
