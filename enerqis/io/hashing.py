"""Canonical forms and digests: independent of key order, YAML style, Parquet layout and machine."""

from __future__ import annotations

import hashlib
import math
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import rfc8785

CHUNK_BYTES = 1 << 20


def canonical(value: Any) -> bytes:
    """Return the RFC 8785 form of a JSON tree: NFC strings, -0.0 as 0.0.

    Raises
    ------
    ValueError
        If a number is NaN or infinite.
    """
    return rfc8785.dumps(_normal(value))


def digest(domain: str, value: Any) -> str:
    """Return the SHA-256 of the canonical form of `value`, prefixed with `domain` such as ``enerqis/spec/1``."""
    return hashlib.sha256(domain.encode() + b"\0" + canonical(value)).hexdigest()


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, read in chunks."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def table_digest(tables: Iterable[pa.Table | pa.RecordBatch], schema: pa.Schema) -> str:
    """Return the digest of the logical content of rows in order: column by column, type and null by type and null.

    Chunking, file layout, dictionary encoding and metadata do not matter; the order of rows does.
    """
    columns = [hashlib.sha256(f"{field.name}\0{field.type}".encode()) for field in schema]
    rows = 0
    for table in tables:
        rows += table.num_rows
        for hasher, field in zip(columns, schema, strict=True):
            for chunk in _chunks(table.column(field.name)):
                hasher.update(_column_bytes(chunk))
    total = hashlib.sha256(f"enerqis/table/1\0{rows}".encode())
    for hasher in columns:
        total.update(hasher.digest())
    return total.hexdigest()


def _chunks(column: pa.Array | pa.ChunkedArray) -> Iterable[pa.Array]:
    return column.chunks if isinstance(column, pa.ChunkedArray) else [column]


def _column_bytes(array: pa.Array) -> bytes:
    """Return the bytes of values; of text the values joined by a separator that is escaped inside."""
    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        lengths = np.asarray(pc.fill_null(pc.binary_length(array), -1), dtype="<i4").tobytes()
        text: bytes = "".join(each or "" for each in array.to_pylist()).encode()
        return _interleave(array, lengths, text)
    if pa.types.is_floating(array.type):
        values = np.asarray(pc.fill_null(array, math.nan), dtype="<f8")
        values = np.where(np.isnan(values), np.nan, values) + 0.0
    elif pa.types.is_boolean(array.type):
        values = np.asarray(pc.fill_null(array, False), dtype="<u1")
    else:
        plain = array.cast(pa.int32()) if pa.types.is_date32(array.type) else array
        values = np.asarray(pc.fill_null(plain.cast(pa.int64()), 0), dtype="<i8")
    return _interleave(array, values.tobytes(), b"")


def _interleave(array: pa.Array, first: bytes, second: bytes) -> bytes:
    nulls = np.asarray(array.is_null(), dtype="<u1").tobytes() if array.null_count else b""
    return first + second + nulls


def _normal(value: Any) -> Any:
    if isinstance(value, bool) or value is None or isinstance(value, int):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} has no canonical form")
        return value + 0.0
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {unicodedata.normalize("NFC", str(key)): _normal(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_normal(item) for item in value]
    return str(value)
