"""One cost profile: a commission and a slippage, each of some kind."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import Field

from enerqis.spec.base import Spec

CommissionT = TypeVar("CommissionT", bound=Spec)
SlippageT = TypeVar("SlippageT", bound=Spec)


class CostProfile(Spec, Generic[CommissionT, SlippageT]):
    """What trading costs."""

    commission: CommissionT = Field(description="paid to the broker per fill")
    slippage: SlippageT = Field(description="fill price against the price of the market")
