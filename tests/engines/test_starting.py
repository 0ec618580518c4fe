"""numba loads without scipy's linear algebra, and finds it where it is used."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
from enerqis.engines.starting import load_numba
load_numba()
assert "numba.np.arraymath" in sys.modules
assert "scipy.linalg" not in sys.modules
import numpy as np
from numba import njit
product = njit(lambda one, other: np.dot(one, other))
print(product(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0], [6.0]])).ravel().tolist())
assert hasattr(sys.modules["scipy.linalg"], "solve")
"""


def test_numba_loads_without_scipy_and_still_multiplies_matrices():
    # worked by hand: 1*5 + 2*6, 3*5 + 4*6; a process of its own, as this one has loaded both
    found = subprocess.run([sys.executable, "-W", "error", "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert found.stderr == ""
    assert found.stdout.strip() == "[17.0, 39.0]"
