import datetime

import pytest

from enerqis.compose.decision import StrategyDecision, read_decision
from enerqis.core.errors import ConfigError

BLOCK = """# yaml-language-server: $schema=../../schemas/strategy.schema.json
# A title.
#
# decision:
#   hypothesis: it pays
#   markets: [equities, crypto]
#   horizon: weeks
#   verdict: go
#   reason: it did
#   date: "2026-11-22"
kind: sma_cross
"""


def read(tmp_path, text):
    path = tmp_path / "sma_cross.yaml"
    path.write_text(text, encoding="utf-8")
    return read_decision(path, "conf/strategy/sma_cross.yaml")


def test_the_block_becomes_a_decision(tmp_path):
    assert read(tmp_path, BLOCK) == StrategyDecision(
        hypothesis="it pays",
        markets=("equities", "crypto"),
        horizon="weeks",
        verdict="go",
        reason="it did",
        date=datetime.date(2026, 11, 22),
    )


def test_a_file_without_a_block_has_no_decision(tmp_path):
    assert read(tmp_path, "# A title.\nkind: sma_cross\n") is None


def test_a_block_below_the_header_is_none(tmp_path):
    assert read(tmp_path, "kind: sma_cross\n# decision:\n#   verdict: go\n") is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "verdict: go",
            "verdict: maybe",
            r"sma_cross\.yaml:4:1: decision\.verdict: Input should be 'go', 'hold' or 'drop'",
        ),
        ("#   reason: it did\n", "", r"sma_cross\.yaml:4:1: decision\.reason: Field required"),
        ("reason: it did", "because: it did", r"decision\.because: Extra inputs are not permitted"),
        ('"2026-11-22"', "soon", r"decision\.date: Input should be a valid date"),
        (
            "markets: [equities, crypto]",
            "markets: [equities",
            r"sma_cross\.yaml:4:1: decision: the comment block is not YAML",
        ),
    ],
)
def test_a_block_that_is_no_decision_is_refused_at_its_place(tmp_path, old, new, message):
    with pytest.raises(ConfigError, match=message):
        read(tmp_path, BLOCK.replace(old, new))
