"""One side of a comparison: what a revision resolves to, as its own package wrote it down."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from enerqis.spec.slices import SliceDocument

FORMAT: Literal["enerqis/side/1"] = "enerqis/side/1"


class Part(BaseModel):
    """Part of a side; strict, because the document comes from code that is under review."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Value(Part):
    """One resolved value: what it is, the place that sets it (``file:line:column`` or ``(default)``), what it means."""

    value: Any
    origin: str
    meaning: str = ""


class Declared(Part):
    """What a kind says of itself: which direction loosens each parameter, and the hash of its code."""

    looser: dict[str, Literal["up", "down"]]
    code: str


class Limits(Declared):
    """What a limit kind says of itself."""


class Costs(Declared):
    """What a cost kind says of itself; also whether it charges nothing."""

    is_free: bool = False


class Side(Part):
    """What one revision resolves to.

    Parameters
    ----------
    format : str
    problems : tuple of str
        Why it does not resolve; everything else is empty then.
    datasets, experiments : dict of name to dict of dotted key to Value
        Every resolved value.
    dataset_of : dict of str to str
        Dataset of every experiment.
    slices : dict of path to SliceDocument
        What each stage reads, by its path in the project.
    code, environment : dict of hash to dict
        What the hashes in the slices were made of: module to digest, fact to value.
    limits : dict of kind to Limits
    costs : dict of kind to Costs
        Empty where the side's package is older than this key.
    """

    format: Literal["enerqis/side/1"] = FORMAT
    problems: tuple[str, ...] = ()
    datasets: dict[str, dict[str, Value]] = {}
    experiments: dict[str, dict[str, Value]] = {}
    dataset_of: dict[str, str] = {}
    slices: dict[str, SliceDocument] = {}
    code: dict[str, dict[str, str]] = {}
    environment: dict[str, dict[str, str]] = {}
    limits: dict[str, Limits] = {}
    costs: dict[str, Costs] = {}
