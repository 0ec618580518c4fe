import pytest

from enerqis.compose.composing import compose
from enerqis.core.errors import ConfigError
from enerqis.io.project import Project
from tests.compose.small_project import write

RUN = ["experiment=gold_drift"]


def message(project: Project, *overrides: str) -> str:
    with pytest.raises(ConfigError, match=": ") as caught:
        compose(project, overrides)
    return str(caught.value)


def test_files_are_merged_in_the_order_of_the_defaults_lists(project: Project) -> None:
    composed = compose(project, RUN)
    assert [(project.relative(source.path), source.package) for source in composed.sources] == [
        ("conf/dataset/metals.yaml", "dataset"),
        ("conf/strategy/drift.yaml", "strategy"),
        ("conf/cost/cheap.yaml", "cost"),
        ("conf/risk/none.yaml", "risk"),
        ("conf/execution/plain.yaml", "execution"),
        ("conf/search/none.yaml", "search"),
        ("conf/metric/growth.yaml", "metric.growth"),
        ("conf/report/bare.yaml", "report"),
        ("conf/tracking/local.yaml", "tracking"),
        ("conf/config.yaml", ""),
        ("conf/experiment/gold_drift.yaml", ""),
    ]
    assert composed.data["strategy"] == {"kind": "drift", "fast_bars": 5, "slow_bars": 20}
    assert "hydra" not in composed.data


def test_one_composition_does_not_leak_into_the_next(project: Project) -> None:
    first = compose(project, [*RUN, "strategy.fast_bars=6"])
    first.data["strategy"]["slow_bars"] = 99
    assert compose(project, RUN).data["strategy"] == {"kind": "drift", "fast_bars": 5, "slow_bars": 20}


def test_an_edited_file_is_read_again(project: Project) -> None:
    compose(project, RUN)
    write(project.root, "conf/strategy/drift.yaml", "kind: drift\nfast_bars: 123\nslow_bars: 200\n")
    assert compose(project, RUN).data["strategy"]["fast_bars"] == 123


def test_an_interpolation_is_replaced_by_the_value_it_names(project: Project) -> None:
    assert compose(project, [*RUN, "strategy.fast_bars=${seed}"]).data["strategy"]["fast_bars"] == 7


def test_dates_stay_text(project: Project) -> None:
    write(project.root, "conf/universe/tin.yaml", "symbols: [TIN]\nstart: 2004-08-19\n")
    assert compose(project, [*RUN, "universe=tin"]).data["universe"]["start"] == "2004-08-19"


def test_a_feature_is_added_under_a_name(project: Project) -> None:
    assert compose(project, [*RUN, "+feature@feature.vein=ore"]).data["feature"]["vein"]["kind"] == "ore"


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        (
            "strategy=drfit",
            "<override>: strategy: no file conf/strategy/drfit.yaml. Did you mean 'drift'? Allowed: drift",
        ),
        (
            "strategy.fast_bars=1,2",
            "<override>: strategy.fast_bars: 'strategy.fast_bars=1,2' is a sweep; one experiment",
        ),
        (
            "+feature=ore",
            "<override>: feature: an experiment has many of these, each under a name. Write +feature@feature.NAME=ore.",
        ),
        ("hydra.searchpath=[x]", "<override>: hydra.searchpath: Hydra itself is not configured in ENERQIS."),
        ("strategy.fast_bars", "<override>: 'strategy.fast_bars' is not an override: "),
        ("strategy.source=${oc.env:HOME}", "<override>: strategy.source: '${oc.env:HOME}' calls a resolver. Allowed: "),
        ("strategy.source=${seeed}", "<override>: strategy.source: '${seeed}' names no key of the spec."),
        ("stratgy@x=drift", "conf/config.yaml:1:1: cannot be composed: Override stratgy@x=drift looks like"),
    ],
)
def test_a_wrong_override_is_one_message(project: Project, override: str, expected: str) -> None:
    assert message(project, *RUN, override).startswith(expected)


def test_a_choice_that_does_not_exist_is_named_where_it_is_written(project: Project) -> None:
    path = project.conf / "experiment" / "gold_drift.yaml"
    path.write_text(path.read_text().replace("/strategy: drift", "/strategy: drit"))
    assert message(project, *RUN).startswith(
        "conf/experiment/gold_drift.yaml:5:25: strategy: no file conf/strategy/drit.yaml. Did you mean 'drift'?"
    )


def test_an_experiment_must_choose_what_the_root_leaves_open(project: Project) -> None:
    path = project.conf / "experiment" / "gold_drift.yaml"
    path.write_text(path.read_text().replace("  - override /strategy: drift\n", ""))
    assert message(project, *RUN) == (
        "conf/experiment/gold_drift.yaml:3:1: strategy: nothing chosen. Add '- override /strategy: NAME' to its defaults. "
        "Allowed: drift, drift__slow."
    )


def test_yaml_that_cannot_be_read_is_named_by_line(project: Project) -> None:
    write(project.root, "conf/strategy/drift.yaml", "kind: drift\nfast_bars: [1\n")
    assert message(project, *RUN).startswith("conf/strategy/drift.yaml:3:1: not YAML: ")
    write(project.root, "conf/strategy/drift.yaml", "kind: drift\nfast_bars: 1\nfast_bars: 2\n")
    assert message(project, *RUN) == "conf/strategy/drift.yaml:3:1: not YAML: found duplicate key fast_bars."
