"""Dividends as zipline's ledger asks for them: by the instant that they are earned, paid at once."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable
from typing import Any

from enerqis.interfaces.engine import Panel

Dividend = namedtuple("Dividend", ["asset", "amount", "pay_date"])  # the shape of zipline's own
"""What zipline's position is asked to earn: currency per unit it holds, and when that is paid."""


class Dividends:
    """The part of zipline's adjustment reader that its ledger uses. Splits are not its matter: see `Desk`.

    Parameters
    ----------
    panel : Panel
    assets : sequence of zipline assets
        In the order of the panel's columns.
    """

    def __init__(self, panel: Panel, assets: list[Any]) -> None:
        self._panel = panel
        self._assets = assets

    def get_dividends_with_ex_date(self, assets: Iterable[Any], row: int, asset_finder: Any) -> list[Any]:
        """Return the dividends of `row` on the assets that are held."""
        held = {int(asset) for asset in assets}
        return [
            Dividend(self._assets[place], float(amount), row)
            for place, amount in enumerate(self._panel.dividend[row])
            if amount != 0.0 and place in held
        ]

    def get_stock_dividends_with_ex_date(self, assets: Iterable[Any], row: int, asset_finder: Any) -> list[Any]:
        """Return nothing: a dividend in shares is a split here."""
        return []
