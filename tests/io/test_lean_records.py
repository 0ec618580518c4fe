"""Map files and factor files of QuantConnect/Lean."""

from pathlib import Path

import pytest

from enerqis.core.errors import DataError
from enerqis.io.lean_records import Stretch, read_factor_file, read_map_file


def written(folder: Path, text: str) -> Path:
    path = folder / "x.csv"
    path.write_bytes(text.encode("latin-1"))
    return path


def test_a_row_names_the_ticker_up_to_its_date(tmp_path: Path) -> None:
    """Invesco's QQQ traded as QQQQ from 2004-12-01 to 2011-03-22."""
    path = written(tmp_path, "19990310,qqq,Q\n20041130,qqq,Q\n20110322,qqqq,Q\n20501231,qqq,Q\n")
    assert read_map_file(path, name="x.csv") == (
        Stretch("qqq", 19990310, 20041130),
        Stretch("qqqq", 20041131, 20110322),
        Stretch("qqq", 20110323, 20501231),
    )


def test_factors_are_read_row_by_row(tmp_path: Path) -> None:
    rows = read_factor_file(written(tmp_path, "20140606,0.9,0.25,645.57\r\n\r\n20501231,1,1,0"), name="x.csv")
    assert [each.tolist() for each in rows] == [[20140606, 20501231], [0.9, 1.0], [0.25, 1.0], [645.57, 0.0]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "x.csv: no rows"),
        ("20140102,1,1\n", "row 1: needs a date such as 20140402 and at least 3 more fields, not 20140102,1,1"),
        ("2014-01-02,1,1,1\n", "row 1: needs a date"),
        ("20140231,1,1,1\n", "row 1: needs a date"),
        ("20140102,1,1,1\n20140102,1,1,1\n", "row 2: 20140102 does not come after 20140102"),
        ("20140102,one,1,1\n", "could not convert string to float: 'one'; a row is date, price factor"),
        ("20140102,1,1,1\n20140103,1,0,1\n", "row 2: factors must be finite and above 0, not 20140103,1,0,1"),
        ("20140102,inf,1,1\n", "row 1: factors must be finite"),
        ("20140102,\xe9,1,1\n", "x.csv: not UTF-8 text"),
    ],
)
def test_what_is_no_factor_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_factor_file(written(tmp_path, text), name="x.csv")


@pytest.mark.parametrize("text", ["20140102\n", "qqq,20140102\n"])
def test_what_is_no_map_file_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataError, match="row 1: needs a date such as 20140402 and at least 1 more fields"):
        read_map_file(written(tmp_path, text), name="x.csv")
