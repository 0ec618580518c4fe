from pathlib import Path

import pytest

from enerqis.io.project import Project
from tests.compose.small_project import write_project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return write_project(tmp_path)
