"""What is ingested: where it comes from and what its columns mean. Rules are data; nothing is dropped silently.

Each rule that can refuse a row says ``reject`` (the row goes to ``rejected.parquet`` with the rule's name), ``keep`` (the row
stays and is counted) or names the mending it does (counted too). docs/data.md tells the order in which they run.
"""

from __future__ import annotations

import re
from datetime import date
from difflib import get_close_matches
from importlib.resources import files
from typing import Generic, Literal, Self, TypeVar

from pydantic import Field, field_validator, model_validator

from enerqis.core.units import NANOSECONDS_PER_SECOND, Name
from enerqis.spec.base import OUTSIDE_IDENTITY, Spec

ConnectorT = TypeVar("ConnectorT", bound=Spec)

FREQUENCY = r"^([1-9][0-9]{0,3}min|([1-9]|1[0-9]|2[0-3])h|1d)$"
FREQUENCIES = ["1min", "15min", "1h", "4h", "1d"]
"""Some of what a frequency may be, for messages and editors."""
STAMP_FIELDS = "YmdHMSfz"
PREDEFINED_STAMPS = ("iso", "iso_offset", "epoch_s", "epoch_ms", "epoch_us", "epoch_ns")
MINUTES = {"min": 1, "h": 60, "d": 1440}


def frequency_minutes(frequency: str) -> int:
    """Return the length of a bar such as ``15min``, ``4h`` or ``1d`` in minutes."""
    count, unit = re.fullmatch(r"([0-9]+)(min|h|d)", frequency).groups()  # type: ignore[union-attr]
    return int(count) * MINUTES[unit]


class Columns(Spec):
    """Which column of the source holds what; names as the source spells them."""

    stamp: tuple[str, ...] = Field(
        ("ts",), min_length=1, max_length=2, description="column of the bar's stamp, or columns of date and time"
    )
    open: str | None = Field(
        "open", description="column of the first price; null with high and low = a close-only series"
    )
    high: str | None = Field("high", description="column of the highest price")
    low: str | None = Field("low", description="column of the lowest price")
    close: str = Field("close", min_length=1, description="column of the last price")
    volume: str | None = Field("volume", description="column of units traded; null = the source has none, 0 is written")
    spread: str | None = Field(
        None, description="column of ask less bid at the bar's close, in the unit of prices; null = the source has none"
    )
    symbol: str | None = Field(None, description="column of the instrument; null = the connector's files name it")
    adjusted_close: str | None = Field(None, description="column of the adjusted close that adjustments are found from")
    split_factor: str | None = Field(
        None, description="column of new units per old from the open of the row's session on; 1 or no value = no split"
    )
    dividend: str | None = Field(
        None, description="column of cash per unit, in the unit of prices, paid at that open; 0 or no value = none"
    )

    @model_validator(mode="after")
    def _all_or_none(self) -> Self:
        given = [self.open is not None, self.high is not None, self.low is not None]
        if any(given) != all(given):
            raise ValueError("name open, high and low together, or none of them for a close-only series")
        return self

    @property
    def has_actions(self) -> bool:
        """Whether columns tell of splits or dividends."""
        return self.split_factor is not None or self.dividend is not None

    @property
    def is_close_only(self) -> bool:
        """Whether open, high and low are taken from the close."""
        return self.open is None


class Stamp(Spec):
    """How a stamp becomes an instant."""

    format: str = Field(
        "iso",
        description="iso, iso_offset (each stamp carries its UTC offset), epoch_s, epoch_ms, epoch_us, epoch_ns, or a pattern "
        "of %Y %m %d %H %M %S %f %z such as %d.%m.%Y %H:%M (day first)",
    )
    time_zone: str = Field("UTC", min_length=1, description="IANA zone that stamps without an offset are in")
    at: Literal["open", "close"] = Field("open", description="which end of the bar the stamp marks")
    ambiguous: Literal["earliest", "latest", "reject"] = Field(
        "reject", description="a local time that the autumn change of clocks shows twice"
    )
    nonexistent: Literal["shift", "reject"] = Field(
        "reject", description="a local time that the spring change skips: moved to the change, or rejected"
    )
    off_grid: Literal["keep", "reject"] = Field(
        "reject", description="an intraday stamp that is not a multiple of the frequency"
    )
    grid_offset_minutes: int = Field(
        0,
        ge=0,
        lt=1440,
        description="where the grid starts, minutes after midnight where the calendar is: New York (XNYS), UTC (24/7, 24/5)",
    )

    @field_validator("format")
    @classmethod
    def _known_format(cls, value: str) -> str:
        if value in PREDEFINED_STAMPS:
            return value
        fields = re.findall(r"%(.)", value)
        unknown = sorted(set(fields) - set(STAMP_FIELDS))
        if unknown:
            raise ValueError(f"%{unknown[0]} is not known; allowed: {' '.join('%' + each for each in STAMP_FIELDS)}")
        if not {"Y", "m", "d"} <= set(fields) or len(set(fields)) != len(fields):
            raise ValueError(f"needs %Y, %m and %d, each field once; or one of {', '.join(PREDEFINED_STAMPS)}")
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        known = files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
        if value not in known:
            near = get_close_matches(value.replace(" ", "_"), known, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise ValueError(f"'{value}' is no IANA time zone.{hint} Such are UTC, America/New_York, Europe/London")
        return value


class Numbers(Spec):
    """How text becomes numbers."""

    decimal_mark: Literal[".", ","] = Field(".", description="mark before the decimals")
    thousands_mark: Literal["", ",", ".", " ", "'", "_"] = Field(
        "", description="mark between groups of digits; a blank stands for those too that do not break a line"
    )
    missing_marks: tuple[str, ...] = Field(
        ("", "NaN", "nan", "NA", "N/A", "null", "None"), description="texts that mean: no value"
    )
    price_scale: float = Field(1.0, gt=0.0, description="prices of the source are divided by this")
    volume_scale: float = Field(1.0, gt=0.0, description="volumes of the source are divided by this")

    @model_validator(mode="after")
    def _two_marks(self) -> Self:
        if self.decimal_mark == self.thousands_mark:
            raise ValueError(f"decimal_mark and thousands_mark are both '{self.decimal_mark}'")
        return self


class Rules(Spec):
    """What happens to rows that are not plain bars."""

    missing_price: Literal["reject", "from_close"] = Field(
        "reject", description="an open, high or low without value; a missing close always rejects the row"
    )
    missing_volume: Literal["reject", "zero"] = Field("reject", description="a volume without value")
    nonpositive_price: Literal["reject", "keep"] = Field("reject", description="a price of zero or less")
    ohlc: Literal["reject", "fix", "keep"] = Field(
        "reject", description="high below, or low above, another price; fix widens high and low to hold all four"
    )
    negative_spread: Literal["missing", "reject"] = Field(
        "missing", description="an ask below the bid; missing = the bar stays, without a spread"
    )
    zero_volume: Literal["keep", "reject"] = Field("keep", description="a bar in which nothing traded")
    off_tick: Literal["keep", "reject", "fix"] = Field(
        "keep", description="a price off the grid of tick_size; fix rounds it to the nearest tick"
    )
    weekend_fill: Literal["keep", "reject"] = Field(
        "reject", description="flat bars without volume outside every session: a vendor's filling"
    )
    outside_session: Literal["reject", "next"] = Field(
        "reject", description="a bar outside every session; next = it belongs to the session that follows"
    )
    unsorted: Literal["sort", "reject"] = Field("sort", description="a row stamped before an earlier row of its symbol")
    duplicates: Literal["first", "last", "reject"] = Field(
        "first", description="rows of one symbol and instant: the first or last of the file stays, or none"
    )
    frequency_change: Literal["keep", "reject"] = Field(
        "keep", description="five or more steps in a row of the same length, not the declared one"
    )
    jump_fraction: float = Field(
        0.4,
        gt=0.0,
        lt=10.0,
        description="a close this far from the one before, splits accounted for, is listed as a jump",
    )


class Split(Spec):
    """A split that the source does not adjust for."""

    symbol: Name = Field(description="instrument")
    session: date = Field(description="first session on the new scale, quoted")
    factor: float = Field(gt=0.0, description="new units per old: 2 = two for one, 0.1 = one for ten")


class Dividend(Spec):
    """Cash paid per unit."""

    symbol: Name = Field(description="instrument")
    session: date = Field(description="ex-date, quoted")
    amount: float = Field(gt=0.0, description="quote currency per raw unit")


class Adjustments(Spec):
    """Splits and dividends declared here, or found where the adjusted close moves; columns of the source may tell them too."""

    splits: tuple[Split, ...] = Field((), description="declared splits")
    dividends: tuple[Dividend, ...] = Field((), description="declared dividends")
    from_adjusted_close: Literal["nothing", "splits", "splits_and_dividends"] = Field(
        "nothing", description="what is found from columns.adjusted_close"
    )
    dividend_base: Literal["close_before", "close_on_ex_date"] = Field(
        "close_before",
        description="close that the source's adjustment divides by: of the session before the ex-date (CRSP, Yahoo), or of "
        "the ex-date (Quandl WIKI)",
    )


class Dataset(Spec, Generic[ConnectorT]):
    """One dataset, shared by experiments and keyed by its file's stem."""

    description: str = Field(
        "",
        description="what it is and where it comes from, one line for the report",
        json_schema_extra=OUTSIDE_IDENTITY,
    )
    connector: ConnectorT = Field(description="where the bytes come from")
    symbols: tuple[Name, ...] = Field(min_length=1, description="symbols to keep, in order")
    rename: dict[str, Name] = Field(default_factory=dict, description="the source's spelling of a symbol -> ours")
    frequency: str = Field(
        pattern=FREQUENCY, examples=FREQUENCIES, description="length of a bar in the source: 1min, 15min, 1h, 1d"
    )
    resample: str | None = Field(
        None, pattern=FREQUENCY, examples=FREQUENCIES, description="coarser bar to write; null = as in the source"
    )
    calendar: Literal["XNYS", "24/7", "24/5"] = Field(description="trading calendar, as exchange_calendars names it")
    currency: str = Field("USD", pattern=r"^[A-Z]{3,5}$", examples=["USD", "EUR"], description="quote currency")
    tick_size: float = Field(0.0, ge=0.0, description="grid of raw prices; 0 = none, sums are compensated instead")
    columns: Columns = Field(default_factory=Columns, description="which column holds what")
    stamp: Stamp = Field(default_factory=Stamp, description="how a stamp becomes an instant")
    numbers: Numbers = Field(default_factory=Numbers, description="how text becomes numbers")
    rules: Rules = Field(default_factory=Rules, description="what happens to rows that are not plain bars")
    adjustments: Adjustments = Field(default_factory=Adjustments, description="splits and dividends")

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if len(set(self.symbols)) != len(self.symbols):
            raise ValueError("symbols must not repeat")
        if self.frequency_minutes > 1440 or 1440 % self.frequency_minutes:
            raise ValueError(f"frequency '{self.frequency}' does not divide a day")
        if self.resample is not None:
            coarse = frequency_minutes(self.resample)
            if coarse <= self.frequency_minutes or coarse % self.frequency_minutes or 1440 % coarse:
                raise ValueError(
                    f"resample '{self.resample}' must be a multiple of {self.frequency} that divides a day"
                )
        if self.adjustments.from_adjusted_close != "nothing":
            if self.columns.adjusted_close is None:
                raise ValueError("adjustments.from_adjusted_close needs columns.adjusted_close")
            if self.columns.has_actions:
                raise ValueError(
                    "columns.split_factor and columns.dividend tell of what adjustments.from_adjusted_close finds; keep one"
                )
        named = {each.symbol for each in self.adjustments.splits} | {each.symbol for each in self.adjustments.dividends}
        unknown = named - set(self.symbols)
        if unknown:
            raise ValueError(f"adjustments name {sorted(unknown)}, which is not among the symbols")
        if self.rules.off_tick != "keep" and self.tick_size == 0.0:
            raise ValueError("rules.off_tick needs a tick_size above 0")
        return self

    @property
    def frequency_minutes(self) -> int:
        """Length of a bar of the source in minutes."""
        return frequency_minutes(self.frequency)

    @property
    def frequency_ns(self) -> int:
        """Length of a bar of the source in nanoseconds."""
        return self.frequency_minutes * 60 * NANOSECONDS_PER_SECOND

    @property
    def is_daily(self) -> bool:
        """Whether the source has one bar a session."""
        return self.frequency == "1d"
