"""A disk that fills at any point of a run, on a real file system of a few hundred kilobytes."""

from __future__ import annotations

import subprocess

import pytest

from tests.pipeline.killing import ONE_EXPERIMENT
from tests.pipeline.project_copy import Copy, make_copy

pytestmark = pytest.mark.slow

RUN = "enerqis --quiet run experiment=goog_sma_cross --no-track"
SIZES_KB = {"data": (100, 1300), ".enerqis/store": (100, 400)}
"""The first of each does not hold the first output, the second not the last."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return make_copy(tmp_path_factory.mktemp("full") / "project", ONE_EXPERIMENT)


@pytest.fixture
def small_disk(project, require_system_tool):
    """Return a function that runs shell words in the project with one of its folders on a disk of some kilobytes."""
    unshare = require_system_tool("unshare")

    def run(folder: str, kilobytes: int, words: str) -> subprocess.CompletedProcess[str]:
        (project.root / folder).mkdir(parents=True, exist_ok=True)
        mount = f"mount -t tmpfs -o size={kilobytes}k none {folder}"
        return project.call(unshare, "--map-root-user", "--mount", "sh", "-c", f"{mount} && {words}", check=False)

    if run("data", 100, "true").returncode:
        pytest.skip("this system does not let a user mount a file system of their own")
    return run


@pytest.mark.parametrize(("folder", "kilobytes"), [(name, size) for name, sizes in SIZES_KB.items() for size in sizes])
def test_a_full_disk_is_one_message_and_no_half_output(small_disk, folder, kilobytes):
    leftovers = f"find {folder} -name '.enerqis-tmp-*' -o -type d -empty -path '*/goog_sma_cross'"
    done = small_disk(folder, kilobytes, f"{RUN}; echo ended with $?; {leftovers}; {_receipts_last(folder)}")
    assert done.stdout.splitlines() == ["ended with 1"], done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert any("disk" in line and "run again" in line for line in done.stderr.splitlines()), done.stderr


def test_with_room_again_the_same_project_runs(project):
    assert "run id" in project.call(*RUN.split()).stdout


def _receipts_last(folder: str) -> str:
    """Return shell words that print every finished place without its receipt."""
    return f"for out in {folder}/*/goog_sma_cross; do test ! -d $out || test -f $out/receipt.json || echo $out; done"
