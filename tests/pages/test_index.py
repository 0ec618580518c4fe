"""The page of all experiments, as text and in a real browser."""

import re
from dataclasses import replace

import pytest

from enerqis.pages.gates import gates_line
from enerqis.pages.index import IndexRow, render_index
from enerqis.pages.record import Record

LONG, SHORT = Record("2004-08-19", "2013-03-01", 2148), Record("2024-01-02", "2024-03-28", 61)


def row(name, annual, *, metrics=None, equity=(1.0, 2.0, 1.5), gates=None, record=LONG):
    return IndexRow(
        experiment=name,
        link=f"{name}/index.html",
        dataset="us_equities",
        strategy="sma_cross",
        run_id="5f" * 32,
        parity="equal",
        gates=gates_line(gates or {}),
        metrics={"annual_return_fraction": annual, "sharpe_ratio": annual * 10} if metrics is None else metrics,
        record=record,
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


def test_each_experiment_says_its_period_and_less_than_a_year_is_not_told_a_year():
    lost = {
        "annual_return_fraction": -0.718,
        "total_return_fraction": -0.264,
        "benchmark_annual_return_fraction": 0.5,
        "benchmark_total_return_fraction": 0.1,
    }
    html = render_index([row("long", 0.1), row("short", 0.0, metrics=lost, record=SHORT)])
    assert '<span class="sub">2004-08-19 to 2013-03-01, 2,148 sessions</span>' in html
    assert "2024-01-02 to 2024-03-28, 61 sessions: <b>less than a year of record</b>" in html
    assert re.search(r'data-value="">.26\.4.%<span class="sub">in all</span></td>', html)
    assert "71.8" not in html
    assert "50.0" not in html


def test_each_experiment_says_in_words_which_gates_fail():
    said = {"explanation": "metric.x_ratio is 1; wanted: at least 2.", "change": "It would have to rise by 1 or more."}
    failed = {"name": "steady", "is_passed": False, "severity": "warns", **said}
    html = render_index([row("one", 0.1, gates={"gates": [failed, {"name": "other", "is_passed": True}]})])
    assert "<summary>1 of 2 gates hold; not steady</summary>" in html
    assert (
        "steady (warns only): metric.x_<wbr>ratio is 1; wanted: at least 2. It would have to rise by 1 or more." in html
    )
    held = render_index([row("one", 0.1, gates={"gates": [{"name": "other", "is_passed": True}] * 2})])
    assert '<span class="sub">all 2 gates hold</span>' in held


@pytest.mark.parametrize("width", [360, 1280])
def test_chromium_shows_why_a_gate_fails_when_asked_and_fits_a_phone(open_page, width):
    said = {
        "explanation": "validation.overfitting_fraction is missing; wanted: less than 0.5.",
        "change": "A search. " * 20,
    }
    gates = {"gates": [{"name": "overfitting", "is_passed": False, "severity": "blocks", **said}]}
    with open_page(render_index([row("one", 0.1, gates=gates)]), viewport={"width": width, "height": 700}) as opened:
        reason = opened.page.locator("details li")
        assert not reason.is_visible()
        opened.page.get_by_text("0 of 1 gates hold; not overfitting").click()
        assert reason.is_visible()
        assert opened.overflow == 0
        assert opened.complaints == []


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


def named_like_ours(number):
    metrics = dict.fromkeys(
        (
            "annual_return_fraction",
            "benchmark_annual_return_fraction",
            "annual_volatility_fraction",
            "max_drawdown_fraction",
            "time_in_market_fraction",
        ),
        1.0,
    )
    figures = {**metrics, "sharpe_ratio": -10.25, "trades_count": 12_345, "costs_bps": 130.5}
    each = row(f"indices_energy_reversion_slow_{number}", 0.0, metrics=figures)
    return replace(each, strategy="cross_sectional_momentum", dataset="us_equities_daily")


@pytest.mark.parametrize(("width", "columns"), [(360, 4), (390, 4), (900, 4), (1024, 11), (1280, 11)])
def test_the_table_fits_the_screen_with_fewer_columns_on_a_narrow_one(open_page, width, columns):
    html = render_index([named_like_ours(number) for number in range(3)])
    with open_page(html, viewport={"width": width, "height": 700}) as opened:
        table = opened.page.locator(".wide")
        assert table.evaluate("(node) => node.scrollWidth - node.clientWidth") == 0
        assert opened.page.locator("thead th:visible").count() == columns


def test_each_line_says_how_the_run_stands_on_the_other_engine():
    html = render_index([row("one", 0.1), replace(row("two", 0.1), parity="differ")])
    assert re.findall(r"; engines (\w+)</span>", html) == ["equal", "differ"]
