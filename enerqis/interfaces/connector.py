"""The connector interface: from a source to raw bytes as received, and from raw bytes to rows.

A connector is one file with ``class XParams(ConnectorParams)`` and three functions:

``sources(params, root) -> tuple[RawFile, ...]``
    what the source holds now, without copying it: name and digest of each file. It tells whether ingest is up to date.
    What goes under ``data/`` is pinned: each of these digests must then stand in the Params.
``fetch(params, root, raw) -> tuple[RawFile, ...]``
    puts the bytes as received into the folder `raw`; refuses bytes that miss their pin or change while they are read.
``read(params, raw, files) -> Iterator[Rows]``
    parses the files of `raw`, in order, in bounded memory.

It may have a fourth, ``absent(params) -> dict[int, str]``: what is wrong with each of its files, by its place in ``files``,
that is known not to be there without opening any; `enerqis lint` asks.

`root` is the project's folder. Fetching is the only part that may look outside `raw`. Cells are text as received, or typed
values where the format has types; their meaning is the dataset's normalisation. Rows come in the order of the file.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from enerqis.io.raw import RawFile
from enerqis.spec.base import Spec

__all__ = ["ConnectorParams", "RawFile", "Rows"]


class ConnectorParams(Spec):
    """Base of every connector's Params; subclasses add the literal ``kind``."""


class Rows(NamedTuple):
    """Some rows of one raw file, in its order.

    Parameters
    ----------
    file : int
        Index of the file among those that were fetched.
    symbol : str or None
        The instrument of the whole file; None where a column names it.
    table : pyarrow.Table
        Columns as the source spells them.
    numbers : ndarray of shape (n_rows,), int64
        Number of each row in its file: 1 = first after the header, malformed ones counted.
    malformed : tuple of (int, str)
        Number and text of each line that has not the file's number of fields; given once, with the file's last rows.
    """

    file: int
    symbol: str | None
    table: pa.Table
    numbers: npt.NDArray[np.int64]
    malformed: tuple[tuple[int, str], ...] = ()
