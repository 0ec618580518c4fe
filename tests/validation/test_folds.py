import numpy as np
import pytest
from scipy import stats

from enerqis.core.errors import StageError
from enerqis.core.tables import PATHS
from enerqis.cv import combinatorial_purged, nested_walk_forward, walk_forward
from enerqis.cv.combinatorial_purged import CombinatorialPurgedParams
from enerqis.cv.nested_walk_forward import NestedWalkForwardParams
from enerqis.cv.walk_forward import WalkForwardParams
from enerqis.engines.folds import over, splits_of
from enerqis.interfaces.cv import Reach
from enerqis.interfaces.splitter import Splitter
from enerqis.validation.folds import Chosen, cross_validate, seen
from tests.validation.conftest import PER_YEAR, cross

CPCV = Splitter(combinatorial_purged, CombinatorialPurgedParams(n_folds=4, n_test_folds=2), Reach(horizon_bars=3))
WALKING = Splitter(walk_forward, WalkForwardParams(train_bars=200, test_bars=100))


@pytest.fixture(scope="module")
def purged(job, ground, evidence):
    """Whoever has the better ratio on the train sessions is tested: the job itself, or a slower cross."""
    slower = cross(job.panel, fast=20, slow=60)
    own = {"own": (job, evidence.returns), "slower": (slower, ground.evidence(ground.run(slower), slower).returns)}

    def choose(mask):
        best = max(own, key=lambda name: own[name][1][mask].mean() / own[name][1][mask].std())
        return Chosen(own[best][0], own[best][1][mask], {"which": best})

    return cross_validate(job, CPCV, ground, sessions=evidence.sessions, choose=choose), own


def test_every_split_tests_what_its_train_sessions_chose(purged, ground):
    cross_validation, own = purged
    assert len(cross_validation.splits) == 6
    assert {chosen.values["which"] for chosen in cross_validation.chosen} == {"own", "slower"}
    for split, chosen, tests in zip(
        cross_validation.splits, cross_validation.chosen, cross_validation.tests, strict=True
    ):
        job = own[chosen.values["which"]][0]
        for rows, tested in zip(split.tests, tests, strict=True):
            equity = ground.run(over(job, rows)).equity.column("equity").to_numpy()
            assert np.prod(1.0 + tested.returns) == pytest.approx(equity[-1] / 1000.0, rel=1e-12)
            assert tested.sessions.tolist() == list(range(*rows))


def test_a_path_is_the_whole_period_fold_after_fold(purged):
    cross_validation, _ = purged
    table = cross_validation.table()
    assert table.schema == PATHS
    assert len(cross_validation.parts) == 3
    for path in range(3):
        rows = table.filter(np.array(table.column("path")) == path)
        assert rows.column("session").cast("int32").to_pylist() == list(range(500))
        assert sorted(set(rows.column("fold").to_pylist())) == [0, 1, 2, 3]
        assert rows.column("growth")[-1].as_py() == pytest.approx(np.prod(1.0 + cross_validation.path_returns(path)))


def test_the_tree_says_what_is_left_out_of_sample(purged):
    tree = purged[0].tree()
    pairs = [(row["in_sample_sharpe_ratio"], row["out_of_sample_sharpe_ratio"]) for row in tree["splits"]]
    inside, outside = np.mean(pairs, axis=0)
    assert tree["degradation"]["kept_fraction"] == pytest.approx(outside / inside)
    assert tree["degradation"]["losing_splits_fraction"] == np.mean([each[1] < 0.0 for each in pairs])
    totals = [each["total_return_fraction"] for each in tree["paths"]]
    assert tree["distribution"]["percentiles"]["total_return_fraction"]["p50"] == pytest.approx(np.median(totals))
    # two of the three chose alike in every fold
    assert tree["distinct_paths"] == 2


def test_what_is_out_of_sample_is_as_long_as_the_middle_path_and_must_be_as_long_as_its_ratio_asks(purged):
    cross_validation, _ = purged
    tree = cross_validation.tree()
    ratios = [each["sharpe_ratio"] for each in tree["paths"]]
    returns = cross_validation.path_returns(int(np.argsort(ratios, kind="stable")[1]))
    period = returns.mean() / returns.std(ddof=1)
    skew, kurtosis = stats.skew(returns), stats.kurtosis(returns, fisher=False)
    spread = 1.0 - skew * period + (kurtosis - 1.0) / 4.0 * period**2
    found = tree["out_of_sample"]
    assert found["sessions"] == 500
    assert found["probabilistic_sharpe_fraction"] == pytest.approx(stats.norm.cdf(period * (499.0 / spread) ** 0.5))
    needed = 1.0 + spread * (stats.norm.ppf(0.95) / period) ** 2 if period > 0.0 else np.inf
    assert found["minimum_track_record_sessions"] == pytest.approx(needed)


def test_a_choice_sees_no_session_of_a_test_and_none_that_is_purged(job, evidence):
    for split in splits_of(job.panel, CPCV):
        mask = seen(split, job.panel, evidence.sessions)
        rows = np.flatnonzero(mask)
        for first, last in split.tests:
            assert not ((rows >= first - 3) & (rows < last)).any()
    nested = NestedWalkForwardParams(train_bars=200, test_bars=50, inner_train_bars=100, inner_test_bars=50)
    inner = splits_of(job.panel, Splitter(nested_walk_forward, nested))[0]
    assert np.flatnonzero(seen(inner, job.panel, evidence.sessions)).tolist() == list(range(100, 200))


def test_without_a_choice_all_paths_are_one(job, ground, evidence):
    one = cross_validate(
        job, CPCV, ground, sessions=evidence.sessions, choose=lambda mask: Chosen(job, evidence.returns[mask], {})
    )
    assert one.tree()["distinct_paths"] == 1


def test_walking_forward_is_one_path_that_begins_after_the_first_window(job, ground, evidence):
    walked = cross_validate(
        job, WALKING, ground, sessions=evidence.sessions, choose=lambda mask: Chosen(job, evidence.returns[mask], {})
    )
    assert [row["tests"][0]["first_session"] for row in walked.tree()["splits"]] == [200, 300, 400]
    assert [row["in_sample_sessions"] for row in walked.tree()["splits"]] == [200, 200, 200]
    ratio = walked.tree()["splits"][0]["in_sample_sharpe_ratio"]
    early = evidence.returns[:200]
    assert ratio == pytest.approx(early.mean() / early.std(ddof=1) * PER_YEAR**0.5)
    assert len(walked.parts) == 1


def test_a_scheme_that_does_not_fit_the_rows_is_refused(job, ground, evidence):
    long = Splitter(walk_forward, WalkForwardParams(train_bars=10_000, test_bars=100))
    with pytest.raises(StageError, match=r"^cv: "):
        cross_validate(job, long, ground, sessions=evidence.sessions, choose=lambda mask: Chosen(job, mask, {}))
