"""``.cbr/trials/DATASET.json``: the trials that are known of a dataset, one a line, kept by git."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator

from enerqis.core.units import Sha256
from enerqis.spec.base import Spec
from enerqis.spec.params import Stem

Link = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
"""Hash of a line: the first half of a SHA-256."""


SIGNATURE = re.compile(r"[A-Za-z0-9+/]{171}=")
"""128 bytes in base64: what `enerqis.quant.signatures` writes."""


class TrialLine(Spec):
    """One trial as it was recorded: its key, and what deflating needs of its last evaluation.

    A trial that was evaluated again with other figures has a further line; it counts once.
    """

    after: tuple[Link, ...] = Field(
        description="hashes of the lines that were the last ones when this one was recorded"
    )
    content: Sha256 = Field(description="hash of the dataset's content that it was tried on")
    key: Sha256 = Field(description="hash of config and dataset content")
    strategy: str = Field(description="kind of its strategy")
    periods: int | None = Field(None, description="returns it was measured by; null where it failed or was abandoned")
    mean: float | None = Field(None, description="fraction per period")
    std: float | None = Field(None, description="fraction per period, ddof=1")
    skew: float | None = Field(None, description="of returns per period")
    kurtosis: float | None = Field(None, description="of returns per period, full: 3 for a normal distribution")
    periods_per_year: float | None = Field(None, description="periods in a year of the calendar")
    signature: str = Field("", description="returns in 64 blocks of the dataset's time, float16, base64")

    @field_validator("signature")
    @classmethod
    def _is_of_64_blocks(cls, text: str) -> str:
        if text and not SIGNATURE.fullmatch(text):
            raise ValueError("no signature, which is 172 letters of base64 for 64 blocks")
        return text


class Tip(Spec):
    """The hash of a line that was the last one recorded: none may be missing."""

    tip: Link


class DayLine(Spec):
    """The day of a trial: it stands beside the trial's line and in no hash, so that two machines write the same line."""

    key: Sha256 = Field(description="key of the trial")
    recorded: date = Field(
        description="UTC day on which a ledger first knew of it; of several lines the earliest counts"
    )


class TrialFile(Spec):
    """The whole file; ``null`` ends the list, so that every line before ends with a comma and git can join two lists."""

    format: Literal["enerqis/trials/1"] = Field(description="what this file is")
    dataset: Stem = Field(description="stem of conf/dataset/*.yaml; the file's own")
    trials: tuple[TrialLine | DayLine | Tip | None, ...] = Field(
        description="one a line, sorted by key, then their days, the tips, and null"
    )
