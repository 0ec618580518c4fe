"""The strategy interface: declared indicators and one decision a bar.

A strategy is one file with three things:

``class XParams(StrategyParams)``
    its parameters; the literal ``kind`` equals the file's stem.
``indicators(params) -> dict[str, IndicatorCall]``
    the series it looks at, as data.
``on_bar(p, state, bar, ind, acc) -> Decision``
    called once per closed bar of each asset, with that bar, the indicator values of that bar (fields named by the keys of
    `indicators`; an indicator of several outputs is a named tuple itself), and the account. ``p`` is a named tuple of the
    numeric and boolean fields of the Params. It cannot see the future because it is not given it.

A strategy that can sell short says so by a boolean parameter ``is_long_short``: a spec that turns it on while the account may
not short (``execution.allow_short``) is refused.

For type checkers and readers, a file may name the fields of ``ind`` in ``class XIndicators(NamedTuple)``; they are then held
equal to the keys of `indicators`. A strategy without state annotates it as `NoState`.

A strategy that remembers something adds ``class XState(NamedTuple)`` of float64 arrays and ``initial_state(params) -> XState``;
``on_bar`` changes the arrays in place. A strategy whose decision needs all assets at once sets ``SHAPE = "cross_sectional"``
and defines ``on_bar(p, state, bar, ind, acc, targets) -> None``: every field of bar (`BarArrays`), ind and acc
(`AccountArrays`) is then an array of shape (n_assets,), bar and ind NaN where an asset has no bar, and the strategy writes one
target an asset; NaN keeps the standing one. An order for an asset without a bar waits for its next one.

A plain zipline algorithm is a strategy too, for the engine zipline alone: a file with a Params class, and with
``initialize(context)`` and ``handle_data(context, data)`` in place of `indicators` and `on_bar`; it finds its Params as
``context.params``.

Law: ``on_bar`` stays in the portable subset (``tests/laws/``), is deterministic, and does not move when the future is cut.
"""

from __future__ import annotations

import math
from types import ModuleType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from enerqis.interfaces.indicator import IndicatorCall
from enerqis.spec.base import Spec

Array = npt.NDArray[np.float64]
"""A float64 array: of shape (n_assets,) in a cross-section, of fixed size in a state."""


class StrategyParams(Spec):
    """Base of every strategy's Params; subclasses add the literal ``kind``."""


def require_faster(fast_bars: int, slow_bars: int) -> None:
    """Hold that the fast of two windows is the shorter one.

    Raises
    ------
    ValueError
        If it is not.
    """
    if fast_bars >= slow_bars:
        raise ValueError(
            f"fast_bars ({fast_bars}) must be less than slow_bars ({slow_bars}): lower one or raise the other"
        )


class NoState(NamedTuple):
    """The state of a strategy that remembers nothing."""


class Decision(NamedTuple):
    """What a strategy wants after a closed bar; NaN = nothing said.

    Parameters
    ----------
    target : float
        Exposure wanted, as a signed fraction of equity; NaN keeps the standing target.
    limit, stop : float
        Prices at which the order that leads to `target` is to fill, on the adjusted scale that the strategy sees: a limit alone
        makes a limit order, a stop alone a stop order, both a stop-limit order. They are said together (naming one takes the
        other back) and count for a new target, or for one whose order has a price and is not filled yet. The order stands
        until it fills, another target or other prices replace it, or a limit closes what there is.
    stop_loss, take_profit : float
        Protective prices of the position, on the adjusted scale; a later NaN keeps the last one. When one of them closed the
        position, 0 is the standing target.
    """

    target: float
    limit: float
    stop: float
    stop_loss: float
    take_profit: float


class Bar(NamedTuple):
    """One closed bar on the forward-adjusted scale: raw price times the product of the split factors so far."""

    open: float
    high: float
    low: float
    close: float
    volume: float


class Account(NamedTuple):
    """The account as the strategy sees it after the bar's close.

    Parameters
    ----------
    units : float
        Signed units of this asset on the adjusted scale.
    entry_price : float
        Average price of the open position on the adjusted scale; 0 when flat.
    bars_held : float
        Closed bars since the position was opened or turned; 0 when flat.
    equity : float
        Equity of the whole account, in its currency.
    """

    units: float
    entry_price: float
    bars_held: float
    equity: float


class BarArrays(NamedTuple):
    """The closed bars of a cross-section: as `Bar`, each of shape (n_assets,); NaN where an asset has no bar."""

    open: Array
    high: Array
    low: Array
    close: Array
    volume: Array


class AccountArrays(NamedTuple):
    """The account as a cross-sectional strategy sees it: as `Account`, each of shape (n_assets,); known without a bar too."""

    units: Array
    entry_price: Array
    bars_held: Array
    equity: Array


def hold(target: float) -> Decision:
    """Return a decision that only sets the target exposure."""
    return Decision(target, math.nan, math.nan, math.nan, math.nan)


def protect(target: float, stop_loss: float, take_profit: float) -> Decision:
    """Return a decision that sets the target exposure and its protective prices."""
    return Decision(target, math.nan, math.nan, stop_loss, take_profit)


def wait_for(target: float, limit: float, stop: float) -> Decision:
    """Return a decision that sets the target exposure and the prices its order waits for; NaN = none."""
    return Decision(target, limit, stop, math.nan, math.nan)


def is_algorithm(module: ModuleType) -> bool:
    """Return whether a strategy's file is a plain zipline algorithm."""
    return not hasattr(module, "on_bar") and (hasattr(module, "handle_data") or hasattr(module, "initialize"))


def series_of(module: ModuleType, params: Spec) -> dict[str, IndicatorCall]:
    """Return the series that a strategy declares, by its name for each; an algorithm declares none."""
    if is_algorithm(module):
        return {}
    calls: dict[str, IndicatorCall] = module.indicators(params)
    return calls
