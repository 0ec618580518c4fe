"""One cost profile: a commission, a slippage and a carry, each of some kind."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from pydantic import Field

from enerqis.spec.base import Spec

CommissionT = TypeVar("CommissionT", bound=Spec)
SlippageT = TypeVar("SlippageT", bound=Spec)
CarryT = TypeVar("CarryT", bound=Spec)


def _no_carry() -> Any:
    """Return what stands for a carry that a profile does not name; validating makes it the kind ``no_carry``."""
    return {"kind": "no_carry"}


class CostProfile(Spec, Generic[CommissionT, SlippageT, CarryT]):
    """What trading and holding cost."""

    commission: CommissionT = Field(description="paid to the broker per fill")
    slippage: SlippageT = Field(description="fill price against the price of the market")
    carry: CarryT = Field(
        default_factory=_no_carry, validate_default=True, description="borrowing and funding of what is held"
    )
