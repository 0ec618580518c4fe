"""How orders become fills: every behaviour in which engines differ is a knob here."""

from __future__ import annotations

import math
from typing import Literal, Self

from pydantic import Field, model_validator

from enerqis.core.units import BarsOrNone, Fraction, PositiveFraction
from enerqis.spec.base import Spec

CHANCE_TOLERANCE = 1e-9
"""How far chances may miss 1."""


class Execution(Spec):
    """Engine, fill rules, sizing and the account's start."""

    engine: Literal["kernel", "zipline"] = Field(
        "kernel", description="engine that runs the strategy: the fast kernel, or zipline as its independent reference"
    )
    initial_cash: float = Field(100_000.0, gt=0.0, description="cash at the start, in `currency`")
    currency: str = Field(
        "USD", pattern=r"^[A-Z]{3,5}$", examples=["USD", "EUR"], description="currency of the account"
    )
    fill_price: Literal["next_open", "next_close"] = Field(
        "next_open", description="price of the bar after the decision that a market order fills at"
    )
    size_at: Literal["decision", "fill"] = Field(
        "fill", description="moment whose equity and price turn a target into units"
    )
    keep_commission: bool = Field(
        True, description="keep commission and slippage back when sizing, so that an all-in order can be paid"
    )
    rebalance: Literal["on_change", "every_bar", "band"] = Field(
        "on_change", description="when a standing target is traded again"
    )
    band_fraction: PositiveFraction = Field(
        0.05, description="with rebalance=band: drift of exposure from its target that triggers an order"
    )
    lot_step: float = Field(1.0, ge=0.0, description="units are multiples of this; 0 = fractional")
    lot_rounding: Literal["down", "nearest"] = Field("down", description="towards zero, or to the nearest lot")
    order_sequence: Literal["sells_first", "symbol_order"] = Field(
        "sells_first", description="order in which one bar's orders fill; ties in symbol order"
    )
    cash_shortfall: Literal["reduce", "reject", "allow"] = Field(
        "reduce", description="a buy that cash and margin cannot pay: shrink it, refuse it, or borrow"
    )
    intrabar_order: Literal["stop_first", "take_profit_first"] = Field(
        "stop_first", description="which counts when one bar touches both stop and take-profit"
    )
    stop_active_from: Literal["fill_bar", "next_bar"] = Field(
        "fill_bar", description="first bar on which a protective stop can trigger"
    )
    limit_fill: Literal["touch", "through"] = Field(
        "through",
        description="a limit order and a profit price fill where the bar only touches them, or only beyond them",
    )
    latency_bars: BarsOrNone = Field(0, description="whole bars that an order waits before it may fill")
    latency_distribution: tuple[Fraction, ...] = Field(
        (),
        max_length=100,
        description="chances that an order waits 0, 1, 2, ... bars besides latency_bars, drawn by the seed; empty = no more",
    )
    allow_short: bool = Field(False, description="negative targets are traded; else they mean flat")
    initial_margin_fraction: PositiveFraction = Field(
        1.0, description="equity needed per notional: 1 = cash account, 0.5 = two-fold leverage"
    )
    maintenance_margin_fraction: Fraction = Field(
        0.0,
        description="equity needed per notional held at a close; with less everything is closed at the next fill. 0 = none",
    )
    contract_multiplier: float = Field(1.0, gt=0.0, description="currency per point of price and unit")
    delisted_after_days: int = Field(
        60,
        ge=1,
        description="days without a bar after which a symbol counts as delisted and is closed at its last close",
    )
    last_bar: Literal["hold", "close"] = Field(
        "hold", description="what happens to open positions at the last bar: marked, or sold at its close"
    )

    @property
    def max_latency_bars(self) -> int:
        """Most whole bars that an order waits."""
        return self.latency_bars + max(0, len(self.latency_distribution) - 1)

    @model_validator(mode="after")
    def _is_distribution(self) -> Self:
        if self.latency_distribution and abs(math.fsum(self.latency_distribution) - 1.0) > CHANCE_TOLERANCE:
            raise ValueError(f"latency_distribution adds up to {math.fsum(self.latency_distribution)}; chances make 1")
        return self

    @model_validator(mode="after")
    def _margins_agree(self) -> Self:
        if self.maintenance_margin_fraction > self.initial_margin_fraction:
            raise ValueError(
                f"maintenance_margin_fraction ({self.maintenance_margin_fraction}) must be at most initial_margin_fraction "
                f"({self.initial_margin_fraction}): what may be opened may be held"
            )
        return self
