"""What every test may ask for."""

import os
import shutil

import pytest


def pytest_collection_modifyitems(items):
    """Begin with the files that hold slow tests, so that no worker is left alone with one at the end.

    xdist keeps this order with ``--no-loadscope-reorder`` only: else it begins with the files of most tests.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def require_system_tool():
    """Return the path of a program of the system; skip where it is absent, but fail in CI, which installs them all."""

    def require(name):
        path = shutil.which(name)
        if path is None and os.environ.get("CI") == "true":
            pytest.fail(f"system tool '{name}' is absent: CI installs it, see .ci/run")
        if path is None:
            pytest.skip(f"system tool '{name}' is absent")
        return path

    return require


@pytest.fixture(scope="session")
def kernels(tmp_path_factory):
    """Return a folder of kernels that all tests and workers may share: a kernel's name is the hash of what it computes."""
    folder = tmp_path_factory.getbasetemp()
    folder = folder.parent / "kernels" if "PYTEST_XDIST_WORKER" in os.environ else folder / "kernels"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def finished_twice(tmp_path_factory):
    """Return a finished project of one experiment and a copy of it, before anything else is tried in either."""
    from tests.pipeline.finished import copy_of, make_finished

    finished = make_finished(tmp_path_factory.mktemp("finished"))
    return finished, copy_of(finished, tmp_path_factory.mktemp("untouched") / "project")


@pytest.fixture(scope="session")
def finished_project(finished_twice):
    """Return a finished project of one experiment; tests that change its files copy it first."""
    return finished_twice[0]


@pytest.fixture(scope="session")
def untouched_project(finished_twice):
    """Return a finished project in which nobody tries anything more, so that its ledger holds one trial."""
    return finished_twice[1]
