"""The holes of the loop: the generator puts dispatchers to the job's strategy, costs and limits in their place.

They are declared here with the types that the loop relies on; none of them runs as it stands.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from enerqis.engines.book import Brake, Floats, Ints, Level
from enerqis.engines.structure import Structure
from enerqis.interfaces.cost import Market
from enerqis.interfaces.strategy import Account, Bar, Decision


class Numbers(NamedTuple):
    """Run-time numbers of one configuration.

    Parameters
    ----------
    initial_cash, band_fraction, lot_step, margin_fraction, maintenance_fraction, multiplier : float
        Of the execution spec.
    latency_bars : int
        Bars an order waits.
    commission, slippage, strategy, carry, limits : named tuples
        Parameters of the plug-ins; `limits` has one field a kind.
    """

    initial_cash: float
    band_fraction: float
    lot_step: float
    margin_fraction: float
    maintenance_fraction: float
    multiplier: float
    latency_bars: int
    commission: Any
    slippage: Any
    strategy: Any
    carry: Any
    limits: Any


def commission_of(k: Structure, n: Numbers, units: float, price: float) -> float:
    """Return the commission of a fill."""
    raise NotImplementedError


def commission_rate_of(k: Structure, n: Numbers, price: float) -> float:
    """Return the commission per unit of notional."""
    raise NotImplementedError


def commission_minimum_of(k: Structure, n: Numbers) -> float:
    """Return the least commission of one fill."""
    raise NotImplementedError


def fill_price_of(k: Structure, n: Numbers, price: float, side: float, units: float, market: Market) -> float:
    """Return the raw price paid for `units` when the market shows `price`."""
    raise NotImplementedError


def fillable_of(k: Structure, n: Numbers, units: float, market: Market) -> float:
    """Return how much of `units` one bar takes."""
    raise NotImplementedError


def holding_cost_of(k: Structure, n: Numbers, notional: float, days: float, settlements: float) -> float:
    """Return what holding a position costs."""
    raise NotImplementedError


def cash_cost_of(k: Structure, n: Numbers, cash: float, days: float) -> float:
    """Return what the account's cash costs."""
    raise NotImplementedError


def bounded_target(k: Structure, n: Numbers, target: float) -> float:
    """Return `target` within the limits on one asset."""
    raise NotImplementedError


def book_scale(k: Structure, n: Numbers, gross: float, net: float) -> float:
    """Return the least factor of the limits on decided exposures."""
    raise NotImplementedError


def held_scale(k: Structure, n: Numbers, gross: float, net: float) -> Level:
    """Return the least factor of the limits on held exposures, as price 1 where none binds, and its limit."""
    raise NotImplementedError


def stop_level(k: Structure, n: Numbers, side: float, entry_price: float, best_price: float) -> Level:
    """Return the tightest stop of the limits."""
    raise NotImplementedError


def profit_level(k: Structure, n: Numbers, side: float, entry_price: float) -> Level:
    """Return the nearest profit price of the limits."""
    raise NotImplementedError


def exit_reason(k: Structure, n: Numbers, bars_held: float) -> float:
    """Return the limit that closes the position for its age; -1 = none."""
    raise NotImplementedError


def equity_brake(k: Structure, n: Numbers, equity: float, peak_equity: float, session_equity: float) -> Brake:
    """Return the least factor of the limits on equity."""
    raise NotImplementedError


def series_columns(series: Floats, slots: Ints) -> Any:
    """Return the arrays of shape (n_tile, n_assets) that one configuration reads, as a tuple."""
    raise NotImplementedError


def strategy_state(memory: Floats, places: Ints, a: int) -> Any:
    """Return the strategy's state for asset `a` as views of `memory`."""
    raise NotImplementedError


def decide(k: Structure, n: Numbers, state: Any, bar: Bar, columns: Any, i: int, a: int, account: Account) -> Decision:
    """Return the strategy's decision for one asset."""
    raise NotImplementedError


def decide_all(k: Structure, n: Numbers, state: Any, cross: Floats, columns: Any, i: int) -> None:
    """Let the strategy write the targets of all assets into the scratch array."""
    raise NotImplementedError
