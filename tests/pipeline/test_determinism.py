"""The same result whatever the process's environment: what may differ with another libm is stated, and nothing else does.

The run uses `log` and `exp` on its way (kinetic energy); it is verified under each variation in a process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from enerqis.io.project import Project
from enerqis.pipeline import api
from tests.pipeline.finished import EXPERIMENT

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
WORDS = ["strategy=energy_breakout", "+feature@feature.market_energy=market_energy"]
CLOSE = "equal within 1e-12, CPU or libm differ"
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "ARROW_NUM_THREADS": "1"}
ELSEWHERE = {"PYTHONHASHSEED": "12345", "TZ": "Asia/Kathmandu", "LC_ALL": "C", "LANG": "C"}
WITHOUT_FMA = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX512F"}


@pytest.fixture(scope="module")
def runs(finished_project: Project) -> tuple[Project, list[str]]:
    """The project, and the ids of a run's features and backtest in its store."""
    done = api.run(EXPERIMENT, WORDS, project=finished_project.root)
    assert done.stages["backtest"].facts["fills"] > 10
    return finished_project, [done.stages[stage].stage_id for stage in ("features", "backtest")]


def outcomes(
    runs: tuple[Project, list[str]],
    environment: Mapping[str, str],
    *words: str,
    folder: str = ".",
    one_core: bool = False,
) -> list[str]:
    """What `enerqis verify` says of both results in a process with other variables, folder or processors."""
    project, ids = runs
    command = [sys.executable, "-m", "enerqis.cli", "--quiet", "verify", *ids, *words]
    if one_core:
        command = ["taskset", "-c", str(min(os.sched_getaffinity(0))), *command]
    done = subprocess.run(
        command,
        cwd=project.root / folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = [line for line in done.stdout.splitlines() if line.startswith(("features ", "backtest "))]
    return [line.partition(": ")[2].partition(", result")[0] for line in found]


def test_hash_seed_time_zone_locale_and_folder_do_not_matter(runs: tuple[Project, list[str]]) -> None:
    assert outcomes(runs, ELSEWHERE, folder="conf/strategy") == ["bit-equal", "bit-equal"]


def test_threads_and_cores_do_not_matter(runs: tuple[Project, list[str]], require_system_tool: object) -> None:
    require_system_tool("taskset")  # type: ignore[operator]
    assert outcomes(runs, ONE_THREAD, one_core=True) == ["bit-equal", "bit-equal"]


def test_kernels_compiled_anew_for_any_processor_give_the_same_bits(runs: tuple[Project, list[str]]) -> None:
    generic = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}
    assert outcomes(runs, generic, "--cold") == ["bit-equal", "bit-equal"]


def test_numpy_without_the_processors_extensions_gives_the_same_bits(runs: tuple[Project, list[str]]) -> None:
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    there = [name for name in __cpu_dispatch__ if __cpu_features__.get(name)]
    assert outcomes(runs, {"NPY_DISABLE_CPU_FEATURES": " ".join(there)}) == ["bit-equal", "bit-equal"]


def test_another_libm_may_move_the_last_bits_of_logarithms_and_nothing_else(runs: tuple[Project, list[str]]) -> None:
    assert set(outcomes(runs, WITHOUT_FMA)) <= {"bit-equal", CLOSE}
