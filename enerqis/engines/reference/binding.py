"""The portable functions of the kernel as ordinary Python: their holes filled, nothing generated, nothing inlined.

The kernel's generator writes new text from these functions. Here the functions themselves run, so that a mistake of the
generator shows as a difference between the engines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

from enerqis.engines.closure import HOLES

PORTABLE = "enerqis.engines."
"""Start of the modules whose functions may have holes."""


class Binder:
    """Copies functions so that the names they look up lead to this run's plug-ins.

    Parameters
    ----------
    holes : mapping of str to callable
        What stands in the place of each function of `hooks.py`.
    replaced : mapping of function to callable
        Functions that this engine does in its own way.
    """

    def __init__(self, holes: Mapping[str, Callable[..., Any]], replaced: Mapping[Any, Callable[..., Any]]) -> None:
        self._holes = holes
        self._bound: dict[Any, Callable[..., Any]] = dict(replaced)

    def bind(self, function: Any) -> Callable[..., Any]:
        """Return `function` bound, with all portable functions that it calls, at any depth.

        Raises
        ------
        KeyError
            If it needs a hole that nothing fills.
        """
        if function in self._bound:
            return self._bound[function]
        if function.__module__ == HOLES:
            return self._holes[function.__name__]
        names = dict(function.__globals__)
        copy = FunctionType(function.__code__, names, function.__name__, function.__defaults__)
        self._bound[function] = copy
        for name in function.__code__.co_names:
            called = names.get(name)
            if isinstance(called, FunctionType) and called.__module__.startswith(PORTABLE):
                names[name] = self.bind(called)
        return copy
