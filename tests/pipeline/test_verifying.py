"""A finished experiment is computed again bit by bit; each kind of tampering with it is detected and named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from enerqis.core.tables import BARS, EQUITY, FILLS
from enerqis.io.parquet import bar_file, read_table, write_table
from enerqis.io.project import Project
from enerqis.pipeline import api
from enerqis.pipeline.integrity import faults
from enerqis.pipeline.lookup import all_results, results_of, run_of
from enerqis.pipeline.results import placed
from enerqis.pipeline.verifying import Verdict, verify
from tests.pipeline.finished import DATASET, EXPERIMENT, copy_of

BACKTEST = f"data/backtest/{EXPERIMENT}"


@pytest.fixture
def project(finished_project: Project, tmp_path: Path) -> Project:
    return copy_of(finished_project, tmp_path / "project")


def verdict_of(project: Project, stage: str) -> Verdict:
    name = DATASET if stage == "ingest" else EXPERIMENT
    return verify(project, placed(project, stage, name), say=lambda line: None)


def edit_json(project: Project, path: str, change: Callable[[dict[str, Any]], None]) -> None:
    file = project.root / path
    content = json.loads(file.read_text("utf-8"))
    change(content)
    file.write_text(json.dumps(content, sort_keys=True, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def edit_column(path: Path, schema: pa.Schema, column: str, add: float) -> None:
    """Add something to the last value of a column of a placed table."""
    table = read_table(path, schema)
    values = table.column(column).to_pylist()
    values[-1] += add
    place = table.schema.get_field_index(column)
    write_table(table.set_column(place, schema.field(column), pa.array(values, pa.float64())), path)


def edit_bars(project: Project) -> None:
    edit_column(bar_file(project.data / "parquet" / DATASET, "GOOG", 2008), BARS, "close", 0.01)


def test_every_result_of_a_run_comes_out_the_same_bit_by_bit(finished_project: Project) -> None:
    verdicts = [verify(finished_project, each, say=lambda line: None) for each in all_results(finished_project)]
    assert [each.stage for each in verdicts] == [
        "ingest",
        "features",
        "backtest",
        "validate",
        "parity",
        "report",
        "gate",
    ]
    assert {each.outcome for each in verdicts} == {"bit-equal"}
    assert [(each.faults, each.changed) for each in verdicts] == [((), ())] * 7


def test_a_run_of_zipline_comes_out_the_same_with_its_own_frame(finished_project: Project) -> None:
    done = api.parity(EXPERIMENT, engines=("zipline", "kernel"), project=finished_project.root)
    (result,) = results_of(finished_project, done.run_id)
    verdict = verify(finished_project, result, say=lambda line: None)
    assert (verdict.outcome, verdict.faults) == ("bit-equal", ())
    assert "engine (zipline)" in verdict.pinned
    assert "performance.parquet" in result.receipt["outputs"]


def test_the_index_page_beside_the_reports_is_no_result(project: Project) -> None:
    before = [(each.stage, each.name) for each in all_results(project)]
    (project.data / "report" / "index.html").write_text("<!doctype html>", encoding="utf-8")
    assert [(each.stage, each.name) for each in all_results(project)] == before
    assert results_of(project, run_of(project, EXPERIMENT).receipt["stage_id"])


def test_what_is_pinned_and_what_is_not_is_said(finished_project: Project) -> None:
    verdict = verdict_of(finished_project, "backtest")
    assert verdict.pinned[:2] == ("config", "data (features, parquet)")
    assert "engine (kernel)" in verdict.pinned
    assert "CPU model and its dispatch in libm (log, exp, pow)" in verdict.not_pinned


def test_changed_data_are_named_by_their_partition(project: Project) -> None:
    edit_bars(project)
    assert verdict_of(project, "ingest").faults[0] == "parquet: changed since it was written: GOOG/2008"
    verdict = verdict_of(project, "backtest")
    assert verdict.outcome == "not computed again"
    assert verdict.faults == ("input parquet: parquet: changed since it was written: GOOG/2008",)


def test_a_raw_file_that_was_changed_is_named(project: Project) -> None:
    with (project.data / "raw" / DATASET / "stocks.csv.gz").open("ab") as stream:
        stream.write(b" ")
    assert faults(project, placed(project, "ingest", DATASET)) == [
        "raw: changed since it was written: raw/stocks.csv.gz"
    ]


def test_a_partition_that_was_removed_is_named(project: Project) -> None:
    shutil.rmtree(bar_file(project.data / "parquet" / DATASET, "AAPL", 2010).parent)
    assert faults(project, placed(project, "ingest", DATASET)) == ["parquet: changed since it was written: AAPL/2010"]


@pytest.mark.parametrize(
    ("table", "schema", "column"), [("fills", FILLS, "price"), ("equity", EQUITY, "cash")], ids=["fills", "equity"]
)
def test_a_changed_output_is_named(project: Project, table: str, schema: pa.Schema, column: str) -> None:
    edit_column(project.root / BACKTEST / f"{table}.parquet", schema, column, 0.5)
    assert faults(project, run_of(project, EXPERIMENT)) == [f"{table}.parquet: changed since it was written"]


def test_an_output_that_is_no_table_any_more_is_named(project: Project) -> None:
    (project.root / BACKTEST / "orders.parquet").write_bytes(b"PAR1")
    (fault,) = faults(project, run_of(project, EXPERIMENT))
    assert fault.startswith("orders.parquet: cannot be read: orders.parquet: not a table")


def test_the_changed_page_and_figures_of_a_report_are_named(project: Project) -> None:
    page = project.data / "report" / EXPERIMENT / "index.html"
    page.write_text(page.read_text("utf-8").replace("</body>", " </body>"), encoding="utf-8")
    edit_json(project, f"data/metrics/{EXPERIMENT}.json", lambda each: each["metrics"].update(sharpe_ratio=9.0))
    assert set(faults(project, placed(project, "report", EXPERIMENT))) == {
        "page/index.html: changed since it was written",
        "metrics.json: changed since it was written",
    }


RECEIPT_EDITS: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "spec": (
        lambda each: each["spec"]["strategy"].update(fast_bars=12),
        "receipt.json: spec: not the one whose hash identity.config is",
    ),
    "execution": (
        lambda each: each["spec"]["execution"].update(lot_step=2.0),
        "receipt.json: spec: execution is not the one whose hash identity.engine is",
    ),
    "seed": (lambda each: each["spec"].update(seed=1), "receipt.json: spec: the seed is not that of the identity"),
    "code": (
        lambda each: each["code"].update({"enerqis.core.units": "0" * 64}),
        "receipt.json: code: the modules are not those whose hash the identity holds",
    ),
    "environment": (
        lambda each: each["environment"].update(numpy="1.0"),
        "receipt.json: environment: the versions are not those whose hash the identity holds",
    ),
    "data": (
        lambda each: each["identity"]["data"].update(parquet="0" * 64),
        "receipt.json: stage_id is not the hash of the identity beside it",
    ),
    "outputs": (
        lambda each: each["outputs"].update({"fills.parquet": "0" * 64}),
        "receipt.json: result_sha256 is not the hash of the outputs beside it",
    ),
    "positions": (
        lambda each: each["outputs"].update({"positions.parquet": "0" * 64}),
        "positions.parquet: changed since it was written",
    ),
    "audit": (
        lambda each: each["audit"].update(lines=1),
        "audit.jsonl: appended to: 1 lines were written, 135 are there",
    ),
    "key": (lambda each: each.pop("facts"), "receipt.json: lacks facts"),
}


@pytest.mark.parametrize("key", RECEIPT_EDITS)
def test_a_changed_receipt_is_found_and_the_key_named(project: Project, key: str) -> None:
    change, sentence = RECEIPT_EDITS[key]
    edit_json(project, f"{BACKTEST}/receipt.json", change)
    assert sentence in faults(project, run_of(project, EXPERIMENT))


def test_a_fact_that_was_made_up_is_found_by_computing_again(project: Project) -> None:
    edit_json(project, f"{BACKTEST}/receipt.json", lambda each: each["facts"].update(fills=68))
    verdict = verdict_of(project, "backtest")
    assert verdict.outcome == "bit-equal"
    assert not verdict.is_proven
    assert verdict.faults[0].startswith("receipt.json: facts: {'bars': 2148")


def test_a_forgery_that_is_whole_in_itself_is_found_by_computing_again(project: Project) -> None:
    """A better last equity, and every hash above it made anew."""
    from enerqis.io.hashing import table_digest
    from enerqis.pipeline.backtest import result_digest

    path = project.root / BACKTEST / "equity.parquet"
    edit_column(path, EQUITY, "equity", 1000.0)

    def rehash(receipt: dict[str, Any]) -> None:
        receipt["outputs"]["equity.parquet"] = table_digest([read_table(path, EQUITY)], EQUITY)
        receipt["result_sha256"] = result_digest(receipt["outputs"])

    edit_json(project, f"{BACKTEST}/receipt.json", rehash)
    assert faults(project, run_of(project, EXPERIMENT)) == []
    verdict = verdict_of(project, "backtest")
    assert verdict.outcome == "different"
    equity = read_table(path, EQUITY).column("equity")[-1].as_py()
    assert f"equity: recorded {equity!r}, recomputed {equity - 1000.0!r}" in verdict.faults[0]


def test_a_difference_in_the_last_bits_is_called_what_it_is(project: Project) -> None:
    """As on a processor with another libm: every equity one unit in the last place higher."""
    import numpy as np

    from enerqis.io.hashing import table_digest
    from enerqis.pipeline.backtest import result_digest

    path = project.root / BACKTEST / "equity.parquet"
    table = read_table(path, EQUITY)
    moved = pa.array(np.nextafter(table.column("equity").to_numpy(), np.inf))
    write_table(table.set_column(1, EQUITY.field("equity"), moved), path)

    def rehash(receipt: dict[str, Any]) -> None:
        receipt["outputs"]["equity.parquet"] = table_digest([read_table(path, EQUITY)], EQUITY)
        receipt["result_sha256"] = result_digest(receipt["outputs"])

    edit_json(project, f"{BACKTEST}/receipt.json", rehash)
    verdict = verdict_of(project, "backtest")
    assert (verdict.outcome, verdict.faults) == ("equal within 1e-12, CPU or libm differ", ())
    assert verdict.is_proven


def test_a_line_of_the_audit_trail_that_was_changed_is_named(project: Project) -> None:
    path = project.root / BACKTEST / "audit.jsonl"
    lines = path.read_text("utf-8").split("\n")
    lines[9] = lines[9].replace('"symbol":"GOOG"', '"symbol":"IBM"')
    path.write_text("\n".join(lines), encoding="utf-8")
    assert faults(project, run_of(project, EXPERIMENT)) == [
        "audit.jsonl: changed since it was written",
        "audit.jsonl: line 10: changed: the hash that was recorded is another",
    ]


def test_a_slice_that_was_edited_after_it_was_resolved_is_named(project: Project) -> None:
    path = f"data/spec/{EXPERIMENT}/backtest.json"
    edit_json(project, path, lambda each: each["spec"]["strategy"].update(fast_bars=12))
    assert faults(project, run_of(project, EXPERIMENT)) == [
        f"{path}: edited after it was resolved: strategy.fast_bars 10 -> 12"
    ]


def test_a_spec_that_was_resolved_anew_is_not_called_tampering(project: Project) -> None:
    from enerqis.pipeline.resolve import resolve

    yaml = project.conf / "strategy" / "sma_cross.yaml"
    yaml.write_text(yaml.read_text("utf-8").replace("fast_bars: 10", "fast_bars: 12"), encoding="utf-8")
    resolve(project)
    assert faults(project, run_of(project, EXPERIMENT)) == [
        f"data/spec/{EXPERIMENT}/backtest.json: of another spec than the receipt: strategy.fast_bars 10 -> 12. "
        "Run 'dvc repro'."
    ]


def test_code_that_differs_from_the_receipt_is_named_with_the_way_back(project: Project) -> None:
    from enerqis.compose.digests import code_digest
    from enerqis.pipeline.receipts import stage_id

    def older(receipt: dict[str, Any]) -> None:
        receipt["code"]["enerqis.indicators.sma"] = "0" * 64
        receipt["identity"]["code"] = code_digest(receipt["code"])
        receipt["stage_id"] = stage_id("backtest", receipt["identity"])

    edit_json(project, f"{BACKTEST}/receipt.json", older)
    verdict = verdict_of(project, "backtest")
    assert verdict.changed[0].startswith("code: enerqis.indicators.sma: 000000000000 -> ")
    assert verdict.changed[1].startswith("restore the code: git log -S ")
    assert (verdict.outcome, verdict.is_proven) == ("bit-equal", True)


def test_a_package_that_differs_from_the_receipt_is_named_with_the_way_back(project: Project) -> None:
    from enerqis.compose.environment import environment_digest
    from enerqis.pipeline.receipts import stage_id

    def older(receipt: dict[str, Any]) -> None:
        receipt["environment"]["numpy"] = "1.0"
        receipt["identity"]["environment"] = environment_digest(receipt["environment"])
        receipt["stage_id"] = stage_id("features", receipt["identity"])

    edit_json(project, f"data/features/{EXPERIMENT}/receipt.json", older)
    verdict = verdict_of(project, "features")
    assert verdict.changed[0].startswith("environment: numpy: 1.0 -> ")
    assert verdict.changed[1] == "restore the environment: numpy==1.0"


def test_noise_in_the_table_of_parity_is_not_called_a_difference(project: Project) -> None:
    """As where another processor ends an equity in another bit."""
    import hashlib

    from enerqis.pipeline import receipts

    def noisy(content: dict[str, Any]) -> None:
        receipt = content.pop("receipt")
        content["divergence"]["max_relative_equity_difference"] = 2e-16
        digest = hashlib.sha256(receipts.text(content).encode()).hexdigest()
        receipt["outputs"]["parity.json"] = receipt["result_sha256"] = digest
        receipt["facts"]["max_relative_equity_difference"] = 2e-16
        content["receipt"] = receipt

    edit_json(project, f"data/parity/{EXPERIMENT}.json", noisy)
    assert verdict_of(project, "parity").outcome == "equal within 1e-12, CPU or libm differ"


def test_an_input_that_is_gone_is_said(project: Project) -> None:
    shutil.rmtree(project.data / "features" / EXPERIMENT)
    shutil.rmtree(project.store / "features")
    (fault,) = verdict_of(project, "backtest").faults
    assert fault.startswith("cannot be computed again: its input 'features' with hash ")


def test_a_run_id_in_the_store_is_found_by_its_first_letters(finished_project: Project) -> None:
    run = run_of(finished_project, EXPERIMENT).receipt["stage_id"]
    (found,) = results_of(finished_project, run[:10])
    assert (found.stage, found.receipt["stage_id"]) == ("backtest", run)
