"""Canonical forms and digests: independent of key order, YAML style, Parquet layout and machine."""

from __future__ import annotations

import hashlib
import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
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


def digest_of_forms(domain: str, forms: Mapping[str, bytes]) -> str:
    """Return the `digest` of an object from the canonical forms of its values, by key."""
    members = (canonical(key) + b":" + forms[key] for key in sorted(forms, key=lambda key: key.encode("utf-16be")))
    return hashlib.sha256(domain.encode() + b"\0{" + b",".join(members) + b"}").hexdigest()


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, read in chunks."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class TableHasher:
    """Digest of the logical content of rows, fed table by table.

    Chunking, file layout, dictionary encoding and metadata do not matter; names, types, nulls, values and the order of rows
    do. Every NaN is the same NaN, -0.0 is 0.0. Columns are hashed side by side with BLAKE2b, which is the quicker one
    without processor support, and their digests together with SHA-256.

    Parameters
    ----------
    schema : pyarrow.Schema
        Columns to read, in order, and whether they may hold nulls.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self._schema = schema
        self._rows = 0
        self._hashers = [[hashlib.blake2b(digest_size=32) for _ in range(3)] for _ in schema]

    def update(self, table: pa.Table | pa.RecordBatch) -> None:
        """Add the rows of `table` after those before."""
        self._rows += table.num_rows
        for hashers, field in zip(self._hashers, self._schema, strict=True):
            for chunk in _chunks(table.column(field.name)):
                _feed(chunk, hashers, field)

    def hexdigest(self) -> str:
        """Return the digest of all rows so far."""
        total = hashlib.sha256(f"enerqis/table/1\0{self._rows}\0{len(self._schema)}".encode())
        for hashers, field in zip(self._hashers, self._schema, strict=True):
            total.update(digest("enerqis/column/1", [field.name, str(field.type), field.nullable]).encode())
            for hasher in hashers:
                total.update(hasher.digest())
        return total.hexdigest()


def table_digest(tables: Iterable[pa.Table | pa.RecordBatch], schema: pa.Schema) -> str:
    """Return the digest of the logical content of the rows of all `tables`, in order; see `TableHasher`."""
    hasher = TableHasher(schema)
    for table in tables:
        hasher.update(table)
    return hasher.hexdigest()


def _chunks(column: pa.Array | pa.ChunkedArray) -> Iterable[pa.Array]:
    return column.chunks if isinstance(column, pa.ChunkedArray) else [column]


def _feed(array: pa.Array, hashers: Sequence[hashlib.blake2b], field: pa.Field) -> None:
    """Add one chunk to the hashers of values, of lengths (text only) and of nulls (nullable columns only).

    Raises
    ------
    ValueError
        If a column that may not hold nulls does.
    """
    values, lengths, nulls = hashers
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    if field.nullable:
        nulls.update(np.asarray(array.is_null(), dtype="<u1").data)
    elif array.null_count:
        raise ValueError(f"column '{field.name}' holds nulls and is declared without")
    if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
        text = pc.fill_null(array, "").cast(pa.large_string())
        offsets = np.frombuffer(text.buffers()[1], dtype="<i8")[text.offset : text.offset + len(text) + 1]
        lengths.update(np.diff(offsets).astype("<i4").data)
        if len(text) and offsets[-1] > offsets[0]:
            values.update(memoryview(text.buffers()[2])[offsets[0] : offsets[-1]])
        return
    values.update(_plain(array, field.type).data)


def _plain(array: pa.Array, dtype: pa.DataType) -> npt.NDArray[Any]:
    """Return values as a contiguous little-endian array; nulls as zeros, floats with one NaN and one zero."""
    if pa.types.is_floating(dtype):
        floats = np.asarray(pc.fill_null(array, 0.0), dtype="<f8") + 0.0
        floats[np.isnan(floats)] = np.nan
        return floats
    if pa.types.is_boolean(dtype):
        return np.asarray(pc.fill_null(array, False), dtype="<u1")
    plain = array.cast(pa.int32()) if pa.types.is_date32(dtype) else array
    return np.ascontiguousarray(pc.fill_null(plain.cast(pa.int64()), 0), dtype="<i8")


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
