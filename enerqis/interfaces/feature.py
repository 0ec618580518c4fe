"""The feature interface: named columns, each a declared streaming indicator of the bars.

A feature is one file with ``class XParams(FeatureParams)`` and ``columns(params) -> dict[str, IndicatorCall]``. Because a
column is a streaming kernel it is known at the close of its bar and cannot look ahead. An indicator of several outputs gives
one column per output, ``KEY_OUTPUT``. A strategy reads column COLUMN of the feature chosen as NAME with the source
``NAME.COLUMN``.
"""

from __future__ import annotations

from enerqis.spec.base import Spec


class FeatureParams(Spec):
    """Base of every feature's Params; subclasses add the literal ``kind``."""
