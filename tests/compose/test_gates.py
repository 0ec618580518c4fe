"""A gate is refused at its line and key: names that name nothing, numbers that are none, units and edges that do not exist."""

import re
import shutil

import pytest

from enerqis.compose.gates import GATES_FILE, known_values, load_gates
from enerqis.core.errors import ConfigError
from enerqis.io.project import Project
from enerqis.spec.gate_values import FIXED

FILE = """\
format: enerqis/acceptance-gates/1
gates:
  luck:
    value: validation.deflated_sharpe_fraction
    comparison: at_least
    unit: fraction
    threshold: 0.95
    edges: [research->candidate]
    reason: one chance in twenty
  fall:
    value: metric.max_drawdown_fraction
    comparison: at_most
    unit: fraction
    threshold: risk.drawdown_halt.max_drawdown_fraction
    edges: [paper->live]
    severity: warns
    reason: within its own limit
explained_rejects:
  - dataset: wti_daily
    rule: missing
    most_rows_count: 3
    reason: holidays, looked up
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a project's folder with the datasets' names and nothing else."""
    root = tmp_path_factory.mktemp("gated")
    shutil.copytree(Project.find().conf / "dataset", root / "conf" / "dataset")
    (root / ".cbr").mkdir()
    return root


@pytest.fixture
def load(folder):
    def _load(text):
        (folder / GATES_FILE).write_text(text, encoding="utf-8", newline="\n")
        return load_gates(Project(folder))

    return _load


def test_a_good_file_is_read(load):
    gates = load(FILE)
    assert [gate.loosens for gate in gates.gates.values()] == ["down", "up"]
    assert gates.gates["luck"].severity == "blocks"
    assert gates.explained_rejects[0].most_rows_count == 3


def test_without_a_file_there_are_no_gates(folder):
    (folder / GATES_FILE).unlink(missing_ok=True)
    assert load_gates(Project(folder)) is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "deflated_sharpe_fraction",
            "deflated_sharp_fraction",
            "4:12: gates.luck.value: .*Did you mean 'validation.defl",
        ),
        ("metric.max_drawdown", "metrics.max_drawdown", "11:12: gates.fall.value: .*Did you mean 'metric.max_drawdown"),
        ("drawdown_halt.", "drawdown_hal.", "14:16: gates.fall.threshold: .*Did you mean 'risk.drawdown_halt"),
        ("threshold: 0.95", "threshold: .nan", "7:16: gates.luck.threshold: nan is not a number"),
        ("threshold: 0.95", "threshold: 95", "7:16: gates.luck.threshold: 95 is no share of a whole.*0.95 = 95 %"),
        ("threshold: 0.95", "threshold: 95%", "7:16: gates.luck.threshold: '95%' is neither a number nor the name"),
        ("threshold: 0.95", "threshold: true", "7:16: gates.luck.threshold: .*truth value"),
        ("unit: fraction", "unit: ratio", "6:11: gates.luck.unit: .*is a fraction, not a ratio"),
        ("unit: fraction", "unit: percent", "6:11: gates.luck.unit: .*is not allowed"),
        ("[research->candidate]", "[candidate->live]", "8:13: gates.luck.edges.0: .*research->candidate"),
        ("[research->candidate]", "[]", "8:12: gates.luck.edges: "),
        ("at_least", "atleast", "5:17: gates.luck.comparison: .*Did you mean 'at_least'"),
        ("severity: warns", "severity: warn", "16:15: gates.fall.severity: .*Did you mean 'warns'"),
        ("    reason: one chance in twenty\n", "", "gates.luck.reason: missing key"),
        ("threshold: 0.95", "treshold: 0.95", "7:5: gates.luck.treshold: unknown key"),
        ("wti_daily", "wti_dayly", "19:14: explained_rejects.0.dataset: .*Did you mean 'wti_daily'"),
        ("enerqis/acceptance-gates/1", "enerqis/acceptance-gates/2", "1:9: format: "),
        ("  fall:", "  luck:", "10:3: gates.luck: key 'luck' stands here twice"),
        ("format:", "format: [", "not YAML"),
    ],
)
def test_what_is_wrong_is_said_at_its_line_and_key(load, old, new, said):
    assert FILE.count(old) >= 1
    with pytest.raises(ConfigError, match=rf"(?s)^\.cbr/acceptance_gates\.yaml:.*{said}"):
        load(FILE.replace(old, new, 1))


def test_every_shipped_metric_and_limit_can_be_named():
    known = known_values(Project.find())
    assert {"metric.sharpe_ratio", "metric.costs_bps", "risk.drawdown_halt.max_drawdown_fraction"} <= set(known)
    assert len(known) == len(set(known))


def test_the_metric_that_an_experiment_named_itself_can_be_named(load):
    gates = load(FILE.replace("metric.max_drawdown_fraction", "metric.lately.max_drawdown_fraction"))
    assert gates.gates["fall"].value == "metric.lately.max_drawdown_fraction"


def test_a_figure_that_two_metrics_make_cannot_be_gated(load, folder):
    plugin = folder / "plugins" / "metrics" / "calm.py"
    plugin.parent.mkdir(parents=True)
    plugin.write_text(
        "from typing import Literal\n"
        "from enerqis.interfaces.metric import MetricParams\n\n\n"
        "class CalmParams(MetricParams):\n"
        '    kind: Literal["calm"] = "calm"\n\n\n'
        "def compute(params, evidence):\n"
        '    return {"max_drawdown_fraction": 0.01}\n',
        encoding="utf-8",
    )
    try:
        with pytest.raises(
            ConfigError, match=r"gates\.fall\.value: .*of the metrics calm and max_drawdown, so a gate cannot"
        ):
            load(FILE)
    finally:
        plugin.unlink()


def test_the_shipped_gates_are_the_starting_points():
    """Issue 5: DSR >= 0.95, PBO < 0.5, parity exact, no leak, no unexplained data rejects, drawdown within the risk spec."""
    gates = load_gates(Project.find()).gates
    assert {(each.value, each.comparison, each.threshold) for each in gates.values()} == {
        ("validation.deflated_sharpe_fraction", "at_least", 0.95),
        ("validation.overfitting_fraction", "below", 0.5),
        ("parity.differing_count", "equals", 0.0),
        ("leak.findings_count", "equals", 0.0),
        ("data.unexplained_rejects_count", "equals", 0.0),
        ("metric.max_drawdown_fraction", "at_most", "risk.drawdown_halt.max_drawdown_fraction"),
    }
    assert all(len(each.edges) == 4 and each.severity == "blocks" for each in gates.values())


def test_the_page_of_gates_names_every_value_with_its_stage_and_its_example_loads(load):
    page = (Project.find().root / "docs" / "gates.md").read_text("utf-8")
    assert [
        line
        for line in page.splitlines()
        if line.startswith(("| `validation.", "| `parity.", "| `leak.", "| `data.", "| `run."))
    ] == [f"| `{name}` | {known.summary} | `{known.stage}` |" for name, known in FIXED.items()]
    blocks = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    gates = load("".join(blocks))
    assert list(gates.gates) == ["deflated_sharpe"]
    assert gates.explained_rejects[0].dataset == "btc_daily"
