"""The stage `gate` on a finished project: what it says is what the documents beside it say, and it never fails itself."""

from __future__ import annotations

import json

from enerqis.compose.gates import load_gates
from enerqis.governance.gate_values import Documents, gathered
from enerqis.governance.gates import gates_digest
from enerqis.io.project import Project
from enerqis.pages.gates import gates_line
from enerqis.pipeline import receipts
from enerqis.pipeline.results import placed
from enerqis.spec.gate_values import FIXED, unit_of
from tests.pipeline.finished import DATASET, EXPERIMENT, ROOT


def _json(project, place):
    return json.loads((project.data / place).read_text("utf-8"))


def _documents(project):
    return Documents(
        report=_json(project, f"metrics/{EXPERIMENT}.json"),
        validate=_json(project, f"validate/{EXPERIMENT}/validation.json"),
        parity=_json(project, f"parity/{EXPERIMENT}.json"),
        ingest=_json(project, f"processed/{DATASET}/manifest.json"),
        backtest=_json(project, f"backtest/{EXPERIMENT}/receipt.json"),
    )


def test_every_fixed_name_is_found_in_what_the_stages_write(finished_project):
    """This experiment has a search, a scheme and costs, so nothing may be missing; each name ends with its unit."""
    values = gathered(_documents(finished_project))
    assert {name for name in FIXED if values.find(name) is None} == set()
    assert {name for name in FIXED if unit_of(name) is None} == set()


def test_a_number_is_the_one_in_its_document(finished_project):
    values = gathered(_documents(finished_project))
    metrics = _json(finished_project, f"metrics/{EXPERIMENT}.json")
    assert values.find("validation.trials_count") == metrics["validation"]["trials_count"]
    assert values.find("metric.sharpe_ratio") == metrics["metrics"]["sharpe_ratio"]
    assert values.find("run.fills_count") == 67  # 33 round trips and one open position
    assert values.find("data.unexplained_rejects_count") == 0


def test_the_gate_names_run_result_trials_and_gates(finished_project):
    content = _json(finished_project, f"gate/{EXPERIMENT}.json")
    backtest = receipts.read(finished_project.data / "backtest" / EXPERIMENT)
    assert content["run_id"] == backtest["stage_id"]
    assert content["result_sha256"] == backtest["result_sha256"]
    assert (
        content["trials_count"] == _json(finished_project, f"metrics/{EXPERIMENT}.json")["validation"]["trials_count"]
    )
    assert content["receipt"] == placed(finished_project, "gate", EXPERIMENT).receipt
    spec = content["receipt"]["spec"]
    assert content["gates_sha256"] == gates_digest(spec["gates"], spec["explained_rejects"])


def test_every_gate_of_the_project_is_answered_and_a_failed_one_is_a_result(finished_project):
    content = _json(finished_project, f"gate/{EXPERIMENT}.json")
    gates = load_gates(finished_project).gates
    assert [each["name"] for each in content["gates"]] == sorted(gates)
    failed = [each for each in content["gates"] if not each["is_passed"]]
    assert [each["name"] for each in failed] == ["drawdown"]  # this experiment's risk profile is empty
    assert "Switch risk.drawdown_halt on" in failed[0]["change"]
    assert content["edges"]["paper->live"] == {"failed": ["drawdown"], "is_passed": False, "asked": [], "warned": []}
    assert gates_line(content).sentence == "5 of 6 gates hold; not drawdown"


def test_the_shipped_explanations_name_rules_that_exist():
    page = (ROOT / "docs" / "data.md").read_text("utf-8")
    for each in load_gates(Project(ROOT)).explained_rejects:
        assert f"`{each.rule}`" in page
