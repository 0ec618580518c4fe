"""Raw files: each keeps a name of its own in the raw folder, whatever the sources are called."""

from pathlib import Path

import pytest

from enerqis.io.raw import Origin, described, received


def origins(root: Path, *places: str) -> list[Origin]:
    """Files whose content is their own path."""
    for place in places:
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(place, encoding="utf-8")
    return [Origin(root / place, place, None) for place in places]


@pytest.mark.parametrize(
    ("places", "names"),
    [
        (("a/x.csv", "b/y.csv"), ["x.csv", "y.csv"]),
        (("a/x.csv", "b/x.csv"), ["1_x.csv", "2_x.csv"]),
        (("a/x.csv", "b/2_x.csv", "c/x.csv"), ["1_x.csv", "2_2_x.csv", "3_x.csv"]),
    ],
)
def test_no_raw_file_overwrites_another(tmp_path: Path, places: tuple[str, ...], names: list[str]) -> None:
    found = origins(tmp_path, *places)
    raw = tmp_path / "raw"
    raw.mkdir()
    files = received(found, raw)
    assert [each.name for each in files] == names
    assert [(raw / each.name).read_text(encoding="utf-8") for each in files] == list(places)
    assert files == described(found)
