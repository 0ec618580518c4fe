import math

import pytest
from mypy import api

from enerqis.quant.sharpe import AnnualSharpe, Kurtosis, PeriodSharpe
from enerqis.quant.track import TrackRecord

NAMES = """\
from enerqis.quant.deflation import TrialSharpes, deflated_sharpe, minimum_backtest_years
from enerqis.quant.probability import minimum_track_record, probabilistic_sharpe
from enerqis.quant.sharpe import AnnualSharpe, Kurtosis, PeriodSharpe
from enerqis.quant.track import TrackRecord
TRACK = TrackRecord(count=24, sharpe=PeriodSharpe(0.4), skewness=0.0, kurtosis=Kurtosis(full=3.0))
probabilistic_sharpe(TRACK, benchmark=AnnualSharpe(1.0).per_period(12.0))
deflated_sharpe(TRACK, TrialSharpes(count=10, period_variance=0.01))
minimum_track_record(TRACK)
minimum_backtest_years(45, expected=AnnualSharpe(1.0))
"""
"""What is right, for the names and for the type checker to say nothing about."""

MISUSES = {
    "TrackRecord(count=24, sharpe=AnnualSharpe(1.0), skewness=0.0, kurtosis=Kurtosis(full=3.0))": "PeriodSharpe",
    "TrackRecord(count=24, sharpe=0.4, skewness=0.0, kurtosis=Kurtosis(full=3.0))": "PeriodSharpe",
    "TrackRecord(count=24, sharpe=PeriodSharpe(0.4), skewness=0.0, kurtosis=3.0)": "Kurtosis",
    "probabilistic_sharpe(TRACK, benchmark=AnnualSharpe(1.0))": "PeriodSharpe",
    "probabilistic_sharpe(TRACK, benchmark=0.1)": "PeriodSharpe",
    "minimum_track_record(TRACK, benchmark=AnnualSharpe(1.0))": "PeriodSharpe",
    "minimum_backtest_years(45, expected=PeriodSharpe(0.1))": "AnnualSharpe",
    "TrialSharpes.of([AnnualSharpe(1.0), AnnualSharpe(2.0)])": "PeriodSharpe",
    "deflated_sharpe(TRACK, 100)": "TrialSharpes",
    "PeriodSharpe(0.1) + AnnualSharpe(1.0)": "unsupported operand",
    "PeriodSharpe(0.1) < AnnualSharpe(1.0)": "not supported",
    "float(AnnualSharpe(1.0))": "must be a string or a real number",
    "Kurtosis(3.0)": "positional argument",
}


@pytest.mark.parametrize("misuse", MISUSES)
def test_what_is_mixed_up_is_refused_when_the_program_runs(misuse):
    names = {}
    exec(NAMES, names)
    with pytest.raises(TypeError, match=MISUSES[misuse]):
        eval(misuse, names)


def test_what_is_mixed_up_is_refused_by_the_type_checker(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(NAMES + "\n".join(MISUSES) + "\n", "utf-8")
    said, errors, _ = api.run(["--no-error-summary", "--hide-error-context", str(program)])
    faulty = {int(line.split(":")[1]) for line in said.splitlines() if ": error:" in line}
    first = NAMES.count("\n") + 1
    assert faulty == set(range(first, first + len(MISUSES))), said + errors


@pytest.mark.parametrize("excess", [0.0, -1.2, 0.99])
def test_an_excess_taken_for_a_full_kurtosis_is_refused_where_no_distribution_has_it(excess):
    with pytest.raises(ValueError, match=r"Kurtosis\.from_excess"):
        Kurtosis(full=excess)


def test_an_excess_taken_for_a_full_kurtosis_is_refused_where_the_skewness_gives_it_away():
    # 1 + 2.448 squared = 6.9927: a kurtosis of 9.9 passes, its excess of 6.9 does not
    with pytest.raises(ValueError, match=r"no distribution has less than 6\.99"):
        TrackRecord(count=24, sharpe=PeriodSharpe(0.4), skewness=-2.448, kurtosis=Kurtosis(full=6.9))


def test_an_excess_is_counted_from_the_normals_three():
    assert Kurtosis.from_excess(7.164) == Kurtosis(full=10.164)
    assert Kurtosis(full=3.0).excess == 0.0


def test_a_ratio_per_month_is_a_ratio_per_year_over_the_root_of_twelve_and_back():
    assert AnnualSharpe(1.585).per_period(12).value == pytest.approx(0.457550, abs=5e-7)
    assert AnnualSharpe(1.585).per_period(12).annual(12).value == pytest.approx(1.585, rel=1e-15)


@pytest.mark.parametrize("per_year", [0.0, -252.0, math.inf, math.nan])
def test_a_year_without_a_number_of_periods_is_refused(per_year):
    with pytest.raises(ValueError, match="periods per year"):
        PeriodSharpe(0.1).annual(per_year)
