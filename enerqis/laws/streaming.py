"""Streaming kernels stepped bar by bar in plain Python: slow, and the meaning that every faster engine must have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from enerqis.interfaces.indicator import PRICE_FIELDS, IndicatorCall, params_tuple

Floats = npt.NDArray[np.float64]

Columns = Mapping[str, Floats]
"""Series by source, each of shape (n_bars,)."""

Modules = Callable[[str], ModuleType]
"""From the kind of an indicator to its module."""


def declaration_params(module: ModuleType, call: IndicatorCall, tick_size: float = 0.0) -> Any:
    """Return the Params of a declared indicator; `tick_size` reaches it only where every input is a price."""
    grid = tick_size if all(source in PRICE_FIELDS for source in call.inputs) else 0.0
    return params_tuple(module)(**dict(call.arguments), tick_size=grid)


def indicator_series(module: ModuleType, call: IndicatorCall, columns: Columns, tick_size: float = 0.0) -> list[Any]:
    """Return what a declared indicator says at each bar.

    Parameters
    ----------
    module : module of the indicator's kind
    call : IndicatorCall
    columns : mapping of source to ndarray of shape (n_bars,)
    tick_size : float
        Grid of prices; 0 = none.

    Returns
    -------
    list of float or of named tuples of floats, n_bars of them
        NaN while it warms up.
    """
    p = declaration_params(module, call, tick_size)
    state = module.initial_state(p)
    rows = zip(*(columns[source].tolist() for source in call.inputs), strict=True)
    return [module.step(p, state, *row) for row in rows]


def indicator_array(module: ModuleType, call: IndicatorCall, columns: Columns, tick_size: float = 0.0) -> Floats:
    """Return the same as an array of shape (n_bars, n_outputs)."""
    values = indicator_series(module, call, columns, tick_size)
    return np.array(values, dtype=np.float64).reshape(len(values), -1)
