"""The governed documents of this repository: all declared, all stamped, and kept in the form that is hashed."""

import subprocess
from pathlib import Path

from enerqis.governance import headers
from enerqis.io.project import Project
from enerqis.pipeline.governing import document_problems, documents

ROOT = Path(__file__).parents[2]
FOUND = documents(Project(ROOT))


def test_every_governed_document_holds():
    assert [str(each) for each in document_problems(Project(ROOT))] == []


def test_every_yaml_file_of_cbr_is_governed():
    assert set((ROOT / ".cbr").glob("*.yaml")) - set(FOUND.types) == set()


def test_in_yaml_only_package_and_schema_stand_above_the_header():
    for path in FOUND.types:
        document = headers.parse(headers.decoded(path.read_bytes()))
        assert len(document.above) == (path.suffix == ".yaml"), path


def test_the_links_begin_with_the_tree_that_conf_declares():
    text = (ROOT / "conf/globaldb/standard.yaml").read_text("utf-8")
    assert f"root: {FOUND.declared.root}\nmirror: {FOUND.declared.mirror}\n" in text


def test_git_keeps_lf_in_every_governed_document():
    names = [path.relative_to(ROOT).as_posix() for path in FOUND.types]
    done = subprocess.run(
        ["git", "check-attr", "eol", "--", *names], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert {line.rpartition(": ")[2] for line in done.stdout.splitlines()} == {"lf"}
    assert len(done.stdout.splitlines()) == len(names)
