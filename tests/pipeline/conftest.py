"""Fixtures of the pipeline tests."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def small_params() -> str:
    """params.yaml of one dataset and two experiments."""
    return (
        "datasets:\n  - us_equities_daily\n"
        "experiments:\n"
        "  goog_sma_cross:\n    dataset: us_equities_daily\n    set: {}\n"
        "  aapl_macd_trend:\n    dataset: us_equities_daily\n    set: {}\n"
    )
