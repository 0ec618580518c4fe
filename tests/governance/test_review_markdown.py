"""The comment as a reader sees it: rendered, with what an author could write into it."""

import re

import pytest
from markdown_it import MarkdownIt

from enerqis.governance.figures import Figures
from enerqis.governance.gate_moves import GateMove
from enerqis.governance.moves import Move
from enerqis.governance.reruns import Rerun
from enerqis.governance.review_markdown import markdown
from enerqis.governance.review_terminal import terminal_lines
from enerqis.governance.verdict import Loosening, Reviewed, ValueChange, Verdict
from enerqis.governance.wording import code, escaped, shown

EVIL = "`|<img src=x onerror=alert(1)> @everyone #1 ![x](http://evil) **b**\n| a | b |\n```\n</details><!-- -->"
CALL = re.compile(r"(?:^|[^A-Za-z0-9_`])[@#][A-Za-z0-9]")
"""A mention of a person or an issue as GitHub finds it in what comes out of Markdown, outside of code."""
OLD_FIGURES = {
    "sharpe_ratio": 1.25,
    "trials_count": 369.0,
    "deflated_sharpe_fraction": 0.97,
    "leak_findings_count": 0.0,
}
NEW_FIGURES = {"sharpe_ratio": 1.5, "trials_count": 370.0, "deflated_sharpe_fraction": 0.5, "leak_findings_count": 2.0}


def verdict(**parts):
    whole = {
        "experiments": (
            Reviewed(
                "one",
                "changed",
                values=(ValueChange("strategy.fast_bars", 10, 12, "a.yaml:1:1", "b.yaml:2:3", "fast"),),
                limits=(Move("risk.stop_loss.max_loss_fraction", 0.1, 0.2, "looser", "c.yaml:4:5", "loosens upwards"),),
                figures=Figures(OLD_FIGURES, NEW_FIGURES, True, True),
            ),
        ),
        "reruns": (Rerun("backtest@one", ("config",), True), Rerun("track", ("backtest@one",), False)),
        "loosenings": (Loosening("risk.stop_loss.max_loss_fraction of one", "c.yaml:4:5", ("@team/risk",)),),
        "owners": {"@team/risk": ["conf/risk/standard.yaml"]},
        "has_owners_file": True,
    }
    return Verdict("main (abc)", "working tree", **{**whole, **parts})


def rendered(found):
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown(found))


def cells(html):
    return [re.sub(r"<[^>]*>", "", each) for each in re.findall(r"<td>(.*?)</td>", html)]


def test_a_reader_sees_values_limits_figures_stages_and_owners():
    html = rendered(verdict())
    seen = cells(html)
    for row in (
        ["strategy.fast_bars", "10 bars", "12 bars", "b.yaml:2:3", "one"],
        ["risk.stop_loss.max_loss_fraction", "0.1 (10 %)", "0.2 (20 %)", "⚠️ looser", "c.yaml:4:5"],
        ["", "K, trials_count", "369", "370"],
        ["", "deflated_sharpe_fraction", "0.97", "0.5"],
        ["one", "leak tests", "no leak found", "2 found"],
        ["track", "backtest@one", "only if"],
        ["risk.stop_loss.max_loss_fraction of one", "c.yaml:4:5", "@team/risk"],
    ):
        assert any(seen[at : at + len(row)] == row for at in range(len(seen))), row
    assert "<li><code>@team/risk</code>: <code>conf/risk/standard.yaml</code></li>" in html


def test_a_lower_cost_is_said_as_a_limit_is_and_needs_no_owner():
    move = Move("cost.commission.commission_bps", 10.0, 5.0, "looser", "c.yaml:4:5", "loosens downwards")
    lower = verdict(
        experiments=(Reviewed("one", "changed", costs=(move,)),),
        loosenings=(),
        flattering=(Loosening("cost.commission.commission_bps of one", "c.yaml:4:5", ()),),
    )
    assert lower.exit_code == 4
    html = rendered(lower)
    assert "1 loosening of costs or fills; 1 experiment" in html
    assert "nobody owns it" not in html
    seen = cells(html)
    row = ["cost.commission.commission_bps", "10.0 bps", "5.0 bps", "⚠️ looser", "c.yaml:4:5", "one"]
    assert any(seen[at : at + len(row)] == row for at in range(len(seen)))


def test_nothing_that_an_author_writes_becomes_markup_a_link_or_a_mention():
    review = Reviewed(
        EVIL,
        "changed",
        values=(ValueChange(EVIL, EVIL, EVIL, EVIL, EVIL, EVIL),),
        limits=(Move(EVIL, EVIL, EVIL, "untold", EVIL, EVIL),),
        costs=(Move(EVIL, EVIL, EVIL, "untold", EVIL, EVIL),),
        figures=Figures(OLD_FIGURES, NEW_FIGURES, True, False),
    )
    bad = verdict(
        experiments=(review,),
        flattering=(Loosening(EVIL, EVIL, (EVIL,)),),
        gates=(GateMove(EVIL, EVIL, EVIL, EVIL, "looser"),),
        reruns=(Rerun(EVIL, (EVIL,), True),),
        owners={EVIL: [EVIL]},
        unowned=(EVIL,),
        judged_code=(EVIL,),
        new_problems=(EVIL,),
    )
    html = rendered(bad)
    outside = re.sub(r"<code>.*?</code>", "", html, flags=re.DOTALL)
    allowed = {
        "h3",
        "p",
        "strong",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "ul",
        "li",
        "code",
        "details",
        "summary",
    }
    assert {each.lower() for each in re.findall(r"</?([A-Za-z][A-Za-z0-9]*)", html)} <= allowed
    assert "<img" not in html
    assert "href" not in html
    assert html.count("<table>") == html.count("</table>") == 8
    assert "<!--" not in outside.replace("&lt;!--", "")
    assert CALL.search("hello @everyone")
    assert not CALL.search(re.sub(r"<[^>]*>", "", outside))


def test_what_moves_a_cursor_or_turns_a_text_around_is_shown_as_an_escape():
    bad = verdict(unowned=("conf/\x1b[2J\u202eabc.yaml",))
    line = next(each for each in terminal_lines(bad) if "nobody owns" in each)
    assert r"conf/\x1b[2J\u202eabc.yaml" in line
    assert r"<code>conf/\x1b[2J\u202eabc.yaml</code>" in rendered(bad)


def test_what_is_escaped_comes_out_letter_by_letter():
    for text in ("a_b*c", "<b>", "[x](y)", "1. x ~~y~~ ~ & | $x$", "@you #3"):
        shown_ = MarkdownIt("commonmark").renderInline(escaped(text))
        assert shown_.replace("\u2060", "") == MarkdownIt("zero").renderInline(text)
    assert code("a`b") == "`` a`b ``"


@pytest.mark.parametrize(
    ("parts", "exit_code", "said"),
    [
        ({}, 4, "1 loosening; 1 experiment; 2 stages to run"),
        (
            {"loosenings": (Loosening("x", "", ()),)},
            5,
            "1 loosening, 1 that nobody owns; 1 experiment; 2 stages to run",
        ),
        ({"loosenings": ()}, 0, "1 experiment; 2 stages to run"),
        ({"loosenings": (), "recorded": ("backtest@one", "track")}, 0, "1 experiment; all stages run, recorded"),
        ({"new_problems": ("x",)}, 3, "working tree does not resolve: 1 problem"),
        (
            {"old_problems": ("x",)},
            4,
            "working tree resolves, main (abc) did not (1 problem): mended, and nothing to compare with",
        ),
        ({"loosenings": (), "experiments": (), "reruns": ()}, 0, "changes nothing that is computed or held"),
    ],
)
def test_the_exit_code_and_the_sentence_say_what_a_ci_goes_by(parts, exit_code, said):
    found = verdict(**parts)
    assert (found.exit_code, found.sentence()) == (exit_code, said)
    assert found.tree()["exit_code"] == exit_code
    assert f"verdict: {said}" in list(terminal_lines(found))


def test_figures_of_another_spec_are_not_shown_as_its_own():
    html = rendered(
        verdict(experiments=(Reviewed("one", "changed", figures=Figures(OLD_FIGURES, NEW_FIGURES, True, False)),))
    )
    seen = cells(html)
    assert seen[seen.index("sharpe_ratio") :][:3] == ["sharpe_ratio", "1.25", "-"]
    assert "No result of this spec yet of" in html


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("risk.x.max_loss_fraction", 0.15, "0.15 (15 %)"),
        ("cost.slippage.half_spread_bps", 1.5, "1.5 bps"),
        ("risk.x", None, "off"),
        ("execution.allow_short", True, "true"),
        ("a.is_fraction", True, "true"),
        ("universe.symbols", ["GOOG"], '["GOOG"]'),
    ],
)
def test_a_value_is_shown_with_its_unit(key, value, text):
    assert shown(key, value) == text
