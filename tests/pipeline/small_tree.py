"""A small project whose Global Database tests build, edit and freeze."""

import json
from datetime import UTC, datetime

from enerqis.io.project import Project
from enerqis.pipeline.globaldb import build, open_tree
from enerqis.pipeline.governing import documents, stamp_of
from tests.compose.small_project import write, write_project

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
DECLARED = """
    links:
      acceptance_gates: ENERQIS_GlobalDB_TREEBUILD/00_repo/.cbr/acceptance_gates.yaml
      audit_log: ENERQIS_GlobalDB_TREEBUILD/00_repo/.cbr/audit_log.json
      registry: ENERQIS_GlobalDB_TREEBUILD/00_repo/.cbr/registry.json
    documents:
      policy: [docs/*.md]
"""
SPEC = """
    folders:
      01_policies: {title: Policies, documents: [policy]}
      02_data_catalogue: {title: Data, draws: datasets}
      03_strategies: {title: Strategies, draws: strategies}
      04_experiments: {title: Experiments, draws: experiments}
      05_models: {title: Models, draws: models}
      06_reports: {title: Reports, draws: reports}
      08_risk: {title: Risk, draws: risk}
      09_governance: {title: Governance, draws: register}
"""
GATES = """
    gates:
      deflated_sharpe: {value: validation.dsr, comparison: at_least, threshold: 0.95, reason: luck}
"""
METRICS = {
    "metrics": {"sharpe_ratio": 1.25, "trades_count": 3},
    "receipt": {"stage_id": "ab" * 32, "identity": {"seed": 7}},
}
PAGE = "03_strategies/drift__slow.md"
TWIN = "03_strategies/drift__slow.json"


def write_governed(folder):
    """Write a project with a governed page, one experiment's figures and a declared tree."""
    project = write_project(folder)
    root = project.root
    for name, text in {
        ".cbr/documents.yaml": DECLARED,
        ".cbr/acceptance_gates.yaml": GATES,
        ".cbr/registry.json": '{"format": "enerqis/registry/1", "records": [null]}\n',
        ".cbr/audit_log.json": '{"format": "enerqis/audit-log/1", "entries": [null]}\n',
        "conf/globaldb/standard.yaml": SPEC,
        "data/metrics/gold_drift.json": json.dumps(METRICS),
        "docs/hours.md": "# Hours\n\nNobody trades at night.\n",
        "schemas/x.schema.json": "{}\n",
    }.items():
        write(root, name, text)
    stamp(project)
    return project


def stamp(project, name="docs/hours.md", at=NOON):
    found = documents(project)
    return found.stamp(project.root / name, stamp_of(found, "policy", built_at=at))


def opened(project, at=NOON):
    return open_tree(Project(project.root), built_at=at)


def built(project):
    found = opened(project)
    build(found)
    return found


def snapshot(tree):
    return {
        path.relative_to(tree.root).as_posix(): path.read_bytes() for path in tree.root.rglob("*") if path.is_file()
    }


def edit(tree, path, old, new):
    place = tree.root / path
    text = place.read_text("utf-8")
    assert old in text
    place.write_text(text.replace(old, new), encoding="utf-8")


def registry(tree):
    return json.loads((tree.project.root / ".cbr/registry.json").read_text("utf-8"))["records"]


def content(tree, path):
    return json.loads((tree.root / path).read_text("utf-8"))["content"]
