"""Pins and schemas that a change moves, and what they reach."""

from enerqis.governance.pins import pin_changes
from enerqis.governance.schema_changes import schema_changes
from enerqis.governance.side import Side, Value
from enerqis.governance.verdict import PinChange, SchemaChange
from enerqis.spec.slices import SliceDocument

HASH = "a" * 64
SLICE = SliceDocument(spec={}, spec_sha256=HASH, code_sha256=HASH, engine_sha256=None, env_sha256=HASH)
SIDE = Side(
    experiments={"one": {"risk.stop_loss.max_loss_fraction": Value(value=0.1, origin="x")}, "two": {}},
    slices={"data/spec/one/backtest.json": SLICE, "data/spec/dataset/d.json": SLICE},
    environment={HASH: {"python": "3.11", "zipline_Reloaded": "3"}},
)


def schema(maximum):
    limit = {"properties": {"max_loss_fraction": {"maximum": maximum}}}
    return {"properties": {"stop_loss": {"anyOf": [limit, {"type": "null"}]}, "other": {}}}


def test_a_pin_names_the_stages_whose_identity_holds_the_package():
    found = pin_changes(
        {"zipline-reloaded": "3", "rich": "1", "gone": "1"}, {"zipline-reloaded": "4", "rich": "2"}, SIDE
    )
    assert list(found) == [
        PinChange("gone", "1", "absent", ()),
        PinChange("rich", "1", "2", ()),
        PinChange("zipline-reloaded", "3", "4", ("backtest", "ingest")),
    ]


def test_a_schema_names_the_innermost_keys_that_differ_and_the_experiments_that_hold_them():
    old, new = {"schemas/risk.schema.json": schema(1.0)}, {"schemas/risk.schema.json": schema(2.0)}
    assert list(schema_changes(old, new, SIDE)) == [
        SchemaChange("schemas/risk.schema.json", ("stop_loss.max_loss_fraction",), ("one",))
    ]
    assert list(schema_changes(old, {}, SIDE)) == [SchemaChange("schemas/risk.schema.json", ("the whole file",), ())]
    assert list(schema_changes(old, old, SIDE)) == []
