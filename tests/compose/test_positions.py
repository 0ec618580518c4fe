import pytest
import yaml

from enerqis.compose.positions import Place, fault, positions, read_positions

TEXT = """\
# a comment
strategy:
  kind: drift
  "fast": 5
costs: [1, {bps: 2.5}]
"""


def test_every_key_and_value_has_its_place_counted_from_one():
    found = read_positions(TEXT)
    assert found.keys["strategy",] == Place(2, 1)
    assert found.keys["strategy", "fast"] == Place(4, 3)
    assert found.values["strategy", "fast"] == Place(4, 11)
    assert found.keys["costs", "1"] == Place(5, 12)
    assert found.keys["costs", "1", "bps"] == Place(5, 13)
    assert found.values["costs", "1", "bps"] == Place(5, 18)


def test_scalars_are_text_as_written_and_lists_are_known():
    found = read_positions(TEXT)
    assert found.scalars["strategy", "fast"] == "5"
    assert found.scalars["costs", "0"] == "1"
    assert found.lists == {("costs",)}


def test_a_file_is_read_again_when_it_changes_and_a_broken_one_has_no_places(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\n")
    assert positions(path).keys == {("a",): Place(1, 1)}
    path.write_text("\n\na: 1\n")
    assert positions(path).keys == {("a",): Place(3, 1)}
    path.write_text("a: [\n")
    assert positions(path).keys == {}
    assert positions(tmp_path / "none.yaml").keys == {}


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("a: [1,\n", Place(2, 1), "expected the node content"),
        ("a: 1\n b: 2\n", Place(2, 3), "mapping values are not allowed here"),
        ("a: b: c\n", Place(1, 5), "mapping values are not allowed here"),
    ],
)
def test_what_is_not_yaml_says_where_and_why(text, place, reason):
    with pytest.raises(yaml.YAMLError, match="line") as caught:
        read_positions(text)
    where, why = fault(caught.value)
    assert where == place
    assert reason in why
