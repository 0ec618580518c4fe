"""Text to numbers, by declared marks; the expected values are Python's own reading of the plain spelling."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerqis.ingestion.numbers import parse_numbers
from enerqis.spec.dataset import Numbers

GERMAN = Numbers(decimal_mark=",", thousands_mark=".")
SWISS = Numbers(thousands_mark="'")
FRENCH = Numbers(decimal_mark=",", thousands_mark=" ")


def parsed(cells, numbers=None, scale=1.0):
    values, is_malformed = parse_numbers(pa.chunked_array([cells]), numbers or Numbers(), scale=scale)
    return values.tolist(), is_malformed.tolist()


@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_plain_text_is_read_to_the_nearest_float(numbers):
    values, is_malformed = parsed([repr(each) for each in numbers])
    assert np.array(values).tobytes() == np.array(numbers).tobytes()
    assert not any(is_malformed)


@pytest.mark.parametrize(
    ("text", "numbers", "expected"),
    [
        ("1.234.567,5", GERMAN, 1234567.5),
        ("-0,25", GERMAN, -0.25),
        ("+7", GERMAN, 7.0),
        ("1'000", SWISS, 1000.0),
        ("1 234,5", FRENCH, 1234.5),
        ("1\u00a0234,5", FRENCH, 1234.5),
        ("12\u202f345\u202f678,25", FRENCH, 12345678.25),
        (" 2.5 ", None, 2.5),
        ("1e-3", None, 0.001),
        (".5", None, 0.5),
    ],
)
def test_a_number_by_its_marks(text, numbers, expected):
    assert parsed([text], numbers) == ([expected], [False])


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1.0,5", GERMAN),  # digits between thousands marks come in threes
        ("1.5", GERMAN),
        ("12.34.567", GERMAN),
        ("1,5", None),
        ("--", None),
        ("1 2", None),
        ("0x10", None),
        ("inf", None),
        ("1e999", None),
    ],
)
def test_what_is_no_number_by_these_marks_is_malformed_and_has_no_value(text, numbers):
    values, is_malformed = parsed(["1", text], numbers)
    assert (values[0], is_malformed) == (1.0, [False, True])
    assert np.isnan(values[1])


@pytest.mark.parametrize("mark", ["", "NaN", "null", " NA "])
def test_a_mark_for_a_missing_value_is_no_mistake(mark):
    values, is_malformed = parsed(["1", mark])
    assert np.isnan(values[1])
    assert is_malformed == [False, False]


def test_typed_columns_pass_and_an_infinity_among_them_is_malformed():
    values, is_malformed = parsed(pa.array([1, None, 3]))
    assert (values[0], values[2], is_malformed) == (1.0, 3.0, [False] * 3)
    assert np.isnan(values[1])
    assert parsed(pa.array([np.inf, 2.0]))[1] == [True, False]


def test_values_are_divided_by_their_scale():
    assert parsed(["11210.0"], scale=10_000.0) == ([1.121], [False])
