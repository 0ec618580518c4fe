"""``.cbr/acceptance_gates.yaml``: what a result must hold before it may be promoted, and which rejected rows are explained."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, ValidationInfo, field_validator

from enerqis.spec.base import Spec
from enerqis.spec.gate_values import FIXED, Unit, unit_of
from enerqis.spec.params import Stem

Edge = Literal["research->candidate", "candidate->sandbox", "sandbox->paper", "paper->live"]
"""One step of a promotion; retiring and demoting need no gate."""

EDGES: tuple[str, ...] = get_args(Edge)

Comparison = Literal["at_least", "above", "at_most", "below", "equals"]

Severity = Literal["blocks", "asks", "warns"]

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""From the one that lets least through."""

Reason = Annotated[str, Field(min_length=12, pattern=r"\S")]
"""A sentence a reviewer can agree or disagree with."""

LOOSER: dict[Comparison, Literal["up", "down", "either"]] = {
    "at_least": "down",
    "above": "down",
    "at_most": "up",
    "below": "up",
    "equals": "either",
}
"""The direction in which another threshold loosens a gate, by its comparison."""

SYMBOLS: dict[Comparison, str] = {"at_least": ">=", "above": ">", "at_most": "<=", "below": "<", "equals": "=="}
"""How a comparison is written in a formula."""


class Gate(Spec):
    """One condition on one value of a result."""

    value: str = Field(
        pattern=r"^[a-z_]+(\.[A-Za-z0-9_]+)+$",
        description="what is looked at, such as metric.sharpe_ratio; docs/gates.md lists every name",
    )
    comparison: Comparison = Field(description="how the value must stand to the threshold")
    unit: Unit = Field(description="unit of the threshold; the one that the value's name ends with")
    threshold: float | str = Field(description="a number in that unit, or the name of another value of the same unit")
    edges: tuple[Edge, ...] = Field(min_length=1, description="promotions that it guards")
    severity: Severity = Field(
        "blocks",
        description="where it fails: blocks = the promotion is refused; asks = so too, unless a signed approval overrides the "
        "gate by name; warns = it is only said",
    )
    reason: Reason = Field(description="why this threshold, one sentence")

    @property
    def loosens(self) -> Literal["up", "down", "either"]:
        """The direction in which another threshold would loosen the gate."""
        return LOOSER[self.comparison]

    @field_validator("unit")
    @classmethod
    def _unit_of_value(cls, unit: Unit, info: ValidationInfo) -> Unit:
        value = info.data.get("value", "")
        wanted = unit_of(value)
        if value and wanted is None:
            raise ValueError(f"'{value}' ends with no unit. Allowed endings: {', '.join(get_args(Unit))}")
        if value and wanted != unit:
            raise ValueError(f"'{value}' is a {wanted}, not a {unit}. Write {wanted}, and the threshold in it")
        return unit

    @field_validator("threshold")
    @classmethod
    def _threshold_in_unit(cls, threshold: float | str, info: ValidationInfo) -> float | str:
        value, unit = info.data.get("value", ""), info.data.get("unit")
        if unit is None:
            return threshold
        if isinstance(threshold, str):
            if unit_of(threshold) != unit:
                raise ValueError(
                    f"'{threshold}' is neither a number nor the name of a value that is a {unit}, as {value} is"
                )
            return threshold
        if unit == "count" and not (threshold >= 0.0 and threshold.is_integer()):
            raise ValueError(f"{threshold:g} is no count. Write a whole number from 0 on")
        known = FIXED.get(value)
        if known and known.is_share and not 0.0 <= threshold <= 1.0:
            raise ValueError(f"{threshold:g} is no share of a whole. Write a number from 0 to 1: 0.95 = 95 %")
        return threshold

    @field_validator("edges")
    @classmethod
    def _once(cls, edges: tuple[Edge, ...]) -> tuple[Edge, ...]:
        if len(set(edges)) != len(edges):
            raise ValueError("an edge stands twice. Keep one")
        return edges


class ExplainedReject(Spec):
    """Rows of a dataset that one rule rejects, looked at and found to be right to reject."""

    dataset: Stem = Field(description="stem of conf/dataset/*.yaml")
    rule: str = Field(pattern=r"^[a-z_]+$", description="the rule that rejects them, as docs/data.md lists")
    most_rows_count: int = Field(ge=1, description="rows that were looked at; one more is unexplained")
    reason: Reason = Field(description="why they are rejected, one sentence")


class AcceptanceGates(Spec):
    """The whole file."""

    format: Literal["enerqis/acceptance-gates/1"] = Field(description="what this file is")
    gates: dict[Stem, Gate] = Field(min_length=1, description="gates by name")
    explained_rejects: tuple[ExplainedReject, ...] = Field((), description="rejected rows that need no further look")

    @field_validator("explained_rejects")
    @classmethod
    def _one_a_rule(cls, rejects: tuple[ExplainedReject, ...]) -> tuple[ExplainedReject, ...]:
        named = [(each.dataset, each.rule) for each in rejects]
        twice = next((each for each in named if named.count(each) > 1), None)
        if twice:
            raise ValueError(f"{twice[0]} and {twice[1]} stand here twice. Keep one")
        return rejects
