"""The hash of a frozen Global Database: what moved since, and what is no baseline."""

import json

import pytest

from enerqis.core.errors import DataError, StageError
from enerqis.pipeline.baseline import freeze, moves
from enerqis.pipeline.globaldb import build, verify
from enerqis.pipeline.governing import documents
from tests.compose.small_project import write
from tests.pipeline.small_tree import (
    NOON,
    PAGE,
    built,
    edit,
    opened,
    registry,
    stamp,
    write_governed,
)


@pytest.fixture
def project(tmp_path):
    return write_governed(tmp_path / "project")


@pytest.fixture
def tree(project):
    return built(project)


def test_a_frozen_tree_tells_what_moved_and_later_headers_name_it(tree):
    done = freeze(opened(tree.project))
    assert verify(opened(tree.project)) == []
    assert list(moves(opened(tree.project))) == []
    assert freeze(opened(tree.project)) == done
    (recorded,) = [each for each in registry(tree) if each]
    assert recorded == {"baseline": done.baseline, "files": len(done.files), "entry": recorded["entry"]}
    write(tree.project.root, "docs/hours.md", "# Hours\n\nNobody trades at noon.\n")
    stamp(tree.project)
    assert documents(tree.project).header(tree.project.root / "docs/hours.md").source_baseline_hash == done.baseline
    build(opened(tree.project))
    assert list(moves(opened(tree.project))) == [
        "00_repo/docs/hours.md: changed",
        "01_policies/hours.json: changed",
        "01_policies/hours.md: changed",
    ]


def test_a_baseline_that_was_changed_by_hand_or_never_recorded_is_refused(tree):
    with pytest.raises(DataError, match=r"no baseline. Freeze the tree"):
        list(moves(opened(tree.project)))
    freeze(opened(tree.project))
    path = tree.project.root / ".cbr/baseline.json"
    frozen = json.loads(path.read_text("utf-8"))
    frozen["files"]["01_policies/hours.md"] = "0" * 64
    path.write_text(json.dumps(frozen), encoding="utf-8")
    with pytest.raises(DataError, match=r"do not give its hash"):
        list(moves(opened(tree.project)))
    write(tree.project.root, ".cbr/audit_log.json", '{"format": "enerqis/audit-log/1", "entries": [null]}\n')
    path.write_text(
        json.dumps(
            frozen
            | {
                "files": {},
                "baseline": documents(tree.project).wanted("x", built_at=NOON, builder="x", tools={}).baseline,
            }
        ),
        encoding="utf-8",
    )
    with pytest.raises(DataError, match=r"is not in the register"):
        list(moves(opened(tree.project)))


def test_a_tree_that_does_not_hold_is_not_frozen(tree):
    edit(tree, PAGE, "| 50 |", "| 55 |")
    with pytest.raises(StageError, match=r"is not frozen. Nothing was changed"):
        freeze(opened(tree.project))
    assert not (tree.project.root / ".cbr/baseline.json").exists()
