"""``.cbr/roadmap.yaml``: what is built when, who answers for each step, and which files and promotions that gives them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from enerqis.core.roles import Role
from enerqis.spec.base import Spec
from enerqis.spec.params import Stem

Months = Annotated[int, Field(ge=0, le=120)]
Sentence = Annotated[str, Field(min_length=3, max_length=240)]
Pattern = Annotated[str, Field(pattern=r"^(\*|[A-Za-z0-9_.\-][A-Za-z0-9_.\-/*]*)$")]
"""Files from the root, as CODEOWNERS names them after a slash: ``folder/``, ``folder/name.py``, ``folder/*.md``, ``*``."""

Right = Literal["paper", "live", "loosening"]
"""What a signed approval allows: entering paper trading, entering live trading, a looser limit or gate on any edge."""


class Duty(Spec):
    """A role's part in a step."""

    role: Role = Field(description="who")
    assigned: bool = Field(False, description="true where the founders' roadmap names nobody and we chose")


class RoadmapStep(Spec):
    """One piece of work with one role that does it and another that approves it."""

    name: Stem = Field(description="how other files and pages name the step")
    title: Sentence
    work: tuple[Sentence, ...] = Field(min_length=1, description="what has to be done")
    responsible: Duty = Field(description="the one role that does it")
    approver: Duty = Field(description="the one role that says whether it is done; another than the responsible one")
    consulted: tuple[Duty, ...] = Field((), description="asked before a decision")
    informed: tuple[Duty, ...] = Field((), description="told after it")
    owns: tuple[Pattern, ...] = Field((), description="files that the responsible role or the approver reviews")
    guards: tuple[Pattern, ...] = Field((), description="files that only the approver reviews")
    grants: tuple[Right, ...] = Field((), description="promotions that the approver of this step may approve")

    @model_validator(mode="after")
    def _check(self) -> Self:
        roles = [each.role for each in (self.responsible, self.approver, *self.consulted, *self.informed)]
        doubled = sorted({role for role in roles if roles.count(role) > 1})
        if doubled:
            raise ValueError(f"{self.name}: a role has one part in a step; {', '.join(doubled)} has two")
        return self


class Phase(Spec):
    """Steps that lead to one deliverable."""

    number: Annotated[str, Field(pattern=r"^[1-9]\.[1-9]$")] = Field(description="STAGE.PHASE, quoted")
    title: Sentence
    deliverable: Sentence = Field(description="what is there when the phase is over")
    steps: tuple[RoadmapStep, ...] = Field(min_length=1)


class RoadmapStage(Spec):
    """Some months of the plan."""

    number: int = Field(ge=1, le=9)
    title: Sentence
    from_month: Months = Field(description="months after the start at which it begins")
    to_month: Months | None = Field(None, description="months after the start at which it ends; null = open")
    phases: tuple[Phase, ...] = Field(min_length=1)


class Roadmap(Spec):
    """The whole of ``.cbr/roadmap.yaml``."""

    format: Literal["enerqis/roadmap/1"] = Field(description="what this file is")
    stages: tuple[RoadmapStage, ...] = Field(min_length=1)

    def steps(self) -> Iterator[tuple[RoadmapStage, Phase, RoadmapStep]]:
        """Yield every step with its stage and phase, in the order of the file."""
        for stage in self.stages:
            for phase in stage.phases:
                for step in phase.steps:
                    yield stage, phase, step

    @model_validator(mode="after")
    def _check(self) -> Self:
        every = list(self.steps())
        for what, found in (
            ("step", [step.name for _, _, step in every]),
            ("stage", [str(stage.number) for stage in self.stages]),
            ("phase", [phase.number for stage in self.stages for phase in stage.phases]),
            ("pattern of files", [each for _, _, step in every for each in (*step.owns, *step.guards)]),
        ):
            doubled = sorted({each for each in found if found.count(each) > 1})
            if doubled:
                raise ValueError(f"two places have one {what}: {', '.join(doubled)}")
        for stage, phase, _ in every:
            if phase.number[0] != str(stage.number):
                raise ValueError(f"phase {phase.number} stands in stage {stage.number}")
        for before, after in zip(self.stages, self.stages[1:], strict=False):
            if before.to_month != after.from_month:
                raise ValueError(f"stage {after.number} does not begin in the month in which {before.number} ends")
        return self
