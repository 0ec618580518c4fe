"""The first value in which two tables lie further apart than allowed."""

import math

import numpy as np
import pyarrow as pa

from enerqis.quant.closeness import first_apart

TABLE = pa.table({"symbol": ["A", "B", "C"], "value": [1.0, math.nan, 3.0]})


def changed(value, row=2):
    values = TABLE.column("value").to_pylist()
    values[row] = value
    return TABLE.set_column(1, "value", pa.array(values))


def test_equal_tables_and_absent_values_on_both_sides_are_not_apart():
    assert first_apart(TABLE, TABLE, relative=0.0) == ""


def test_the_last_bit_is_apart_to_the_bit_and_not_within_a_tolerance():
    other = changed(float(np.nextafter(3.0, 4.0)))
    assert first_apart(TABLE, other, relative=0.0) == "row 3, value: 3.0 against 3.0000000000000004"
    assert first_apart(TABLE, other, relative=1e-12) == ""


def test_a_value_on_one_side_only_is_apart_whatever_the_tolerance():
    assert first_apart(TABLE, changed(math.nan), relative=1.0) == "row 3, value: 3.0 against nan"


def test_text_has_to_be_equal_and_the_earliest_row_is_named():
    other = changed(4.0).set_column(0, "symbol", pa.array(["A", "X", "C"]))
    assert first_apart(TABLE, other, relative=0.5) == "row 2, symbol: 'B' against 'X'"


def test_other_columns_and_another_length_are_said():
    assert first_apart(TABLE, TABLE.slice(0, 2), relative=0.0) == "3 rows against 2"
    assert first_apart(TABLE, TABLE.select(["value"]), relative=0.0) == "columns symbol, value against value"
