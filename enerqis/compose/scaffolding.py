"""The files of a new project: templates, and copies of the shipped value groups so that a review sees every value.

A copy belongs to its project: a later version of ENERQIS does not change it.
"""

from __future__ import annotations

import re
from pathlib import Path

from enerqis.compose.pins import installed_pins, pins_text
from enerqis.compose.yaml_rules import META_LINE
from enerqis.core.errors import SetupError
from enerqis.core.groups import FAMILIES, GROUPS
from enerqis.io.shipped import shipped_folder, templates

OWN_GROUPS = ("dataset", "universe")
"""Groups whose shipped files are about this repository's sample; a new project has its own."""

SHIPPED_FILES = (
    ".dvc/config",
    ".dvcignore",
    ".gitattributes",
    ".gitignore",
    ".yamllint",
    ".cbr/README.md",
    ".cbr/acceptance_gates.yaml",
    ".cbr/approvers.yaml",
    ".cbr/secrets.yaml",
    ".cbr/trials/README.md",
    "data/README.md",
    "data/sweep/README.md",
    "plugins/README.md",
)
"""Files that a new project has as the repository has them, headers of governed documents left out."""

GATES = ".cbr/acceptance_gates.yaml"
EXPLAINED = "explained_rejects:"
"""The part of the gates that is about this repository's sample; it stands last in the file."""

KIND_LINE = re.compile(r"^\s*kind:\s*[\"']?(\w+)", re.MULTILINE)

DOT = "dot_"
"""Start of a template's name that stands for a leading dot."""

PACKAGE_DEPENDENCY = "      - enerqis\n"
"""The line of the repository's dvc.yaml that a project without the package's source does not have."""


def project_files(name: str) -> dict[str, bytes]:
    """Return every file of a new project called `name` but its generated schemas, by its path inside the project.

    Raises
    ------
    SetupError
        If the installation is not whole.
    """
    shipped = shipped_folder()
    files = {path: (shipped / path).read_bytes() for path in SHIPPED_FILES}
    files[GATES] = without_explained(files[GATES].decode()).encode()
    files |= _value_groups(shipped)
    files = {path: _without_header(path, content) for path, content in files.items()}
    files |= _from_templates(name)
    files["dvc.yaml"] = _graph((shipped / "dvc.yaml").read_text(encoding="utf-8")).encode()
    files["requirements.txt"] = _requirements().encode()
    files |= {f"plugins/{family}/.gitkeep": b"" for family in FAMILIES}
    return dict(sorted(files.items()))


def _without_header(path: str, content: bytes) -> bytes:
    """Return a YAML file without the header of a governed document: the stamp was this repository's, not the project's."""
    if not path.endswith(".yaml"):
        return content
    return "".join(line for line in content.decode().splitlines(keepends=True) if not META_LINE.match(line)).encode()


def without_explained(gates: str) -> str:
    """Return the shipped gates without the rejected rows of the sample that they explain."""
    return gates.partition(EXPLAINED)[0]


def without_git(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files of a project that DVC keeps without git."""
    config = files[".dvc/config"].replace(b"[core]\n", b"[core]\n    no_scm = true\n", 1)
    return {**files, ".dvc/config": config}


def _value_groups(shipped: Path) -> dict[str, bytes]:
    """Return the shipped files of every group that is not about the sample, and the root of the composition."""
    groups = [group.name for group in GROUPS if group.name not in OWN_GROUPS]
    own = {path.stem for path in (shipped / "plugins").rglob("*.py")}
    paths = [shipped / "conf" / "config.yaml"]
    for group in groups:
        paths += [path for path in sorted((shipped / "conf" / group).glob("*.yaml")) if not _names(path, own)]
    return {path.relative_to(shipped).as_posix(): path.read_bytes() for path in paths}


def _names(path: Path, own: set[str]) -> bool:
    """Return whether a file chooses a kind that a checkout has under plugins/: it is its user's, and no new project has it."""
    return bool(own & set(KIND_LINE.findall(path.read_text(encoding="utf-8"))))


def _from_templates(name: str) -> dict[str, bytes]:
    """Return the templates with their names undotted and the project's name filled in."""
    folder = templates("project")
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            parts = [
                part.replace(DOT, ".", 1) if part.startswith(DOT) else part for part in path.relative_to(folder).parts
            ]
            files["/".join(parts)] = path.read_text(encoding="utf-8").replace("PROJECT_NAME", name).encode()
    return files


def _graph(repository: str) -> str:
    """Return the repository's graph without its dependency on the package's source: the pins stand for it."""
    if repository.count(PACKAGE_DEPENDENCY) != 1:
        raise SetupError("dvc.yaml as shipped does not name the package once. Install ENERQIS again.")
    return repository.replace(PACKAGE_DEPENDENCY, "")


def _requirements() -> str:
    head = (
        "# What this project was made with; `resolve` depends on this file. On another machine install ENERQIS first, from\n"
        "# its wheel or its checkout, and then: pip install -r requirements.txt\n"
    )
    return head + pins_text(installed_pins())
