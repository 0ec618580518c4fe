"""The feature interface: named columns, each a declared streaming indicator of the bars.

A feature is one file with ``class XParams(FeatureParams)`` and ``columns(params) -> dict[str, IndicatorCall]``. Because a
column is a streaming kernel it is known at the close of its bar and cannot look ahead. An indicator of several outputs gives
one column per output, ``KEY_OUTPUT``. A strategy reads column COLUMN of the feature chosen as NAME with the source
``NAME.COLUMN``.

A *label* says so by a parameter ``horizon_bars`` above 0. Its columns are streaming too and look back over the horizon; the
stage `features` dates each value back by that many bars of its symbol and writes it, with the instant ``NAME.available_at`` at
which it is known, into a table of its own. A label is for fitting and judging: a strategy that reads one is refused.

A *fitted score* says so by a parameter ``fit_bars``: its value rests on numbers fitted over that many bars, the bar itself
included. It is known at its bar; rows that close to a test know something of it.
"""

from __future__ import annotations

from enerqis.spec.base import Spec

AVAILABLE_AT = "available_at"
"""Column of a label's table, ``NAME.available_at``: when its values are known. No column of a feature may be called so."""


class FeatureParams(Spec):
    """Base of every feature's Params; subclasses add the literal ``kind``."""


def horizon_bars(params: Spec) -> int:
    """Return the bars after which a feature's values are known: 0 at their own bar, more for a label."""
    return int(getattr(params, "horizon_bars", 0))


def fit_bars(params: Spec) -> int:
    """Return the bars that a feature's values are fitted over; 0 where nothing is fitted."""
    return int(getattr(params, "fit_bars", 0))
