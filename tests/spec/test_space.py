import json

import pytest
from pydantic import TypeAdapter, ValidationError

from enerqis.spec.space import Range, drawn, listed

RANGE = TypeAdapter(Range)


def range_of(**values):
    return RANGE.validate_json(json.dumps(values))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"kind": "int", "low": 5, "high": 12, "step": 3}, (5, 8, 11)),
        ({"kind": "int", "low": 2, "high": 2}, (2,)),
        ({"kind": "float", "low": 0.0, "high": 0.3, "step": 0.1}, (0.0, 0.1, 0.2, pytest.approx(0.3))),
        ({"kind": "choice", "values": ["close", 1, True, 1.5]}, ("close", 1, True, 1.5)),
    ],
)
def test_a_range_lists_its_values(values, expected):
    assert listed(range_of(**values)) == expected


def test_numbers_without_a_step_have_no_list():
    with pytest.raises(ValueError, match="give the range a step"):
        listed(range_of(kind="float", low=0, high=1))


@pytest.mark.parametrize(
    ("values", "units", "expected"),
    [
        ({"kind": "int", "low": 5, "high": 9, "step": 2}, (0.0, 0.34, 0.999), [5, 7, 9]),
        ({"kind": "float", "low": 2.0, "high": 4.0}, (0.0, 0.5), [2.0, 3.0]),
        ({"kind": "float", "low": 0.01, "high": 100.0, "is_log": True}, (0.0, 0.5), [0.01, pytest.approx(1.0)]),
        ({"kind": "int", "low": 1, "high": 99, "is_log": True}, (0.0, 0.5, 0.9999), [1, 10, 99]),
        ({"kind": "choice", "values": ["a", "b"]}, (0.49, 0.5), ["a", "b"]),
    ],
)
def test_a_number_between_0_and_1_stands_for_a_value(values, units, expected):
    assert [drawn(range_of(**values), unit) for unit in units] == expected


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"kind": "int", "low": 5, "high": 4}, "high 4 is below low 5"),
        ({"kind": "float", "low": 0, "high": 4, "is_log": True}, "needs a low above 0"),
        ({"kind": "int", "low": 1, "high": 9, "step": 2, "is_log": True}, "leave step out"),
        ({"kind": "choice", "values": [1, 1]}, "must not repeat"),
    ],
)
def test_a_range_that_contradicts_itself_is_refused(values, reason):
    with pytest.raises(ValidationError, match=reason):
        range_of(**values)


def test_a_choice_tells_one_from_true():
    assert range_of(kind="choice", values=[1, True]).values == (1, True)
