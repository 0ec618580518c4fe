"""`dvc repro` runs exactly what depends on an edit: the real dvc, in a copy of the project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.pipeline.project_copy import Copy, make_copy, stages_in

pytestmark = pytest.mark.slow

PARAMS = """datasets:
  - us_equities_daily
experiments:
  goog_sma_cross: {dataset: us_equities_daily, set: {universe: {start: "2012-01-01"}, cv: {n_folds: 4}}}
  aapl_macd_trend: {dataset: us_equities_daily, set: {universe: {start: "2012-01-01"}}}
  own: {dataset: us_equities_daily, set: {universe: {start: "2012-01-01"}}}
"""
OWN_EXPERIMENT = """# @package _global_
# yaml-language-server: $schema=../../schemas/experiment.schema.json
defaults:
  - override /dataset: us_equities_daily
  - override /strategy: own
  - override /execution: kernel__fractional
universe:
  symbols: [MSFT]
cost:
  commission:
    min_commission: ${strategy.fee}
"""
OWN_YAML = """# yaml-language-server: $schema=../../schemas/strategy.schema.json
kind: own
fee: 1.0
"""
OWN_STRATEGY = '''"""Hold a share of the equity that a helper file names."""

from typing import Literal

from pydantic import Field

from enerqis.interfaces.indicator import IndicatorCall
from enerqis.interfaces.strategy import Account, Bar, Decision, NoState, StrategyParams, hold
from enerqis_plugins.strategies._share import SHARE


class OwnParams(StrategyParams):
    """Hold a share."""

    kind: Literal["own"] = "own"
    fee: float = Field(0.0, ge=0.0, description="smallest commission, for the cost profile")


def indicators(params: OwnParams) -> dict[str, IndicatorCall]:
    """Return nothing: it looks at no series."""
    return {}


def on_bar(p: OwnParams, state: NoState, bar: Bar, ind: object, acc: Account) -> Decision:
    """Hold the share."""
    return hold(SHARE)
'''


def _after(name: str) -> set[str]:
    """Return what a change of a strategy's values runs again of an experiment."""
    stages = ("backtest", "validate", "parity", "report", "gate")
    return {"track", *(f"{stage}@{name}" for stage in stages)}


GOOG, AAPL, OWN = _after("goog_sma_cross"), _after("aapl_macd_trend"), _after("own")
PAGES = {f"{stage}@{name}" for stage in ("report", "gate") for name in ("goog_sma_cross", "aapl_macd_trend", "own")}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    copy = make_copy(tmp_path_factory.mktemp("reruns") / "project", PARAMS)
    for path, text in {
        "conf/experiment/own.yaml": OWN_EXPERIMENT,
        "conf/strategy/own.yaml": OWN_YAML,
        "plugins/strategies/own.py": OWN_STRATEGY,
        "plugins/strategies/_share.py": "SHARE = 0.5\n",
    }.items():
        (copy.root / path).parent.mkdir(parents=True, exist_ok=True)
        (copy.root / path).write_text(text, encoding="utf-8")
    copy.call("git", "add", "-A")
    copy.call("git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "own")
    ran = copy.repro()
    assert {"resolve", "ingest@us_equities_daily", "features@own"} | GOOG | AAPL | OWN <= ran
    return copy


def predicted(project: Copy) -> tuple[set[str], set[str]]:
    """Return what `enerqis diff` says that `dvc repro` will certainly run, and what it may."""
    verdict = json.loads(project.call("enerqis", "diff", "HEAD", "--format", "json", check=False).stdout)
    runs = [each for each in verdict["reruns"] if each["stage"] not in verdict["recorded"]] + verdict["also_stale"]
    return {each["stage"] for each in runs if each["is_certain"]}, {each["stage"] for each in runs}


def test_nothing_edited_reruns_nothing(project: Copy) -> None:
    assert predicted(project) == (set(), set())
    assert project.repro() == set()


def test_what_means_the_same_reruns_only_resolve(project: Copy) -> None:
    for edited, old, new in (
        ("conf/strategy/sma_cross.yaml", "kind: sma_cross", "kind: sma_cross # a comment"),
        ("conf/execution/kernel.yaml", "initial_cash: 100000.0", "initial_cash: 100000"),
        ("enerqis/strategies/sma_cross.py", "from __future__", "# a comment\nfrom __future__"),
        ("enerqis/quant/sums.py", "from __future__", "# a comment\nfrom __future__"),
    ):
        project.edit(edited, old, new)
    path = project.root / "conf/strategy/sma_cross.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    keys = [index for index, line in enumerate(lines) if line[0].isalpha() and ":" in line]
    lines[keys[-1]], lines[keys[-2]] = lines[keys[-2]], lines[keys[-1]]
    path.write_text("".join(lines), encoding="utf-8")
    assert predicted(project) == ({"resolve"}, {"resolve"})
    assert project.repro() == {"resolve"}


def test_a_value_of_one_strategy_reruns_its_experiment_only(project: Copy) -> None:
    project.edit("conf/strategy/sma_cross.yaml", "slow_bars: 30", "slow_bars: 31")
    assert predicted(project) == ({"resolve"} | GOOG, {"resolve"} | GOOG)
    assert project.repro() == {"resolve"} | GOOG


def test_figures_of_an_experiment_that_is_gone_rerun_track_alone(project: Copy) -> None:
    (project.root / "data/metrics/gone.json").write_text("{}", encoding="utf-8")
    assert predicted(project) == ({"track"}, {"track"})
    assert project.repro() == {"track"}
    (project.root / "data/metrics/gone.json").unlink()
    assert predicted(project) == ({"track"}, {"track"})
    project.repro()  # DVC knows this state: it restores the index page in the place of running `track`


def test_words_that_only_the_page_shows_rerun_the_pages_and_they_show_them(project: Copy) -> None:
    question = next(
        line
        for line in project.read("conf/experiment/goog_sma_cross.yaml").splitlines()
        if line.startswith("question:")
    )
    project.edit("conf/experiment/goog_sma_cross.yaml", question, "question: Would a reader see another question?")
    project.edit("conf/dataset/us_equities_daily.yaml", "description: ", "description: Reworded, ")
    assert predicted(project)[1] == {"resolve", "track"} | PAGES
    assert project.repro() == {"resolve", "track"} | PAGES
    page = project.read("data/report/goog_sma_cross/index.html")
    assert "Would a reader see another question?" in page
    assert "Reworded, " in page


def test_a_threshold_reruns_the_gates_and_what_does_not_reach_them_only_resolve(project: Copy) -> None:
    """One gate guards all experiments, so each is held against it again; no figure is computed anew."""
    gates = ".cbr/acceptance_gates.yaml"
    project.edit(gates, "threshold: 0.95", "threshold: 0.950  # one in twenty")
    project.edit(gates, "most_rows_count: 290", "most_rows_count: 291")  # of another dataset than these have
    assert project.repro() == {"resolve"}
    project.edit(gates, "threshold: 0.950", "threshold: 0.9")
    every = {f"gate@{name}" for name in ("goog_sma_cross", "aapl_macd_trend", "own")}
    assert project.repro() == {"resolve", "track"} | every  # gates fail here, and dvc repro ends well
    gate = project.read("data/gate/own.json")
    assert '"threshold": 0.9,' in gate
    assert '"is_passed": false' in gate


def test_a_gate_of_a_name_that_nothing_has_fails_in_resolve(project: Copy) -> None:
    gates = ".cbr/acceptance_gates.yaml"
    project.edit(gates, "value: parity.differing_count", "value: parity.diferring_count")
    done = project.call("dvc", "repro", check=False)
    assert done.returncode != 0
    assert "gates.parity.value: no stage makes a value 'parity.diferring_count'. Did you mean" in done.stderr
    project.edit(gates, "value: parity.diferring_count", "value: parity.differing_count")


def test_the_python_of_one_strategy_reruns_its_experiment_only(project: Copy) -> None:
    project.edit("enerqis/strategies/macd_trend.py", "return hold(0.0)", "return hold(0.25)")
    assert project.repro() == {"resolve"} | AAPL


def test_the_python_of_one_indicator_reruns_what_declares_it(project: Copy) -> None:
    path = "enerqis/indicators/sma.py"
    project.edit(path, "def step(", "UNUSED = 1\n\n\ndef step(")
    assert predicted(project) == ({"resolve"} | GOOG, {"resolve"} | GOOG)
    assert project.repro() == {"resolve"} | GOOG


def test_the_python_of_a_cost_reruns_every_experiment_whose_profile_names_it(project: Copy) -> None:
    project.edit("enerqis/costs/per_unit.py", "def commission(", "UNUSED = 1\n\n\ndef commission(")
    assert project.repro() == {"resolve"} | GOOG | AAPL


def test_a_helper_file_of_a_plug_in_reruns_its_experiment_only(project: Copy) -> None:
    project.edit("plugins/strategies/_share.py", "0.5", "0.75")
    assert project.repro() == {"resolve"} | OWN


def test_a_nested_default_reruns_what_stands_on_it(project: Copy) -> None:
    project.edit("conf/execution/kernel__fractional.yaml", "lot_step: 0.0", "lot_step: 0.5")
    assert project.repro() == {"resolve"} | OWN


def test_an_interpolated_value_reruns_what_takes_it(project: Copy) -> None:
    project.edit("conf/strategy/own.yaml", "fee: 1.0", "fee: 2.0")
    assert project.repro() == {"resolve"} | OWN
    assert '"min_commission": 2.0' in project.read("data/spec/own/backtest.json")


def test_a_bad_config_fails_in_resolve_and_leaves_the_outputs(project: Copy) -> None:
    before = project.read("data/spec/goog_sma_cross/backtest.json")
    project.edit("conf/strategy/sma_cross.yaml", "slow_bars: 31", "slow_barz: 31")
    done = project.call("dvc", "repro", check=False)
    assert done.returncode != 0
    line = next(
        number
        for number, text in enumerate(project.read("conf/strategy/sma_cross.yaml").splitlines(), 1)
        if "barz" in text
    )
    assert (
        f"conf/strategy/sma_cross.yaml:{line}:1: strategy.slow_barz: unknown key. Did you mean 'slow_bars'?"
        in done.stderr
    )
    assert project.read("data/spec/goog_sma_cross/backtest.json") == before
    assert (project.root / "data/backtest/goog_sma_cross/receipt.json").is_file()
    project.edit("conf/strategy/sma_cross.yaml", "slow_barz: 31", "slow_bars: 31")
    assert project.repro() <= {"resolve"}


def test_going_back_finds_the_result_in_the_store(project: Copy) -> None:
    project.edit("conf/strategy/sma_cross.yaml", "slow_bars: 31", "slow_bars: 32")
    project.repro()
    project.edit("conf/strategy/sma_cross.yaml", "slow_bars: 32", "slow_bars: 31")
    done = project.call("dvc", "repro")
    assert "backtest goog_sma_cross: computed" not in done.stdout + done.stderr


def test_an_experiment_of_dvc_sets_a_value_without_an_edit(project: Copy) -> None:
    before = project.read("params.yaml")
    ran = project.call("dvc", "exp", "run", "-S", "+experiments.goog_sma_cross.set.strategy.fast_bars=11").stdout
    assert stages_in(ran) == {"resolve"} | GOOG
    assert '"fast_bars": 11' in project.read("data/spec/goog_sma_cross/backtest.json")
    (project.root / "params.yaml").write_text(before, encoding="utf-8")


def test_after_a_pull_into_a_fresh_clone_nothing_reruns(project: Copy, tmp_path: Path) -> None:
    project.repro()
    for words in (
        ("git", "add", "-A"),
        ("git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "x"),
    ):
        project.call(*words)
    remote = tmp_path / "remote"
    project.call("dvc", "remote", "modify", "--local", "store", "url", str(remote))
    project.call("dvc", "push")
    project.call("git", "clone", "-q", str(project.root), str(tmp_path / "clone"))
    clone = Copy(tmp_path / "clone")
    clone.call("dvc", "remote", "modify", "--local", "store", "url", str(remote))
    clone.call("dvc", "pull")
    assert clone.repro() == set()
    assert clone.call("git", "status", "--porcelain").stdout == ""
