"""Where the parts of a sweep are run: in this process, or where its search says. No identity and no row depends on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from enerqis.interfaces.search import SearchParams
from enerqis.io.project import Project
from enerqis.pipeline.parts import Launch


@contextmanager
def launched(project: Project, search: SearchParams) -> Iterator[Launch | None]:
    """Give what runs the parts of a sweep, None for this process, and let its processes go afterwards.

    Raises
    ------
    SetupError
        If the launcher is not installed or its cluster does not answer, when the first part is run.
    """
    if search.launcher == "local":
        yield None
        return
    from enerqis.pipeline.cluster import Cluster

    with Cluster(project, search.cluster) as cluster:
        yield cluster.each
