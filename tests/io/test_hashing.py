"""Digests of tables: the content counts, nothing else."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerqis.io.hashing import canonical, digest, digest_of_forms, table_digest

SCHEMA = pa.schema(
    [
        pa.field("text", pa.string()),
        pa.field("number", pa.float64()),
        pa.field("count", pa.int64()),
        pa.field("flag", pa.bool_()),
        pa.field("day", pa.date32()),
        pa.field("ts", pa.timestamp("ns", "UTC")),
    ]
)
ROWS = st.lists(
    st.tuples(
        st.none() | st.text(max_size=5),
        st.none() | st.floats(),
        st.none() | st.integers(-(2**63), 2**63 - 1),
        st.none() | st.booleans(),
        st.none() | st.integers(-10_000, 10_000),
        st.none() | st.integers(-(2**62), 2**62),
    ),
    max_size=12,
)


def table(rows: list[tuple[object, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(SCHEMA)
    return pa.table([pa.array(cells, field.type) for cells, field in zip(columns, SCHEMA, strict=True)], schema=SCHEMA)


@settings(deadline=None)
@given(ROWS, st.integers(0, 12))
def test_where_a_table_is_cut_does_not_matter(rows: list[tuple[object, ...]], cut: int) -> None:
    whole = table(rows)
    parts = [whole.slice(0, cut), whole.slice(cut)]
    assert table_digest([whole], SCHEMA) == table_digest(parts, SCHEMA)
    assert table_digest([whole], SCHEMA) == table_digest([pa.concat_tables(parts)], SCHEMA)


@settings(deadline=None)
@given(ROWS.filter(bool), ROWS.filter(bool))
def test_other_content_has_another_digest(first: list[tuple[object, ...]], second: list[tuple[object, ...]]) -> None:
    def plain(rows: list[tuple[object, ...]]) -> str:
        return str([[0.0 if cell == 0.0 and isinstance(cell, float) else cell for cell in row] for row in rows])

    same = table_digest([table(first)], SCHEMA) == table_digest([table(second)], SCHEMA)
    assert same == (plain(first) == plain(second))


def test_every_nan_is_one_and_minus_zero_is_zero() -> None:
    schema = pa.schema([pa.field("x", pa.float64())])
    odd_nan = np.array([0x7FF8000000000001], dtype="<u8").view("<f8")
    for first, second in ((np.array([np.nan]), odd_nan), (np.array([0.0]), np.array([-0.0]))):
        digests = {table_digest([pa.table({"x": values}, schema=schema)], schema) for values in (first, second)}
        assert len(digests) == 1


def test_a_null_is_not_a_value() -> None:
    for dtype, value in ((pa.string(), ""), (pa.float64(), 0.0), (pa.int64(), 0), (pa.bool_(), False)):
        schema = pa.schema([pa.field("x", dtype)])
        assert table_digest([pa.table({"x": pa.array([None], dtype)})], schema) != table_digest(
            [pa.table({"x": pa.array([value], dtype)})], schema
        )


def test_text_does_not_run_together() -> None:
    schema = pa.schema([pa.field("x", pa.string())])
    digests = {table_digest([pa.table({"x": cells})], schema) for cells in (["ab", "c"], ["a", "bc"], ["abc", ""])}
    assert len(digests) == 3


def test_names_and_types_count_and_dictionaries_do_not() -> None:
    schema = pa.schema([pa.field("x", pa.string())])
    plain = pa.table({"x": ["a", "b", "a"]})
    assert table_digest([plain], schema) == table_digest([pa.table({"x": plain["x"].dictionary_encode()})], schema)
    renamed = pa.schema([pa.field("y", pa.string())])
    assert table_digest([plain], schema) != table_digest([plain.rename_columns(["y"])], renamed)


def test_a_null_where_none_may_be_is_refused() -> None:
    schema = pa.schema([pa.field("x", pa.int64(), nullable=False)])
    with pytest.raises(ValueError, match="column 'x' holds nulls"):
        table_digest([pa.table({"x": pa.array([None], pa.int64())})], schema)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["a", "ab", "B", "é", "ﬀ", "\U0001f600", "_", '"', "\n"]), JSON))
def test_the_digest_of_an_object_is_that_of_its_values_forms(value: dict[str, object]) -> None:
    assert digest_of_forms("d", {key: canonical(each) for key, each in value.items()}) == digest("d", value)
