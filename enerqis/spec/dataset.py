"""What is ingested: where it comes from and what its columns mean. Rules are data; nothing is dropped silently."""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

from pydantic import Field

from enerqis.core.units import Name
from enerqis.spec.base import Spec

ConnectorT = TypeVar("ConnectorT", bound=Spec)


class Dataset(Spec, Generic[ConnectorT]):
    """One dataset, shared by experiments and keyed by its file's stem."""

    description: str = Field(min_length=1, description="what it is and where it comes from, one line")
    connector: ConnectorT = Field(description="where the bytes come from")
    symbols: tuple[Name, ...] = Field(min_length=1, description="symbols to keep, in order")
    frequency: str = Field(pattern=r"^[1-9][0-9]*(min|h|d)$", description="length of a bar: 1min, 15min, 1h, 1d")
    calendar: Literal["XNYS", "24/7", "24/5"] = Field(description="trading calendar, as exchange_calendars names it")
    currency: str = Field("USD", pattern=r"^[A-Z]{3,5}$", description="quote currency")
    tick_size: float = Field(0.0, ge=0.0, description="grid of raw prices; 0 = none, sums are compensated instead")
