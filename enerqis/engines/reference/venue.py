"""Where orders meet the market: zipline's blotter with slippage and commission models of ours.

The stock models fill at the close of the next bar only, floor units to whole numbers, skip bars without volume, and some fill a
whole order again after a part of it; stock stop and limit orders round their prices to cents. None of that is used here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any, NamedTuple

from zipline.assets import Equity
from zipline.finance.blotter import SimulationBlotter
from zipline.finance.commission import CommissionModel
from zipline.finance.execution import ExecutionStyle
from zipline.finance.slippage import SlippageModel
from zipline.finance.transaction import Transaction

from enerqis.engines.log import AT_CLOSE, AT_OPEN, FALLING, RISING


class Moment(Enum):
    """When in a bar orders are called to the market."""

    OPEN = "open"
    INSIDE = "inside"
    CLOSE = "close"
    NAMED = "named"


class Touch(NamedTuple):
    """Where the market met an order: its raw price, when in the bar, the price that slippage leads no further than, and how
    many of zipline's units it takes (NaN = all).
    """

    order: Any
    price: float
    instant: float
    bound: float = math.nan
    amount: float = math.nan


class Bar(NamedTuple):
    """What the market shows of a bar, or of what is left of it."""

    open: float
    high: float
    low: float
    close: float


class Fill(NamedTuple):
    """What a fill was, in zipline's own words, with the market's price and instant."""

    transaction: Any
    commission: float
    price: float
    instant: float


class ExactStyle(ExecutionStyle):
    """A market order, or one with a stop or limit price that is kept as it is."""

    def __init__(self, *, stop: float | None = None, limit: float | None = None) -> None:
        self.stop = stop
        self.limit = limit

    def get_stop_price(self, is_buy: bool) -> float | None:
        """Return the stop price, unrounded."""
        return self.stop

    def get_limit_price(self, is_buy: bool) -> float | None:
        """Return the limit price, unrounded."""
        return self.limit


class BarSlippage(SlippageModel):
    """Fills a called order, or as much of it as the bar takes, once, at a price of the bar, made worse by the job's slippage.

    Parameters
    ----------
    fill_price : callable
        From the asset, the market's price and the signed units traded to the price paid.
    multiplier : float
        zipline units of one unit of the job.
    stops_first : bool
        Inside a bar the worse extreme comes before the better one.
    fills_on_touch : bool
        A limit fills where the market only touches it.
    """

    def __init__(
        self,
        fill_price: Callable[[int, float, float], float],
        multiplier: float,
        *,
        stops_first: bool,
        fills_on_touch: bool,
    ) -> None:
        super().__init__()
        self.multiplier = multiplier
        self.fill_price = fill_price
        self.stops_first = stops_first
        self.fills_on_touch = fills_on_touch
        self.moment = Moment.OPEN
        self.named: Touch | None = None
        self.touched: Touch | None = None

    def process_order(self, data: Any, order: Any) -> tuple[float, float]:
        """Return the price paid and the units for the order that was touched."""
        assert self.touched is not None
        amount = order.open_amount if math.isnan(self.touched.amount) else self.touched.amount
        side, bound = math.copysign(1.0, amount), self.touched.bound
        paid = self.fill_price(int(order.asset), self.touched.price, amount / self.multiplier)
        return (bound if paid * side > bound * side else paid), amount

    def simulate(self, data: Any, asset: Any, orders_for_asset: list[Any]) -> Iterator[tuple[Any, Any]]:
        """Yield the first of the orders that the bar touches, with its transaction; the others wait."""
        self.touched = self._touch(data, asset, orders_for_asset)
        if self.touched is not None:
            order = self.touched.order
            price, units = self.process_order(data, order)
            yield order, Transaction(asset=asset, amount=units, dt=data.current_dt, price=price, order_id=order.id)

    def _touch(self, data: Any, asset: Any, orders: list[Any]) -> Touch | None:
        if self.moment is Moment.OPEN:
            return Touch(orders[0], float(data.current(asset, "open")), AT_OPEN)
        if self.moment is Moment.CLOSE:
            return Touch(orders[0], float(data.current(asset, "price")), AT_CLOSE)
        if self.moment is Moment.NAMED:
            return self.named
        bar = Bar(*(float(data.current(asset, field)) for field in ("open", "high", "low", "close")))
        return self.exit_in(bar, orders)

    def exit_in(self, bar: Bar, orders: list[Any]) -> Touch | None:
        """Walk a bar from its open to both extremes and ask zipline's orders at each price whether it fills them."""
        worst, best = (bar.low, bar.high) if orders[0].amount < 0.0 else (bar.high, bar.low)
        extremes = (worst, best) if self.stops_first else (best, worst)
        for price in (bar.open, *extremes):
            for order in orders:
                if self.is_filled_at(order, price):
                    is_gap = price == bar.open
                    named = order.stop if order.stop is not None else order.limit
                    return Touch(order, price if is_gap else named, AT_OPEN if is_gap else AT_CLOSE)
        return None

    def meet(self, bar: Bar, order: Any) -> Touch | None:
        """Walk a bar from its open, which does not fill `order`, and return where it does; a stop may turn into a limit.

        Where a stop-limit's stop is reached inside the bar, the extreme behind it may have come before: the close counts.
        """
        back, away = (FALLING, RISING) if order.amount > 0.0 else (RISING, FALLING)
        cheapest, dearest = (bar.low, bar.high) if order.amount > 0.0 else (bar.high, bar.low)
        bound = math.nan if order.limit is None else order.limit
        if order.stop is not None and not self._reaches_stop(order, bar.open):
            if not self._reaches_stop(order, dearest):
                return None
            if self.is_filled_at(order, order.stop):
                return Touch(order, order.stop, away, bound)
            cheapest = bar.close
        order.stop = None
        return Touch(order, order.limit, back, bound) if self.is_filled_at(order, cheapest) else None

    def is_filled_at(self, order: Any, price: float) -> bool:
        """Return whether a market at `price` fills one of zipline's orders, or triggers and fills it."""
        is_stopped, is_limited, is_triggered = order.check_order_triggers(price)
        if order.limit is None:
            return bool(is_stopped)
        is_beyond = self.fills_on_touch or price != order.limit
        return bool(is_limited and is_beyond and (order.stop is None or is_triggered))

    @staticmethod
    def _reaches_stop(order: Any, price: float) -> bool:
        is_stopped, _, is_triggered = order.check_order_triggers(price)
        return bool(is_stopped or is_triggered)


class BarCommission(CommissionModel):
    """Charges the job's commission on every fill.

    Parameters
    ----------
    commission : callable
        From units traded (absolute) and the price paid to the amount.
    multiplier : float
        zipline units of one unit of the job.
    """

    def __init__(self, commission: Callable[[float, float], float], multiplier: float) -> None:
        self.commission = commission
        self.multiplier = multiplier

    def calculate(self, order: Any, transaction: Any) -> float:
        """Return the commission of one fill, in account currency."""
        return self.commission(abs(transaction.amount) / self.multiplier, transaction.price)


class Venue(SimulationBlotter):
    """zipline's blotter, which matches only the orders that the desk calls, and one fill an event.

    One fill an event keeps the ledger exact to the bit: zipline books all transactions of an event before their commissions.

    Parameters
    ----------
    slippage : BarSlippage
    commission : BarCommission
    """

    def __init__(self, slippage: BarSlippage, commission: BarCommission) -> None:
        super().__init__(equity_slippage=slippage, equity_commission=commission)
        self.slippage: BarSlippage = self.slippage_models[Equity]
        self.max_shares = math.inf
        self.open_orders: dict[Any, list[Any]]
        self.on_order: Callable[[Any, float, Any], str | None] | None = None
        self._called: dict[Any, list[Any]] = {}
        self.fill: Fill | None = None

    @property
    def is_calling(self) -> bool:
        """Whether orders are left that the market has not been asked about."""
        return bool(self._called)

    def call(self, moment: Moment, orders: list[Any]) -> None:
        """Call `orders` to the market at the next event, the orders of one asset together."""
        self.slippage.moment = moment
        for order in orders:
            self._called.setdefault(order.asset, []).append(order)

    def call_at(self, touch: Touch) -> None:
        """Call an order to the market at the next event, which meets it at a price that is known."""
        self.call(Moment.NAMED, [touch.order])
        self.slippage.named = touch

    def order(self, asset: Any, amount: float, style: Any, order_id: str | None = None) -> str | None:
        """Take an order; one without a name is an algorithm's, and goes through its seat first."""
        if order_id is None and self.on_order is not None:
            return self.on_order(asset, amount, style)
        name: str | None = super().order(asset, amount, style, order_id)
        return name

    def get_transactions(self, bar_data: Any) -> tuple[list[Any], list[Any], list[Any]]:
        """Match the called orders, asset by asset, up to the first fill; what was not asked about stays called."""
        self.fill = None
        everything: dict[Any, list[Any]] = self.open_orders
        try:
            while self._called:
                asset = next(iter(self._called))
                self.open_orders = {asset: self._called.pop(asset)}
                transactions, commissions, closed = super().get_transactions(bar_data)
                if transactions:
                    self.fill = self._filled(transactions[0], commissions)
                    return transactions, commissions, closed
        finally:
            self.open_orders = everything
        return [], [], []

    def withdraw(self, order: Any) -> None:
        """Take an order that was never shown to anybody off the book, without a trace."""
        self.cancel(order.id, relay_status=False)
        del self.orders[order.id]

    def _filled(self, transaction: Any, commissions: list[Any]) -> Fill:
        touched = self.slippage.touched
        assert touched is not None
        return Fill(transaction, sum(each["cost"] for each in commissions), touched.price, touched.instant)
