import json

import pytest
from pydantic import Field, ValidationError

from enerqis.spec.base import Place, Spec, identity_tree


class Inner(Spec):
    size: float = 1.0


class Outer(Spec):
    count: int
    flag: bool = False
    place: Place = "here"
    parts: dict[str, tuple[Inner, ...]] = Field(default_factory=dict)


def read(**tree):
    return Outer.model_validate_json(json.dumps(tree))


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ({"count": "5"}, "valid integer"),
        ({"count": True}, "valid integer"),
        ({"count": 5.5}, "valid integer"),
        ({"count": 5, "flag": 1}, "valid boolean"),
        ({"count": 5, "flagg": True}, "Extra inputs are not permitted"),
        ({"count": 5, "parts": {"a": [{"size": float("nan")}]}}, "finite number"),
        ({"count": 5, "parts": {"a": [{"size": float("inf")}]}}, "finite number"),
        ({"count": 5, "place": ""}, "at least 1 character"),
    ],
)
def test_no_value_is_read_as_another_kind(tree, message):
    with pytest.raises(ValidationError, match=message):
        read(**tree)


def test_a_spec_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        read(count=1).count = 2


def test_the_identity_has_every_default_and_no_place():
    first = read(count=5, place="there", parts={"a": [{}]})
    assert identity_tree(first) == {"count": 5, "flag": False, "parts": {"a": [{"size": 1.0}]}}
    assert identity_tree(first) == identity_tree(read(count=5, parts={"a": [{"size": 1}]}))
