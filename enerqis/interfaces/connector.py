"""The connector interface: from a source to raw bytes as received, and from raw bytes to rows.

A connector is one file with ``class XParams(ConnectorParams)`` and three functions:

``sources(params, root) -> tuple[RawFile, ...]``
    what the source holds now, without copying it: name and digest of each file. It tells whether ingest is up to date.
``fetch(params, root, raw) -> tuple[RawFile, ...]``
    puts the bytes as received into the folder `raw`; refuses bytes that miss their pin or change while they are read.
``read(params, raw, files) -> Iterator[Rows]``
    parses the files of `raw`, in order, in bounded memory.

`root` is the project's folder. Fetching is the only part that may look outside `raw`. Cells are text as received, or typed
values where the format has types; their meaning is the dataset's normalisation. Rows come in the order of the file.
"""

from __future__ import annotations

from typing import NamedTuple

import pyarrow as pa

from enerqis.spec.base import Spec


class ConnectorParams(Spec):
    """Base of every connector's Params; subclasses add the literal ``kind``."""


class RawFile(NamedTuple):
    """One file of raw bytes as received.

    Parameters
    ----------
    name : str
        File name inside the raw folder.
    sha256 : str
        Digest of its bytes.
    size : int
        Bytes.
    source : str
        Where it came from, for people: package and file, or the path in the project.
    """

    name: str
    sha256: str
    size: int
    source: str


class Rows(NamedTuple):
    """Some rows of one raw file, in its order.

    Parameters
    ----------
    file : int
        Index of the file among those that were fetched.
    symbol : str or None
        The instrument of the whole file; None where a column names it.
    first_row : int
        Number of the first of these rows in its file: 1 = first after the header; malformed rows have no number.
    table : pyarrow.Table
        Columns as the source spells them.
    malformed : tuple of str
        Lines that do not have the file's number of fields, as received; given once, with the file's last rows.
    """

    file: int
    symbol: str | None
    first_row: int
    table: pa.Table
    malformed: tuple[str, ...] = ()
