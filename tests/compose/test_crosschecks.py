from pathlib import Path

import pytest

from enerqis.compose.composing import compose
from enerqis.compose.experiments import resolve_experiment
from enerqis.compose.freezing import freeze_experiment
from enerqis.compose.validating import validate
from enerqis.core.errors import ConfigError
from enerqis.io.plugins import scan
from enerqis.io.project import Project
from enerqis.laws.suite import trials_of
from tests.compose.small_project import write

RUN = ["experiment=gold_drift"]
WITH_ORE = ["+feature@feature.vein=ore"]


def messages(project: Project, *overrides: str) -> list[str]:
    with pytest.raises(ConfigError, match=": ") as caught:
        validate(compose(project, [*RUN, *overrides]), project)
    return [str(problem) for problem in caught.value.problems]


def test_a_symbol_that_the_dataset_lacks_is_refused_where_it_is_written(project: Project) -> None:
    path = project.conf / "experiment" / "gold_drift.yaml"
    path.write_text(path.read_text().replace("[GOLD]", "[TIN, GOLDD]"))
    assert messages(project) == [
        "conf/experiment/gold_drift.yaml:7:18: universe.symbols.1: 'GOLDD' is not in the dataset. "
        "Did you mean 'GOLD'? Allowed: GOLD, TIN."
    ]


def test_an_element_of_a_list_that_an_override_wrote_is_the_overrides(project: Project) -> None:
    assert messages(project, "universe.symbols=[GOLDD]") == [
        "<override>: universe.symbols.0: 'GOLDD' is not in the dataset. Did you mean 'GOLD'? Allowed: GOLD, TIN."
    ]


def test_a_group_that_an_override_removes_is_missed_in_the_experiment(project: Project) -> None:
    assert messages(project, "~strategy")[0].startswith("conf/experiment/gold_drift.yaml:1:1: strategy: missing key")


def test_a_feature_column_is_a_source_once_the_feature_is_chosen(project: Project) -> None:
    spec = validate(compose(project, [*RUN, *WITH_ORE, "+strategy.source=vein.grade_low"]), project)
    assert spec.feature["vein"].lookback_bars == 4
    assert messages(project, "+strategy.source=vein.grade_low") == [
        "<override>: strategy.source: 'fast' reads 'vein.grade_low', which no bar and no feature has. "
        "Allowed: open, high, low, close, volume."
    ]


def test_a_column_that_a_feature_lacks_is_refused_with_the_nearest_one(project: Project) -> None:
    assert messages(project, *WITH_ORE, "+strategy.source=vein.grade_lo") == [
        "<override>: strategy.source: 'fast' reads 'vein.grade_lo', which no bar and no feature has. Did you mean "
        "'vein.grade_low'? Allowed: open, high, low, close, volume, vein.grade_high, vein.grade_low."
    ]


def test_a_slippage_of_the_older_interface_is_refused_with_what_to_write(project: Project) -> None:
    plugin = project.plugins / "costs" / "slide.py"
    write(project.root, "plugins/costs/slide.py", plugin.read_text().replace("side, units, market", "side"))
    assert messages(project, "cost.slippage.kind=slide") == [
        "<override>: cost.slippage.kind: plugins/costs/slide.py: 'slide': fill_price takes (p, price, side). "
        "Write fill_price(p, price, side, units, market)."
    ]


def test_a_slippage_that_needs_a_spread_is_refused_where_the_dataset_has_none(project: Project) -> None:
    text = "commission: {kind: no_commission}\nslippage:\n  kind: half_spread\n"
    write(project.root, "conf/cost/quoted.yaml", text)
    quoted = ["cost=quoted"]
    assert messages(project, *quoted) == [
        "conf/cost/quoted.yaml:3:9: cost.slippage.kind: 'half_spread' pays the data's spread and the dataset has none. "
        "Name dataset.columns.spread, or give cost.slippage a fallback."
    ]
    for mended in ("+cost.slippage.fallback_bps=5", "+dataset.columns.spread=spread"):
        validate(compose(project, [*RUN, *quoted, mended]), project)


def test_an_indicator_that_does_not_exist_is_refused_where_its_strategy_is_chosen(project: Project) -> None:
    plugin = project.plugins / "strategies" / "drift.py"
    write(project.root, "plugins/strategies/drift.py", plugin.read_text().replace('"pulse"', '"puls"'))
    (found,) = messages(project)
    assert found.startswith(
        "conf/strategy/drift.yaml:1:1: strategy: 'fast' is made by the indicator 'puls', which does not exist. "
        "Did you mean 'pulse'? Allowed: "
    )


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (
            ["indicator=pulze"],
            "feature.any.indicator: 'value' is made by the indicator 'pulze', which does not exist. Did",
        ),
        (
            ["arguments={lookbak_bars:3}"],
            "feature.any.arguments.lookbak_bars: 'pulse' has no number 'lookbak_bars'. Did",
        ),
        (["arguments={}"], "feature.any.indicator: 'value': pulse needs the arguments lookback_bars, got none."),
        (["source=[close,open]"], "feature.any.indicator: 'value': pulse reads 1 source(s), got 2."),
        (["source=[vein.ore]"], "feature.any.source.0: 'value' reads 'vein.ore', which no bar and no feature has."),
        (["source=[clos]"], "feature.any: pulse: source 'clos' is unknown."),
    ],
)
def test_an_indicator_chosen_in_yaml_is_held_to_its_declaration(
    project: Project, overrides: list[str], message: str
) -> None:
    numbers = "+feature.any={kind:indicator,indicator:pulse,source:[close],arguments:{lookback_bars:3}}"
    assert validate(compose(project, [*RUN, numbers]), project).feature["any"].indicator == "pulse"
    changed = {part.partition("=")[0]: part.partition("=")[2] for part in overrides}
    parts = {"indicator": "pulse", "source": "[close]", "arguments": "{lookback_bars:3}"} | changed
    block = ",".join(f"{key}:{value}" for key, value in parts.items())
    found = messages(project, f"+feature.any={{kind:indicator,{block}}}")
    assert any(message in line for line in found), found


def test_an_account_in_another_currency_than_the_prices_is_refused(project: Project) -> None:
    assert messages(project, "+execution.currency=EUR") == [
        "<override>: execution.currency: the account is in EUR and the dataset's prices are in USD. Write USD."
    ]


PLAIN = '''"""A plain zipline algorithm."""

from typing import Literal

from enerqis.interfaces.strategy import StrategyParams


class PlainParams(StrategyParams):
    """No parameters."""

    kind: Literal["plain"] = "plain"


def handle_data(context, data):
    """Do nothing."""
'''


def test_a_plain_zipline_algorithm_is_for_the_engine_zipline_alone(project: Project) -> None:
    write(project.root, "plugins/strategies/plain.py", PLAIN)
    write(project.root, "conf/strategy/plain.yaml", "kind: plain\n")
    (found,) = messages(project, "strategy=plain")
    assert found.endswith(
        "execution.engine: 'plain' is a plain zipline algorithm, which the engine kernel cannot run. Write zipline."
    )
    spec = validate(compose(project, [*RUN, "strategy=plain", "execution.engine=zipline"]), project)
    assert "enerqis_plugins.strategies.plain" in freeze_experiment(project, "gold_drift", spec)["backtest"].code


def test_only_the_laws_of_paper_bind_a_plain_zipline_algorithm(project: Project) -> None:
    write(project.root, "plugins/strategies/plain.py", PLAIN)
    trials = trials_of(scan("strategies", project.plugins)["plain"], project)
    assert [trial.law.__name__ for trial in trials] == ["documented", "round_trips"]
    assert [trial.complaints() for trial in trials] == [[], []]


LABEL = "+feature.next={kind:forward_return,horizon_bars:4}"
SCORE = "+feature.score={kind:fitted_zscore,fit_bars:9}"


def test_a_strategy_that_reads_a_label_is_refused_where_it_says_so(project: Project) -> None:
    path = project.conf / "experiment" / "gold_drift.yaml"
    path.write_text(path.read_text() + "strategy:\n  source: next.value\nfeature:\n  next:\n    kind: forward_return\n")
    assert messages(project) == [
        "conf/experiment/gold_drift.yaml:9:11: strategy.source: 'fast' reads 'next.value', a label: it is known only 5 bars "
        "later. Labels are for fitting and judging; read another column. Allowed: open, high, low, close, volume."
    ]
    assert messages(project, SCORE)[0].endswith("Allowed: open, high, low, close, volume, score.value.")


def test_a_fitted_score_is_a_source_like_any_other(project: Project) -> None:
    spec = validate(compose(project, [*RUN, SCORE, "+strategy.source=score.value"]), project)
    assert spec.feature["score"].fit_bars == 9


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (
            [LABEL, "+cv={kind:purged_kfold,purge_bars:3}"],
            "cv.purge_bars: 3 is too short: the outcome of a decision is known 4 bars later (feature.next.horizon_bars). "
            "Write at least 4, or null to follow what is declared.",
        ),
        (
            [LABEL, "+cv={kind:holdout,purge_hours:95}"],
            "cv.purge_hours: 95 is too short: the outcome of a decision is known 4 bars later (feature.next.horizon_bars). "
            "Write at least 96, or 0 to follow what is declared in bars.",
        ),
        (
            ["+risk.time_stop={max_held_bars:9}", "+execution.latency_bars=1", "+cv={kind:walk_forward,purge_bars:11}"],
            "cv.purge_bars: 11 is too short: the outcome of a decision is known 12 bars later (risk.time_stop.max_held_bars). "
            "Write at least 12, or null to follow what is declared.",
        ),
        (
            [SCORE, "+cv={kind:combinatorial_purged,embargo_bars:0}"],
            "cv.embargo_bars: 0 is too short: a fitted score looks back 9 bars (feature.score.fit_bars). "
            "Write at least 9, or null to follow what is declared.",
        ),
    ],
)
def test_a_gap_shorter_than_what_is_declared_is_refused(project: Project, overrides: list[str], message: str) -> None:
    assert messages(project, *overrides) == [f"<override>: {message}"]


def test_a_gap_as_long_as_what_is_declared_is_right(project: Project) -> None:
    wide = "+cv={kind:purged_kfold,purge_bars:4,purge_hours:96,embargo_bars:9}"
    assert validate(compose(project, [*RUN, LABEL, SCORE, wide]), project).cv.purge_bars == 4
    open_ended = validate(compose(project, [*RUN, LABEL, SCORE, "+cv={kind:purged_kfold}"]), project)
    assert open_ended.cv.purge_bars is None


def test_an_experiment_that_chooses_no_scheme_is_as_it_was_before_there_were_any(project: Project) -> None:
    before = validate(compose(project, RUN), project)
    chosen = validate(compose(project, [*RUN, "+cv={kind:purged_kfold}"]), project)
    none, kfold = (freeze_experiment(project, "gold_drift", each) for each in (before, chosen))
    assert before.cv.kind == "none"
    assert "cv" not in none["report"].document.spec["resolved"]
    assert kfold["report"].document.spec["resolved"]["cv"]["n_folds"] == 5
    for stage in ("features", "backtest", "parity"):
        assert none[stage].document == kfold[stage].document


def test_a_kernel_that_is_not_portable_is_refused_by_line_before_anything_runs(project: Project) -> None:
    path = project.plugins / "strategies" / "drift.py"
    path.write_text(path.read_text() + "\n\ndef on_bar(p, state, bar, ind, acc):\n    while bar.close:\n        pass\n")
    line = path.read_text().splitlines().index("    while bar.close:") + 1
    (only,) = messages(project)
    assert only.startswith(f"plugins/strategies/drift.py:{line}:5: on_bar: ")
    assert "is not portable. Allowed: assignment, if, for over range" in only


def test_an_indicator_of_the_project_that_the_strategy_declares_is_held_too(project: Project) -> None:
    path = project.plugins / "indicators" / "pulse.py"
    path.write_text(
        path.read_text().replace("return PulseOutput(value, value)", "return PulseOutput(value % 2, value)")
    )
    assert [each.partition(":")[0] for each in messages(project)] == ["plugins/indicators/pulse.py"]


def test_a_search_that_does_not_fit_says_once_what_it_may_set() -> None:
    here = Project(Path(__file__).parents[2])
    with pytest.raises(ConfigError, match="no value that a search may set") as caught:
        resolve_experiment(here, "msft_buy_and_hold", ["search=grid__sma_cross"])
    said = [problem.message for problem in caught.value.problems]
    assert len(said) == 4  # two keys of the space, and both in its one constraint
    assert [text.count("cost.commission.min_commission") for text in said] == [1, 0, 0, 0]
    assert {text.partition(" Allowed: ")[2] for text in said[1:]} == {"see search.space.strategy.fast_bars."}
