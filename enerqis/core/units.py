"""Number types of the specs: the unit is in the key's name, the range is in the type."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

Bars = Annotated[int, Field(ge=1, le=1_000_000)]
"""A count of bars, at least one."""

BarsOrNone = Annotated[int, Field(ge=0, le=1_000_000)]
"""A count of bars; 0 means none."""

Bps = Annotated[float, Field(ge=0.0, le=10_000.0)]
"""Basis points: 1 bps = 0.01 % = 0.0001."""

Fraction = Annotated[float, Field(ge=0.0, le=1.0)]
"""A share of a whole: 0.05 = 5 %."""

Rate = Annotated[float, Field(gt=-1.0, le=10.0)]
"""A yearly rate of interest or return: 0.02 = 2 % a year."""

PositiveFraction = Annotated[float, Field(gt=0.0, le=1.0)]
"""A share of a whole, above zero."""

EXPOSURE = "exposure"
"""Mark by which code that looks at Params tells an exposure from other numbers."""

Exposure = Annotated[float, Field(ge=0.0, le=100.0), EXPOSURE]
"""Notional over equity: 1.0 = fully invested, 2.0 = two-fold leverage."""

Amount = Annotated[float, Field(ge=0.0)]
"""An amount in the account's currency, not negative."""

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 digest, 64 lower-case hexadecimal digits."""

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-/]{0,63}$")]
"""A symbol or a column name: no blanks."""

NANOSECONDS_PER_SECOND = 1_000_000_000
NANOSECONDS_PER_DAY = 86_400 * NANOSECONDS_PER_SECOND
BPS = 1e-4
"""One basis point as a fraction."""
