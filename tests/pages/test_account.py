import pytest

from enerqis.pages.account import account_series
from enerqis.pages.timeline import Timeline


@pytest.mark.parametrize("points", [200, 5000])
def test_highs_and_lows_survive_the_thinning(content, points):
    evidence = content.evidence
    series = account_series(evidence, Timeline(content.bars), points=points)
    assert {len(column) for column in series.values()} == {min(len(series["t"]), points)}
    for name, table in (("equity", evidence.equity), ("benchmark", evidence.benchmark)):
        values = table.column("equity").to_pylist()
        assert (min(series[name]), max(series[name])) == pytest.approx((min(values), max(values)), rel=1e-7)
    assert max(series["drawdown"]) == 0
    assert series["t"][0] == 12_649 * 86_400  # 2004-08-19
