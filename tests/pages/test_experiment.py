"""The page of an experiment, as text and in a real browser."""

import json
import re
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from enerqis.core.tables import BARS, EQUITY, FILLS, INSTANT, ORDERS
from enerqis.interfaces.metric import evidence_from
from enerqis.pages.experiment import experiment_page
from enerqis.quant.deflation import TrialSharpes
from enerqis.quant.sharpe import PeriodSharpe
from enerqis.quant.trial_count import TrialCount

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
HOSTILE = '<script>alert("x")</script>'


@pytest.fixture(scope="module")
def html(content):
    return experiment_page(content, account_points=2400)


def data_of(html):
    return json.loads(re.search(r'<script type="application/json"[^>]*>(.*?)</script>', html, re.DOTALL)[1])


def test_the_file_names_no_address_and_loads_nothing(html):
    assert not re.search(r"https?:|//[a-z0-9]+\.|@import|url\(|\bsrc=|<iframe|<object|<embed", html)
    assert re.findall(r'<link[^>]*href="([^"]*)"', html) == ["data:,"]
    assert "default-src &#39;none&#39;" in html


def test_the_same_content_gives_the_same_bytes(html, make_content):
    assert experiment_page(make_content(["AAPL", "GOOG"]), account_points=2400) == html


def test_every_part_that_a_reader_looks_for_is_there(html):
    for part in (
        "Validation",
        "Account",
        "Returns by month",
        "Prices, indicators and fills",
        "Trades",
        "Costs",
        "Data",
        "What made this",
    ):
        assert f"<h2>{part}</h2>" in html
    assert "Does a trend rule keep one out of the worst of a bear market?" in html
    assert "5f" * 32 in html
    assert "fast_bars: 20" in html
    assert "ohlc violation" in html


def test_the_account_of_the_page_is_the_account_of_the_run(html, content):
    account = data_of(html)["account"]
    equity = content.evidence.equity.column("equity").to_pylist()
    assert account["equity"][-1] == pytest.approx(equity[-1], rel=1e-7)
    assert max(account["equity"]) == pytest.approx(max(equity), rel=1e-7)
    assert min(account["drawdown"]) == pytest.approx(-content.metrics["max_drawdown_fraction"], rel=1e-3)


def test_fills_stand_on_the_adjusted_scale_and_on_their_session(html, content):
    apple = next(each for each in data_of(html)["symbols"] if each["name"] == "AAPL")
    first = content.evidence.fills.filter(pa.compute.equal(content.evidence.fills.column("symbol"), "AAPL")).slice(0, 1)
    assert apple["fills"]["t"][0] % 86_400 == 0
    assert apple["fills"]["raw"][0] == pytest.approx(first.column("price")[0].as_py(), rel=1e-5)
    after_the_split = apple["fills"]["price"][-1] / apple["fills"]["raw"][-1]
    assert (apple["fills"]["price"][0] / apple["fills"]["raw"][0], after_the_split) == pytest.approx(
        (1.0, 2.0), rel=1e-4
    )


def test_averages_are_drawn_over_the_price_and_other_indicators_below(html):
    lines = {line["name"]: line["panel"] for line in data_of(html)["symbols"][0]["lines"]}
    assert lines == {"fast": "", "slow": "", "momentum.line": "momentum"}


def test_text_that_looks_like_a_script_stays_text(content):
    symbol = pa.array([HOSTILE] * content.bars.num_rows)
    bars = content.bars.set_column(0, BARS.field("symbol"), symbol)
    trades = content.evidence.trades
    hostile = replace(
        content,
        experiment=HOSTILE,
        question=HOSTILE,
        bars=bars,
        spec={"strategy": {"kind": HOSTILE}},
        quality={"rules": {HOSTILE: {}}},
        evidence=replace(
            content.evidence,
            trades=trades.set_column(0, "symbol", pa.array([HOSTILE] * trades.num_rows)),
        ),
    )
    html = experiment_page(hostile, account_points=200)
    assert "<script>alert" not in html
    assert data_of(html)["trades"]["symbol"][0] == HOSTILE


def long_run(content, count):
    """An account of a hundred thousand quarter hours with ten thousand fills."""
    ts = (np.arange(count) + 1) * 900_000_000_000
    wave = 100.0 + 20.0 * np.sin(np.arange(count) / 500.0) + np.arange(count) / 2000.0
    session = pa.array((np.arange(count) // 96).astype(np.int32)).cast(pa.date32())
    stamps, opens = (pa.array(each, pa.int64()).cast(INSTANT) for each in (ts, ts - 900_000_000_000))
    one, none = np.ones(count), np.zeros(count)
    bars = pa.table([["X"] * count, opens, stamps, session, *[wave] * 4, one, one, none, [None] * count], schema=BARS)
    equity = pa.table([stamps, wave * 1000.0, none, one, one, none], schema=EQUITY)
    at = np.arange(0, count, count // 10_000)
    sides = np.where(np.arange(len(at)) % 2 == 0, 1.0, -1.0)
    zeros, text = np.zeros(len(at)), ["decision"] * len(at)
    filled = pa.array(ts[at], pa.int64()).cast(INSTANT)
    fills = pa.table(
        [filled, ["X"] * len(at), sides, wave[at], zeros, zeros, np.arange(len(at)) + 1, text, filled], schema=FILLS
    )
    evidence = evidence_from(
        equity=equity,
        fills=fills,
        orders=ORDERS.empty_table(),
        bars=bars,
        calendar_sessions=np.unique(bars.column("session").cast("int32").to_numpy()),
        sessions_per_year=365.25,
        initial_cash=1e5,
    )
    return replace(
        content, bars=bars, evidence=evidence, indicators=pa.table({"ts": stamps, "symbol": ["X"] * count, "a": wave})
    )


def test_a_hundred_thousand_bars_and_ten_thousand_fills_fit_in_a_megabyte_and_a_half(content):
    html = experiment_page(long_run(content, 100_000), account_points=2400)
    assert len(html.encode()) < 1_500_000
    data = data_of(html)
    assert (data["daily"], data["trades"]["total"]) == (False, 5000)
    assert "The 4,000 largest by profit or loss, of 5,000" in html


def test_a_run_that_never_traded_and_a_period_without_bars_have_a_page(content, open_page):
    none = replace(content.evidence, fills=FILLS.empty_table(), trades=content.evidence.trades.slice(0, 0))
    quiet = experiment_page(replace(content, evidence=none, quality={}, receipt={}, metrics={}), account_points=200)
    assert "No trade: the strategy never left cash." in quiet
    with open_page(quiet) as opened:
        assert opened.complaints == []
    evidence = replace(
        none,
        **{name: getattr(none, name)[:0] for name in ("sessions", "returns", "benchmark_returns")},
        **{name: getattr(none, name).slice(0, 0) for name in ("equity", "benchmark")},
    )
    empty = replace(
        content, evidence=evidence, bars=content.bars.slice(0, 0), indicators=content.indicators.slice(0, 0)
    )
    with open_page(experiment_page(empty, account_points=200)) as opened:
        assert opened.complaints == []
        assert "The period holds no bar" in opened.page.inner_text("main")


def test_chromium_has_nothing_to_complain_of_and_asks_the_network_for_nothing(html, open_page):
    with open_page(html) as opened:
        opened.page.wait_for_selector("#account-charts svg path.run")
        opened.page.wait_for_selector("#price-charts svg path.fill.bought")
        opened.page.wait_for_selector("#tried-chart svg path.run", state="attached")
        assert "trials from 50 to 1,250" in opened.page.locator("#tried-chart svg").first.get_attribute("aria-label")
        assert opened.complaints == []
        assert [url for url in opened.requests if not url.startswith(("file:", "data:"))] == []
        assert len(opened.requests) == 1
        assert opened.page.locator("#trade-table tbody tr").count() == 33


def test_a_hostile_page_runs_nothing_in_the_browser(content, open_page):
    hostile = replace(content, experiment=HOSTILE, question=f"</script>{HOSTILE}<img src=x onerror=alert(1)>")
    with open_page(experiment_page(hostile, account_points=200)) as opened:
        opened.page.on("dialog", lambda dialog: opened.complaints.append("a script ran"))
        assert opened.page.inner_text("h1") == HOSTILE
        assert opened.page.locator("#trade-table tbody tr").count() > 0
        assert opened.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_follows_the_readers_colour_scheme_with_enough_contrast(html, open_page, scheme):
    with open_page(html, color_scheme=scheme) as opened:
        colours = opened.page.evaluate(
            """() => ['body', '.facts dt', '.note', 'nav a'].map((name) => getComputedStyle(document.querySelector(name)).color)
                  .concat(getComputedStyle(document.body).backgroundColor)"""
        )
        *texts, paper = [luminance(colour) for colour in colours]
        assert (paper < 0.1) == (scheme == "dark")
        for text in texts:
            light, dark = max(text, paper), min(text, paper)
            assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.2, 1.4.3


def luminance(colour):
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(each) / 255.0 for each in re.findall(r"\d+", colour)[:3]]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_theme_button_goes_from_auto_to_light_to_dark(html, open_page):
    with open_page(html, color_scheme="light") as opened:
        button = opened.page.locator("#theme")
        seen = []
        for _ in range(3):
            button.click()
            seen.append((button.inner_text(), opened.page.evaluate("getComputedStyle(document.body).backgroundColor")))
        assert [text for text, _ in seen] == ["Theme: light", "Theme: dark", "Theme: auto"]
        assert seen[0][1] == seen[2][1] != seen[1][1]


def test_on_a_phone_nothing_is_wider_than_the_screen(html, open_page):
    with open_page(html, **PHONE) as opened:
        opened.page.wait_for_selector("#account-charts svg path.run")
        assert opened.overflow == 0
        assert opened.complaints == []


def test_it_prints(html, open_page):
    with open_page(html, color_scheme="dark") as opened:
        pdf = opened.page.pdf(format="A4")
        opened.page.emulate_media(media="print", color_scheme="dark")
        assert opened.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert not opened.page.locator("#theme").is_visible()
        opened.page.set_viewport_size({"width": 688, "height": 1000})  # A4 within its margins
        assert opened.overflow == 0
        assert opened.page.locator("#trade-table .go").first.is_visible()
    assert pdf.startswith(b"%PDF")
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 12


def test_the_filters_and_the_order_of_the_trades_work(html, content, open_page):
    trades = content.evidence.trades.to_pylist()
    lost = [trade for trade in trades if trade["profit"] <= 0.0 and not trade["is_open"] and trade["symbol"] == "GOOG"]
    with open_page(html) as opened:
        page = opened.page
        page.select_option('[data-filter="symbol"]', "GOOG")
        page.select_option('[data-filter="result"]', "lost")
        assert page.locator("#trade-table tbody tr").count() == len(lost)
        assert page.inner_text("#trade-sum").startswith(f"{len(lost)} trades, 0 of {len(lost)} closed ones won")
        page.get_by_role("button", name="Profit", exact=True).click()
        assert page.locator("th[aria-sort=ascending]").inner_text().startswith("Profit")
        cells = page.locator("#trade-table tbody td:nth-child(9)").all_inner_texts()
        profits = [-float(text.removeprefix("\N{MINUS SIGN}").replace(",", "")) for text in cells]
        assert profits == sorted(profits)
        assert profits[0] == pytest.approx(min(trade["profit"] for trade in lost), abs=0.6)
        assert opened.complaints == []


def test_the_charts_read_out_under_the_pointer_zoom_and_answer_the_keyboard(html, content, open_page):
    with open_page(html) as opened:
        page = opened.page
        legend = page.locator("#account-charts .legend").first
        assert "2013-03-01" in legend.inner_text()
        page.locator("#account").scroll_into_view_if_needed()
        page.locator("#account-charts svg").first.scroll_into_view_if_needed()
        box = page.locator("#account-charts svg").first.bounding_box()
        page.mouse.move(box["x"] + 5, box["y"] + 50)
        assert "2004-08-2" in legend.inner_text()
        page.mouse.down()
        page.mouse.move(box["x"] + 300, box["y"] + 60, steps=4)
        page.mouse.up()
        page.mouse.move(0, 0)
        assert "2013" not in legend.inner_text()
        page.locator("#account-charts").focus()
        page.keyboard.press("Escape")
        page.keyboard.press("ArrowLeft")
        before = content.bars.column("session").to_pylist()[-2].isoformat()
        assert before in legend.inner_text()
        assert "lowest" in page.locator("#account-charts svg").first.get_attribute("aria-label")
        assert opened.complaints == []


def test_a_trade_opens_on_the_price_chart_of_its_symbol(html, open_page):
    with open_page(html) as opened:
        page = opened.page
        page.select_option('[data-filter="symbol"]', "GOOG")
        page.locator("#trade-table .go").first.click()
        assert page.input_value("#price-symbol") == "GOOG"
        assert "GOOG" in page.locator("#price-charts svg").first.get_attribute("aria-label")
        assert opened.complaints == []


def test_a_run_that_was_not_validated_says_so_and_does_not_contradict_its_count(content):
    two = TrialSharpes.of([PeriodSharpe(0.05), PeriodSharpe(0.02)], count=2)
    counted = TrialCount(two, two, evaluated=2)
    html = experiment_page(replace(content, validation={}, trials=counted), account_points=200)
    assert "One of 2 configs tried on these data" in html
    assert "It was not validated, so that no figure is corrected for how many were tried" in html


def test_fills_that_paid_a_stand_in_are_told_among_the_first_sentences(content):
    receipt = {**content.receipt, "facts": {"fills": 5, "stand_in_fills": 5}}
    html = experiment_page(replace(content, receipt=receipt), account_points=200)
    assert "<p>All 5 fills paid the stand-in of the slippage" in html


def test_a_leak_and_many_rejected_rows_are_told_before_what_was_earned(content):
    validation = {**content.validation, "leaks": {**content.validation["leaks"], "findings": [{"sentence": "x leaks"}]}}
    quality = {**content.quality, "rows": {"received": 100, "kept": 40, "rejected": 60}}
    html = experiment_page(replace(content, validation=validation, quality=quality), account_points=200)
    leak = html.index('<p class="caution">It may know the future')
    assert leak < html.index('<p class="caution">60 of 100 rows of the data were rejected') < html.index(" became ")
