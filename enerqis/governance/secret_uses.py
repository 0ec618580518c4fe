"""Where a project's specs refer to secrets."""

from __future__ import annotations

import re

from enerqis.io.project import Project

REFERENCE = re.compile(r"secret://([a-z][a-z0-9_]*(?:/[a-z][a-z0-9_]*)+)")


def references(project: Project) -> dict[str, str]:
    """Return every name that params.yaml or a YAML file under ``conf/`` refers to, and where first; comments do not count."""
    found: dict[str, str] = {}
    for path in [project.params_file, *sorted(project.conf.rglob("*.yaml"))]:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            for name in REFERENCE.findall(re.split(r"(?:^|\s)#", line)[0]):
                found.setdefault(name, f"{project.relative(path)}:{number}")
    return found
