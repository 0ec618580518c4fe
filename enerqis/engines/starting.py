"""Loads numba in less time: what it only asks whether it is there is imported when it is used.

As it loads, numba imports ``scipy.linalg.cython_blas`` to learn whether there is one: a fifth of what a process spends from its
start to its first result, for something that no kernel calls. scipy is a dependency, so the answer is known. numba imports the
module again, and then the real one, where it compiles a product of matrices.
"""

from __future__ import annotations

import functools
import importlib
import sys
import threading
from types import ModuleType

ASKED_FOR = ("scipy.linalg", "scipy.linalg.cython_blas")
"""Modules that stand in, empty, while numba loads."""

ASKS = "numba.np.arraymath"
"""The module of numba that asks."""


@functools.cache
def load_numba() -> None:
    """Load numba; nothing stands in where scipy is loaded already, or where another thread could meet what does."""
    if "scipy.linalg" in sys.modules or ASKS in sys.modules or threading.active_count() > 1:
        return
    sys.modules.update({name: ModuleType(name) for name in ASKED_FOR})
    try:
        importlib.import_module(ASKS)
    finally:
        for name in ASKED_FOR:
            del sys.modules[name]
