"""Generated modules on disk: written once, whole or not at all, and imported under a name that is their hash."""

from __future__ import annotations

import atexit
import functools
import hashlib
import importlib.util
import os
import shutil
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

PREFIX = "enerqis_kernel_"
"""Start of the name that a generated module is imported under."""


@functools.cache
def compiler() -> str:
    """Return what compiles a generated module, with versions."""
    return f"numba {version('numba')} llvmlite {version('llvmlite')} python {sys.version_info[:2]}"


def module_name(text: str) -> str:
    """Return the name of a generated module: the hash of its text and of the compiler that will read it."""
    return PREFIX + hashlib.sha256(f"{compiler()}\0{text}".encode()).hexdigest()


def write_once(folder: Path, name: str, text: str) -> Path:
    """Write a module unless it is there; another process may write it at the same time.

    Its time stamp is fixed, so that the compiler's cache, which looks at it, does not care who wrote it.
    """
    path = folder / f"{name}.py"
    if path.is_file() and path.stat().st_size == len(text.encode()):
        return path
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=f"{name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.utime(temporary, (0, 0))
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


@functools.cache
def fallback_folder() -> Path:
    """Return a private folder of this process for generated modules where the project's cannot be written."""
    folder = Path(tempfile.mkdtemp(prefix="enerqis-kernels-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def place(folder: Path, name: str, text: str) -> Path:
    """Return the file of a generated module in `folder`, or in the fallback folder where that cannot be written."""
    try:
        return write_once(folder, name, text)
    except OSError:
        return write_once(fallback_folder(), name, text)


def load(text: str, folder: Path) -> ModuleType:
    """Import the module with this text; a process imports it once.

    Parameters
    ----------
    text : str
    folder : Path
        Where generated modules are kept.
    """
    name = module_name(text)
    if name in sys.modules:
        return sys.modules[name]
    path = place(folder, name, text)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
