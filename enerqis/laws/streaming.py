"""Streaming kernels stepped bar by bar in plain Python: slow, and the meaning that every faster engine must have."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from enerqis.interfaces.indicator import PRICE_FIELDS, IndicatorCall

Floats = npt.NDArray[np.float64]


def declaration_params(module: ModuleType, call: IndicatorCall, tick_size: float = 0.0) -> Any:
    """Return the Params of a declared indicator; `tick_size` reaches it only where every input is a price."""
    grid = tick_size if all(source in PRICE_FIELDS for source in call.inputs) else 0.0
    return named_tuple(module, "Params")(**dict(call.arguments), tick_size=grid)


def named_tuple(module: ModuleType, ending: str) -> Any:
    """Return the named tuple that `module` defines with a name that ends in `ending`.

    Raises
    ------
    LookupError
        If there is none, or more than one.
    """
    found = [
        each
        for name, each in vars(module).items()
        if name.endswith(ending) and hasattr(each, "_fields") and each.__module__ == module.__name__
    ]
    if len(found) != 1:
        raise LookupError(f"{module.__name__}: one named tuple called ...{ending} is expected, found {len(found)}")
    return found[0]


def indicator_series(
    module: ModuleType, call: IndicatorCall, columns: Mapping[str, Floats], tick_size: float = 0.0
) -> list[Any]:
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
