"""What an experiment trades of its dataset."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from enerqis.core.units import Name
from enerqis.spec.base import Spec


class Universe(Spec):
    """Symbols and period of an experiment."""

    symbols: tuple[Name, ...] = Field(min_length=1, description="symbols of the dataset, in the order orders are made")
    start: date | None = Field(None, description="first session, quoted; null = the dataset's first")
    end: date | None = Field(None, description="last session, quoted; null = the dataset's last")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if len(set(self.symbols)) != len(self.symbols):
            raise ValueError("symbols must not repeat")
        if self.start and self.end and self.end < self.start:
            raise ValueError(f"end {self.end} is before start {self.start}")
        return self
