"""Scanning a project: git's files, new ones and outputs; what is allowed, and what is allowed for nothing."""

import base64
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import pytest

from enerqis.governance.secret_scan import scan, scanned_files
from enerqis.governance.secret_shapes import matches
from enerqis.io.project import Project
from enerqis.spec.secrets import Allowed
from tests.governance.test_secret_shapes import PLANTED

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path):
    """Return a project with one file of each sort."""
    for name, text in {
        "kept.py": "x = 1\n",
        ".gitignore": "/data/*\n.enerqis/\nignored.txt\n",
        "ignored.txt": PLANTED["AWS access key"],
        "data/report/a/index.html": "<p>report</p>",
        ".enerqis/log/enerqis.jsonl": "{}\n",
        ".enerqis/store/x": PLANTED["AWS access key"],
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "kept.py"], cwd=tmp_path, check=True)
    return Project(tmp_path)


def test_files_of_git_new_files_and_outputs_are_read_and_ignored_ones_are_not(project):
    names = [project.relative(path) for path in scanned_files(project)]
    assert names == [".enerqis/log/enerqis.jsonl", ".gitignore", "data/report/a/index.html", "kept.py"]
    assert scan(project).places == []


@pytest.mark.parametrize("name", ["kept.py", "new.md", "data/report/a/index.html", ".enerqis/log/enerqis.jsonl"])
def test_what_is_planted_is_found_wherever_it_is(project, name):
    with (project.root / name).open("a", encoding="utf-8") as stream:
        stream.write("\n".join(PLANTED.values()))
    places = scan(project).places
    assert sorted(each.match.kind for each in places) == sorted(kind.partition(" (")[0] for kind in PLANTED)
    assert {each.path for each in places} == {name}


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_text_of_two_bytes_a_letter_is_read(project, order):
    planted = "\n".join(["\ufeffnothing", PLANTED["Vault token"], PLANTED["GitHub token"]])
    (project.root / "kept.py").write_bytes(planted.encode(order))
    assert [each.match.line for each in scan(project).places] == [2, 3]
    assert [each.match.line for each in scan(project, values=["nothing"]).places if "stored" in each.match.kind] == [1]


def test_an_allowed_finding_is_left_out_in_its_file_and_with_its_text_only(project):
    planted = PLANTED["Vault token"]
    (project.root / "kept.py").write_text(planted, "utf-8")
    (found,) = matches(planted.encode())
    allowed = [Allowed(path="kept.py", fingerprint=found.fingerprint, reason="made up for a test")]
    assert scan(project, allowed=allowed).places == []
    (project.root / "new.py").write_text(planted, "utf-8")
    assert [each.path for each in scan(project, allowed=allowed).places] == ["new.py"]
    (project.root / "new.py").unlink()
    (project.root / "kept.py").write_text(PLANTED["Vault token"] + "other", "utf-8")
    done = scan(project, allowed=allowed)
    assert [each.path for each in done.places] == ["kept.py"]
    assert done.stale == allowed


@pytest.mark.parametrize(
    "encoded",
    [str, quote, lambda value: base64.b64encode(f"user:{value}".encode()).decode(), lambda v: v.encode().hex()],
)
def test_the_value_of_a_stored_secret_is_found_in_any_encoding_and_cannot_be_allowed(project, encoded):
    value = "plain words, no shape"
    (project.root / "kept.py").write_text(f"x = {encoded(value)}", "utf-8")
    places = scan(project, values=[value]).places
    assert {(each.path, each.match.kind) for each in places} == {("kept.py", "value of a stored secret")}
    allowed = [Allowed(path="kept.py", fingerprint=each.match.fingerprint, reason="no reason holds") for each in places]
    assert scan(project, values=[value], allowed=allowed).places == places


def test_this_repository_holds_none_and_is_read_in_less_than_two_seconds_of_processor_time():
    started = time.process_time()
    done = scan(Project(ROOT))
    assert (done.places, done.files > 500) == ([], True)
    assert time.process_time() - started < 2
