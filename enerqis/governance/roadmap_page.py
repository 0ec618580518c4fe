"""``docs/roadmap.md``, the roadmap for people, and the tables of docs/repository.md: drawn from ``.cbr/roadmap.yaml``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from enerqis.core.roles import ROLES, TITLES
from enerqis.governance.codeowners import team
from enerqis.governance.rights import approval_rights, reviewers
from enerqis.spec.repository import Repository
from enerqis.spec.roadmap import Duty, Phase, Right, Roadmap, RoadmapStage, RoadmapStep

PLACE = "docs/roadmap.md"

RIGHT_WORDS: dict[Right, str] = {
    "paper": "the promotion from sandbox to paper",
    "live": "the promotion from paper to live",
    "loosening": "a looser limit or gate, on any edge",
}

HEAD = """\
# Roadmap

What is built when, and who answers for it. This page is the twin of `.cbr/roadmap.yaml` for people: edit that file and run
`enerqis repo generate`. Each step has one role that does it and another that approves it; a role marked * was assigned by us,
because the founders' roadmap names nobody. Months count from the start.
"""


def roadmap_page(roadmap: Roadmap) -> str:
    """Return the page, without a header."""
    return "\n".join([HEAD, *(line for stage in roadmap.stages for line in _stage(stage))]).rstrip("\n") + "\n"


def roles_table(repository: Repository) -> str:
    """Return a row a role: its title, its name in files, its team."""
    return table(
        ("role", "in files", "team"), [(TITLES[role], f"`{role}`", f"`{team(repository, role)}`") for role in ROLES]
    )


def reviewers_table(roadmap: Roadmap) -> str:
    """Return a row a pattern of files: who reviews it, and for which step."""
    rows = [
        (
            f"`{each.pattern}`",
            " or ".join(TITLES[role] for role in each.roles) + (", alone" if each.is_guarded else ""),
            each.step,
        )
        for each in reviewers(roadmap)
    ]
    return table(("files", "reviewed by", "step"), rows)


def rights_table(roadmap: Roadmap) -> str:
    """Return a row a right: what is approved, and by which roles."""
    rows = [
        (f"`{right}`", RIGHT_WORDS[right], " or ".join(TITLES[role] for role in roles) or "nobody")
        for right, roles in approval_rights(roadmap).items()
    ]
    return table(("right", "allows", "approved by"), rows)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; a bar inside a cell is written so that it stays inside."""
    lines = [head, ["---"] * len(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _stage(stage: RoadmapStage) -> Iterator[str]:
    until = f"to {stage.to_month}" if stage.to_month is not None else "on"
    yield f"## Stage {stage.number}: {stage.title} (month {stage.from_month} {until})\n"
    for phase in stage.phases:
        yield from _phase(phase)


def _phase(phase: Phase) -> Iterator[str]:
    yield f"### {phase.number} {phase.title}\n"
    yield f"**There at the end:** {phase.deliverable}\n"
    yield table(
        ("step", "work", "responsible", "approver", "consulted", "informed"), [_step(step) for step in phase.steps]
    )


def _step(step: RoadmapStep) -> tuple[str, ...]:
    return (
        step.title,
        "; ".join(step.work),
        *map(_roles, ((step.responsible,), (step.approver,), step.consulted, step.informed)),
    )


def _roles(duties: Iterable[Duty]) -> str:
    return ", ".join(f"{TITLES[each.role]}{'*' if each.assigned else ''}" for each in duties)
