"""Where things lie in a data folder of QuantConnect/Lean."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from enerqis.io.raw import RawFile
from enerqis.io.sources import existing_file


class Shelf(NamedTuple):
    """One kind of bars: which archives of the folder hold them.

    Parameters
    ----------
    security : {'equity', 'forex', 'crypto', 'future'}
    market : str
        Such as usa, oanda, coinbase, comex.
    resolution : {'daily', 'hour'}
    bars : {'trade', 'quote'}
    """

    security: str
    market: str
    resolution: str
    bars: str

    def archive(self, ticker: str) -> str:
        """Return the path of a ticker's archive under the data folder."""
        suffix = "" if self.security in ("equity", "forex") else f"_{self.bars}"
        return f"{self.security}/{self.market}/{self.resolution}/{ticker.lower()}{suffix}.zip"

    def map_file(self, ticker: str) -> str:
        """Return the path of the record of a security's tickers."""
        return f"{self.security}/{self.market}/map_files/{ticker.lower()}.csv"

    def factor_file(self, ticker: str) -> str:
        """Return the path of the record of a security's splits and dividends."""
        return f"{self.security}/{self.market}/factor_files/{ticker.lower()}.csv"


class Copies:
    """Files of a data folder as they were received, by their path under it.

    Parameters
    ----------
    root : str
        The data folder's path in the project.
    raw : Path
        Folder of the copies.
    files : sequence of RawFile
        What was received, in order.
    """

    def __init__(self, root: str, raw: Path, files: Sequence[RawFile]) -> None:
        self._raw = raw
        self._files = files
        self._index = {file.source.removeprefix(f"{root}/"): index for index, file in enumerate(files)}

    def __contains__(self, place: str) -> bool:
        return place in self._index

    def index(self, place: str) -> int:
        """Return the position of a file among those received."""
        return self._index[place]

    def path(self, place: str) -> Path:
        """Return where the copy lies."""
        return self._raw / self._files[self._index[place]].name

    def name(self, place: str) -> str:
        """Return what messages call the file: its path in the project."""
        return self._files[self._index[place]].source


def present(folder: Path, place: str, *, root: str, advice: str) -> str:
    """Return `place` if the data folder has such a file.

    Parameters
    ----------
    folder : Path
        The data folder.
    place : str
        Path under it.
    root : str
        What messages call the data folder.
    advice : str
        What else may be done than fetching the file.

    Raises
    ------
    DataError
        If there is no such file; the message names some neighbours.
    """
    existing_file(folder / place, called=f"{root}/{place}", advice=f"Fetch it, or {advice}")
    return place
