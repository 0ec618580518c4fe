"""The connector interface: from a source to raw bytes and typed batches.

A connector is one file with ``class XParams(ConnectorParams)``, ``fetch(params, project, raw) -> tuple[RawFile, ...]`` which
puts the bytes as received into the folder `raw`, and ``read(params, raw, files) -> Iterator[pa.RecordBatch]`` which parses them
in bounded memory. Parsed columns are text as received or typed values; their meaning is the dataset's normalisation.
"""

from __future__ import annotations

from typing import NamedTuple

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
