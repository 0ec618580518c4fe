"""ENERQIS: edit a YAML spec, get a trading experiment that anyone can rerun, review and trust.

The Python API is `resolve` and `run`; see `enerqis.pipeline.api`. They are imported when they are first asked for, so that
importing a part of ENERQIS does not wait for all of it. Their types stand in ``__init__.pyi``.
"""

import importlib

__all__ = ["Run", "resolve", "run"]


def __getattr__(name: str) -> object:
    """Return a part of the Python API (PEP 562)."""
    if name in __all__:
        return getattr(importlib.import_module("enerqis.pipeline.api"), name)
    raise AttributeError(f"module 'enerqis' has no attribute '{name}'. Its API: {', '.join(__all__)}")


def __dir__() -> list[str]:
    """Return the names of the Python API."""
    return __all__
