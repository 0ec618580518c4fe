"""What the kernel and this engine share: strategy, limits and sizing as portable functions, bound to one job."""

from __future__ import annotations

from collections.abc import Callable

from enerqis.engines import deciding, equity, protection, sizing, trading
from enerqis.engines.book import USED
from enerqis.engines.configuration import PanelFacts, facts_of, head_numbers, structure_of
from enerqis.engines.generate import HEAD
from enerqis.engines.hooks import Numbers
from enerqis.engines.reference.binding import Binder
from enerqis.engines.reference.books import Books
from enerqis.engines.reference.plugs import Plugs
from enerqis.engines.structure import Structure
from enerqis.interfaces.engine import Job


class Policy:
    """The portable functions of one job, to be called with ``k`` and ``n``.

    Parameters
    ----------
    job : Job
    ask : callable
        Takes the arguments of `trading.ask`; what the limits leave of a decision arrives there.
    is_waiting, is_working, is_growing : callable
        Take the arguments of the functions of `trading` of these names: an order is in flight, waits for a price, or is what is
        left of one that makes the position larger.
    """

    def __init__(
        self,
        job: Job,
        ask: Callable[..., None],
        is_waiting: Callable[..., bool],
        is_working: Callable[..., bool],
        is_growing: Callable[..., bool],
    ) -> None:
        plugs = Plugs(job, len(job.panel.symbols))
        replaced = {
            trading.ask: ask,
            trading.is_waiting: is_waiting,
            trading.is_working: is_working,
            trading.is_growing: is_growing,
        }
        self.binder = binder = Binder(plugs.holes(), replaced)
        self.k: Structure = _structure(job)
        head = dict(zip(HEAD, head_numbers(job.execution), strict=True))
        head["latency_bars"] = job.execution.max_latency_bars
        # the plug-ins hold their own numbers
        self.n = Numbers(**head, commission=None, slippage=None, strategy=None, carry=None, limits=None)  # type: ignore[arg-type]
        self.listen = binder.bind(deciding.listen)
        self.listen_across = binder.bind(deciding.listen_across)
        self.settle_book = binder.bind(deciding.settle_book)
        self.braked = binder.bind(equity.braked)
        self.show_positions = binder.bind(equity.show_positions)
        self.with_levels = binder.bind(protection.with_levels)
        self.stop_of = binder.bind(protection.stop_of)
        self.profit_of = binder.bind(protection.profit_of)
        self.units_for = binder.bind(sizing.units_for)
        self.within_bar = binder.bind(sizing.within_bar)
        self.is_payable = binder.bind(sizing.is_payable)
        self.payable_units = binder.bind(sizing.payable_units)
        self.plugs = plugs


def _structure(job: Job) -> Structure:
    """Return the job's facts, as of a panel of several assets: the arrays of assets are always used."""
    facts: PanelFacts = facts_of(job.panel)
    return structure_of(job, facts, record=True)._replace(many=True, has_actions=True)


def reached_in_bar(policy: Policy, books: Books, asset: int, asked: float) -> float:
    """Return how far this row's bar leads from the units held towards those `asked`."""
    units = books.position(asset).units
    if not policy.k.fills_in_parts or asked == units:
        return asked
    used = float(books.book.assets[asset, USED])
    reached: float = policy.within_bar(policy.k, policy.n, asked, units, used, books.market(asset))
    return reached


def price_paid(policy: Policy, books: Books) -> Callable[[int, float, float], float]:
    """Return the job's slippage: from the asset, the market's price and the signed units to the price paid."""

    def paid(asset: int, price: float, units: float) -> float:
        side = 1.0 if units > 0.0 else -1.0
        return policy.plugs.fill_price_of(None, None, price, side, abs(units), books.market(asset))

    return paid


def commission_charged(policy: Policy) -> Callable[[float, float], float]:
    """Return the job's commission: from units and the price paid to the amount."""

    def charged(units: float, price: float) -> float:
        return policy.plugs.commission_of(None, None, units, price)

    return charged
