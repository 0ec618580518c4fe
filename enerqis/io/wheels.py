"""The wheel of ENERQIS that is running, as bytes that follow from its files alone.

A checkout is built by hatchling; an installed wheel is put together again from what was installed. Either way its members are
sealed and its RECORD is written anew, so that both give the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import NamedTuple

from enerqis.core.errors import SetupError
from enerqis.io.plugins import package_folder
from enerqis.io.sealed_zip import sealed

DISTRIBUTION = "enerqis"
EPOCH = "315532800"
"""1980-01-01 as SOURCE_DATE_EPOCH: what a build writes of time."""

OF_INSTALLER = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")
"""Files of a ``.dist-info`` folder that an installer writes, no build."""


class Wheel(NamedTuple):
    """A wheel: its file name and its bytes."""

    name: str
    content: bytes


def project_wheel() -> Wheel:
    """Return the wheel of the ENERQIS that runs.

    Raises
    ------
    SetupError
        If it is a checkout and hatchling is not installed, or it is not installed at all.
    """
    root = package_folder().parent
    files = _built(root) if (root / "pyproject.toml").is_file() else _installed()
    return Wheel(wheel_name(files), sealed(with_record(files)))


def with_record(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of a wheel with a RECORD that names each by hash and size, sorted."""
    record = f"{_info(files)}/RECORD"
    lines = [f"{name},sha256={_digest(content)},{len(content)}\n" for name, content in sorted(files.items())]
    return {**files, record: "".join([*lines, f"{record},,\n"]).encode()}


def wheel_name(files: Mapping[str, bytes]) -> str:
    """Return what the wheel of some files is called."""
    return f"{_info(files).removesuffix('.dist-info')}-py3-none-any.whl"


def record_faults(files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield the files of a wheel that are not as its RECORD says."""
    records = [name for name in files if name.endswith(".dist-info/RECORD")]
    if len(records) != 1:
        yield "no RECORD, or more than one"
        return
    bare = {name: content for name, content in files.items() if name != records[0]}
    if not any(name.endswith(".dist-info/METADATA") for name in bare):
        yield "no METADATA"
        return
    lines = files[records[0]].decode("utf-8", "replace").splitlines()
    stated = dict(line.rsplit(",", 2)[:2] for line in lines if line.count(",") >= 2)
    for name in sorted({*bare, *stated} - {records[0]}):
        if name not in bare:
            yield f"{name}: in its RECORD and not there"
        elif stated.get(name) != f"sha256={_digest(bare[name])}":
            yield f"{name}: not as its RECORD says"


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def _info(files: Mapping[str, bytes]) -> str:
    return next(name.partition("/")[0] for name in files if name.endswith(".dist-info/METADATA"))


def _built(root: Path) -> dict[str, bytes]:
    """Return the files of the wheel that hatchling builds of a checkout."""
    try:
        from hatchling.builders.wheel import WheelBuilder
    except ImportError as exc:
        raise SetupError(
            "hatchling: not installed: a package holds the wheel of this checkout. Install it with "
            "pip install --require-hashes --no-deps -r requirements-dev.txt"
        ) from exc
    with tempfile.TemporaryDirectory(prefix="enerqis-wheel-") as folder, _fixed_clock():
        built = next(iter(WheelBuilder(str(root)).build(directory=folder, versions=["standard"])))
        with zipfile.ZipFile(built) as archive:
            files = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    return {name: content for name, content in files.items() if not name.endswith(".dist-info/RECORD")}


@contextmanager
def _fixed_clock() -> Iterator[None]:
    """Let builds in the block write one date."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = EPOCH
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before


def _installed() -> dict[str, bytes]:
    """Return the files that an installed wheel had."""
    try:
        found = distribution(DISTRIBUTION).files or []
    except PackageNotFoundError as exc:
        raise SetupError("enerqis: not installed, and no checkout: there is no wheel of it to pack.") from exc
    kept = {}
    for each in found:
        name = each.as_posix()
        if name.startswith("..") or name.endswith(".pyc") or each.name in OF_INSTALLER:
            continue
        kept[name] = Path(str(each.locate())).read_bytes()
    if not any(name.startswith(f"{DISTRIBUTION}/") for name in kept):
        raise SetupError(
            "enerqis: runs from a folder that is neither an installed wheel nor a checkout with its pyproject.toml: there is "
            "no wheel of it to pack. Install it, or run in the checkout."
        )
    return kept
