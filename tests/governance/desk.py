"""A small trading desk in a repository of its own: one experiment with results, its author, two approvers with keys.

Ada wrote the experiment, Dan a module that one of its metrics imports; Bob and Cleo may approve, Dan's role does not count.
Everything is real: git, keys, results. What time it is, tests say.
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

from enerqis.governance.signing import new_key_file
from enerqis.io.project import Project
from enerqis.pipeline import api
from enerqis.pipeline.promoting import approve, promote
from enerqis.pipeline.registering import record
from enerqis.pipeline.resolve import resolve
from tests.governance.ledger_of_states import commit, git

ROOT = Path(__file__).parents[2]
NAME = "goog_trend"
DATASET = "us_equities_daily"
NOON = datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)
EDGES = "[research->candidate, candidate->sandbox, sandbox->paper, paper->live]"
FILES = {
    "params.yaml": f"""
        datasets: [{DATASET}]
        experiments:
          {NAME}: {{dataset: {DATASET}, set: {{}}}}
        sweeps: {{}}
    """,
    f"conf/experiment/{NAME}.yaml": f"""
        # @package _global_
        # yaml-language-server: $schema=../../schemas/experiment.schema.json
        defaults:
          - /metric@metric.halves: halves
          - override /dataset: {DATASET}
          - override /strategy: sma_cross
          - override /cost: us_equity
          - override /risk: desk
        universe:
          start: "2010-01-01"
          symbols:
            - GOOG
    """,
    "conf/risk/desk.yaml": """
        # yaml-language-server: $schema=../../schemas/risk.schema.json
        defaults:
          - house
    """,
    "conf/risk/house.yaml": """
        # yaml-language-server: $schema=../../schemas/risk.schema.json
        defaults:
          - standard
    """,
    "conf/metric/halves.yaml": """
        # yaml-language-server: $schema=../../schemas/metric.schema.json
        # A figure of the project's own.
        kind: halves
    """,
    "plugins/metrics/halves.py": '''
        """Half of the bars: a figure of the project's own."""

        from __future__ import annotations

        from typing import Literal

        from enerqis.interfaces.metric import Evidence, MetricParams
        from enerqis_plugins.metrics._shared import half


        class HalvesParams(MetricParams):
            """No parameters."""

            kind: Literal["halves"] = "halves"


        def compute(params: HalvesParams, evidence: Evidence) -> dict[str, float]:
            """Return half of the number of bars."""
            return {"half_bars_count": half(float(evidence.equity.num_rows))}
    ''',
    ".cbr/acceptance_gates.yaml": f"""
        # yaml-language-server: $schema=../schemas/acceptance_gates.schema.json
        format: enerqis/acceptance-gates/1
        gates:
          luck:
            value: validation.deflated_sharpe_fraction
            comparison: at_least
            unit: fraction
            threshold: 0.05
            edges: {EDGES}
            reason: A made-up threshold that the made-up desk can pass.
          drawdown:
            value: metric.max_drawdown_fraction
            comparison: at_most
            unit: fraction
            threshold: risk.drawdown_halt.max_drawdown_fraction
            edges: {EDGES}
            reason: A run that fell further did not keep to its limits.
    """,
}
HELPER = "plugins/metrics/_shared.py"
PEOPLE = (("bob", "ops"), ("cleo", "governance"), ("dan", "infrastructure"), ("ada", "governance"))


def make_desk(folder: Path) -> Project:
    """Make the repository in ``folder/desk``, run the experiment and record it; private keys lie in ``folder/keys``."""
    root = folder / "desk"
    for name in ("conf", "plugins"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("experiment", "__pycache__"))
    for name in (".gitattributes", ".gitignore", "requirements.txt"):
        shutil.copy(ROOT / name, root / name)
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    kernels = ROOT / ".enerqis" / "kernels"
    kernels.mkdir(parents=True, exist_ok=True)
    (root / ".enerqis").mkdir()
    (root / ".enerqis" / "kernels").symlink_to(kernels.resolve())
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "user.name", "ada")
    git(root, "config", "user.email", "ada@example.org")
    commit(root, "experiment", email="ada@example.org")
    (root / HELPER).write_text(
        '"""Halving."""\n\n\ndef half(x: float) -> float:\n    return x / 2.0\n', encoding="utf-8"
    )
    commit(root, "helper", email="dan@example.org")
    _name_people(root, folder / "keys")
    commit(root, "approvers", email="cleo@example.org")
    project = Project(root)
    resolve(project)
    api.run(NAME, project=root)
    record(project, when=NOON)
    commit(root, "record", email="cleo@example.org")
    return project


def _name_people(root: Path, keys: Path) -> None:
    lines = []
    for name, role in PEOPLE:
        key = new_key_file(keys / f"{name}.pem", outside=root)
        lines += [f"  - name: {name}", f"    emails: [{name}@example.org]", f"    roles: [{role}]", f"    key: {key}"]
    text = (ROOT / ".cbr" / "approvers.yaml").read_text(encoding="utf-8")
    (root / ".cbr" / "approvers.yaml").write_text(
        text.replace("people: []\n", "people:\n" + "\n".join(lines) + "\n"), encoding="utf-8"
    )


def copy_of(project: Project, folder: Path) -> Project:
    """Return a copy of a desk whose files may be changed, with its keys."""
    shutil.copytree(project.root, folder / "desk", symlinks=True)
    shutil.copytree(project.root.parent / "keys", folder / "keys")
    return Project(folder / "desk")


def go(project: Project, when: datetime = NOON, **words):
    """Promote the experiment one step."""
    return promote(project, NAME, say=lambda _: None, when=when, **words)


def sign(project: Project, by: str = "bob", to: str = "paper", when: datetime = NOON, **words):
    """Have a person approve the experiment's next step."""
    given = {"days": 14, "reason": "looked at it", **words}
    key = project.root.parent / "keys" / f"{by}.pem"
    return approve(project, NAME, to=to, approver=by, key_file=key, when=when, **given)
