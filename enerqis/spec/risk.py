"""One risk profile: the limits that are on, by kind."""

from __future__ import annotations

from collections.abc import Iterator

from enerqis.spec.base import Spec


class RiskProfile(Spec):
    """Base of the profile that composition builds: one optional field per limit kind, None = the limit is off."""

    def limits(self) -> Iterator[tuple[str, Spec]]:
        """Yield kind and parameters of each limit that is on, in the order of kinds."""
        for kind in sorted(type(self).model_fields):
            params = getattr(self, kind)
            if params is not None:
                yield kind, params
