"""Bars of QuantConnect/Lean: quotes and their middle."""

import pyarrow as pa
import pytest

from enerqis.io.lean_bars import COLUMNS, with_middle


def quote(bid: str, ask: str) -> dict[str, float | None]:
    """Close and spread of a quote bar whose prices of one side are all the same."""
    row = ["20240102 00:00", *[bid] * 4, "0", *[ask] * 4, "0"]
    table = with_middle(pa.table({name: [cell] for name, cell in zip(COLUMNS["quote"], row, strict=True)}))
    assert {table.column(name)[0].as_py() for name in ("open", "high", "low")} == {table.column("close")[0].as_py()}
    return {name: table.column(name)[0].as_py() for name in ("close", "spread")}


@pytest.mark.parametrize(
    ("bid", "ask", "close", "spread"),
    [
        ("1.31935", "1.32035", 1.31985, 0.001),
        ("1.14607", "1.14707", 1.14657, 0.001),
        ("0.1", "0.2", 0.15, 0.1),
        ("0.00000001", "0.00000002", 0.000000015, 0.00000001),
        (" 1322.9", "1323.2 ", 1323.05, 0.3),
        ("1.5", "", 1.5, None),
        ("", "1.5", 1.5, None),
        ("", "", None, None),
        ("1.5", "n/a", None, None),
        ("-37.8", "-37.6", -37.7, 0.2),
    ],
)
def test_the_middle_of_two_decimals_is_a_decimal(bid: str, ask: str, close: float | None, spread: float | None) -> None:
    assert quote(bid, ask) == {"close": close, "spread": spread}
