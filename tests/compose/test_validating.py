from textwrap import dedent

import pytest

from enerqis.compose.composing import compose
from enerqis.compose.validating import validate
from enerqis.core.errors import ConfigError
from enerqis.io.project import Project
from tests.compose.small_project import write

RUN = ["experiment=gold_drift"]


def messages(project: Project, *overrides: str) -> list[str]:
    with pytest.raises(ConfigError, match=": ") as caught:
        validate(compose(project, [*RUN, *overrides]), project)
    return [str(problem) for problem in caught.value.problems]


def test_a_right_experiment_becomes_a_typed_spec(project: Project) -> None:
    spec = validate(compose(project, RUN), project)
    assert spec.seed == 7
    assert spec.universe.symbols == ("GOLD",)
    assert spec.strategy.model_dump() == {"kind": "drift", "fast_bars": 5, "slow_bars": 20, "source": "close"}
    assert spec.dataset.connector.depth_metres == 3.0
    assert spec.risk.cap is None


def test_an_unknown_key_names_its_place_the_nearest_key_and_what_is_allowed(project: Project) -> None:
    write(
        project.root,
        "conf/strategy/drift__slow.yaml",
        """
        # slower
        kind: drift
        slow_bars: 200
        fast_barz: 50
        """,
    )
    assert messages(project, "strategy=drift__slow") == [
        "conf/strategy/drift__slow.yaml:4:1: strategy.fast_barz: unknown key. Did you mean 'fast_bars'? "
        "Allowed: kind, fast_bars, slow_bars, source."
    ]


def test_every_problem_of_an_experiment_is_reported_at_once_in_the_order_of_the_files(project: Project) -> None:
    write(project.root, "conf/strategy/drift.yaml", 'kind: drift\nfast_bars: "10"\nslow_bars: 0\n')
    write(
        project.root,
        "conf/cost/cheap.yaml",
        "commission:\n  kind: per_once\nslippage:\n  kind: slide\n  slide_bps: .nan\n",
    )
    assert messages(project, "execution.fill_price=next_opne", "seed=-1") == [
        "<override>: execution.fill_price: text \"next_opne\" is not allowed. Did you mean 'next_open'? "
        "Allowed: next_open, next_close.",
        "<override>: seed: number -1 is out of range: must be at least 0.",
        "conf/cost/cheap.yaml:2:9: cost.commission.kind: unknown kind 'per_once'. Did you mean 'per_ounce'? "
        "Allowed: no_commission, notional_bps, per_ounce, per_unit.",
        "conf/cost/cheap.yaml:5:14: cost.slippage.slide_bps: nan is not a number a spec can hold. Write a finite number.",
        'conf/strategy/drift.yaml:2:12: strategy.fast_bars: expected a whole number, found text "10".',
        "conf/strategy/drift.yaml:3:12: strategy.slow_bars: number 0 is out of range: must be at least 1.",
    ]


def test_an_integral_float_is_the_count_it_equals_and_a_fraction_is_not(project: Project) -> None:
    assert validate(compose(project, [*RUN, "strategy.fast_bars=8.0"]), project).strategy.fast_bars == 8
    assert messages(project, "strategy.fast_bars=8.5") == [
        "<override>: strategy.fast_bars: expected a whole number, found number 8.5."
    ]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("true", "expected a whole number, found truth value true."),
        ("null", "expected a whole number, found nothing (null)."),
        ("[1]", "expected a whole number, found list [1]."),
        ("'???'", "not set (???). Give it a value."),
        ("1000001", "number 1000001 is out of range: must be at most 1000000."),
    ],
)
def test_a_count_refuses_what_is_not_a_count(project: Project, value: str, message: str) -> None:
    assert messages(project, f"strategy.fast_bars={value}") == [f"<override>: strategy.fast_bars: {message}"]


def test_the_last_file_that_sets_a_key_is_the_one_named(project: Project) -> None:
    write(
        project.root,
        "conf/experiment/gold_drift.yaml",
        """
        # @package _global_
        defaults:
          - override /dataset: metals
          - override /strategy: drift
        universe:
          symbols: [GOLD]
        strategy:
          fast_bars: -3
        """,
    )
    assert messages(project) == [
        "conf/experiment/gold_drift.yaml:8:14: strategy.fast_bars: number -3 is out of range: must be at least 1."
    ]


def test_an_element_of_a_list_is_found_in_the_file_that_set_the_whole_list(project: Project) -> None:
    write(project.root, "conf/universe/tin.yaml", "symbols: [TIN, 3, 4]\n")
    path = project.conf / "experiment" / "gold_drift.yaml"
    path.write_text(path.read_text().replace("[GOLD]", "[GOLD, 5]"))
    assert messages(project, "universe=tin") == [
        "conf/experiment/gold_drift.yaml:7:19: universe.symbols.1: expected text (quote it), found number 5."
    ]


def test_a_missing_key_points_at_what_should_hold_it(project: Project) -> None:
    write(
        project.root,
        "conf/dataset/metals.yaml",
        "description: x\nconnector: {kind: mine}\nfrequency: 1d\ncalendar: 24/7\n",
    )
    assert messages(project) == [
        "conf/dataset/metals.yaml:1:1: dataset.symbols: missing key (symbols to keep, in order). Add it."
    ]


def test_a_plug_in_without_its_kind_is_refused_even_where_only_one_exists(project: Project) -> None:
    write(project.root, "conf/report/bare.yaml", "{}\n")
    (found,) = messages(project)
    assert found.startswith("conf/report/bare.yaml:1:1: report: missing key 'kind'")


def test_blanks_at_the_ends_of_keys_and_names_are_refused(project: Project) -> None:
    write(project.root, "conf/universe/tin.yaml", 'symbols: ["TIN "]\n"start ": null\n')
    write(
        project.root,
        "conf/experiment/gold_drift.yaml",
        dedent("""\
        # @package _global_
        defaults:
          - override /dataset: metals
          - override /strategy: drift
          - override /universe: tin
        """),
    )
    assert messages(project) == [
        "conf/universe/tin.yaml:1:11: universe.symbols.0: blanks at the ends of 'TIN '. Remove them.",
        "conf/universe/tin.yaml:2:1: universe.start : blanks at the end of the key 'start '. Remove them.",
    ]


def test_a_rule_over_two_keys_names_the_mapping_they_stand_in(project: Project) -> None:
    write(project.root, "conf/universe/tin.yaml", "symbols: [TIN]\nstart: '2020-01-02'\nend: '2019-01-02'\n")
    assert messages(project, "universe=tin") == [
        "conf/experiment/gold_drift.yaml:7:3: universe: end 2019-01-02 is before start 2020-01-02."
    ]


def test_a_rule_over_two_keys_names_the_overrides_where_they_set_both(project: Project) -> None:
    assert messages(project, "universe.start='2020-01-02'", "universe.end='2019-01-02'") == [
        "<override>: universe: end 2019-01-02 is before start 2020-01-02."
    ]


def test_a_date_must_be_one(project: Project) -> None:
    assert messages(project, "universe.start='02.01.2020'") == [
        '<override>: universe.start: expected a date such as "2004-08-19", quoted, found text "02.01.2020".'
    ]


def test_a_limit_is_known_by_its_key_in_the_risk_profile(project: Project) -> None:
    assert validate(compose(project, [*RUN, "risk=capped"]), project).risk.cap.max_exposure == 0.5
    (found,) = messages(project, "+risk.capp.max_exposure=1")
    assert found.startswith("<override>: risk.capp: unknown key. Did you mean 'cap'? Allowed: cap, daily_loss, ")


def test_a_form_is_told_by_examples_rather_than_by_its_pattern(project: Project) -> None:
    assert messages(project, "dataset.frequency='1 day'") == [
        '<override>: dataset.frequency: text "1 day" does not have the allowed form, such as 1min, 15min, 1h, 4h, 1d.'
    ]
