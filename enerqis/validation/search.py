"""What a search finds on some of the sessions, and how much of its best is the choice: overfitting, superiority, plateau."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from enerqis.core.errors import EnerqisError, StageError
from enerqis.interfaces.engine import BacktestResult, Job
from enerqis.interfaces.metric import Evidence, Floats
from enerqis.interfaces.search import SpaceParams
from enerqis.io.plugins import Plugged
from enerqis.quant.bootstrap import block_length
from enerqis.quant.constraints import parse_constraint
from enerqis.quant.drawdown import drawdowns
from enerqis.quant.effective_trials import correlations, effective_trials
from enerqis.quant.moments import deviation, mean, quotient
from enerqis.quant.overfitting import SymmetricValidation, symmetric_validation
from enerqis.quant.plateau import plateau
from enerqis.quant.returns import compounded, growth
from enerqis.quant.sharpe import PeriodSharpe
from enerqis.quant.superiority import superiority
from enerqis.validation.folds import Chosen
from enerqis.validation.ground import Ground

Bools = npt.NDArray[np.bool_]
Values = Mapping[str, Any]
BLOCKS = 16
"""Parts of the period that are halved in every way: 12,870 splits."""
BINS = 20
DRAWS = 500


def judged(objective: str, returns: Floats) -> float:
    """Return the figure that a search judges returns by; more of it is better where it maximizes.

    Raises
    ------
    StageError
        If returns alone do not say it.
    """
    if objective == "sharpe":
        return quotient(mean(returns), deviation(returns))
    if objective in ("total_return", "final_equity"):
        return compounded(returns)
    if objective == "max_drawdown":
        return float(drawdowns(growth(returns), initial=1.0).max(initial=0.0))
    raise StageError(
        f"search.objective: '{objective}' cannot be judged on part of the period. For a validation write sharpe, total_return, "
        "final_equity or max_drawdown."
    )


class Asked(NamedTuple):
    """A point that a search asked for, the part of the sessions that it was told of, and what it was told; NaN = none."""

    values: Values
    fraction: float
    score: float


class Ran(NamedTuple):
    """A point over the whole period; `is_judged` where the search looked at all of it, and may choose it."""

    values: Values
    is_judged: bool
    score: float
    returns: Floats


@dataclass
class Candidates:
    """Points of a search, each run once over the whole period, and what is chosen among them.

    Parameters
    ----------
    search : Plugged
        Module of the kind and its SpaceParams.
    fixed : mapping of key to value
        The experiment's own values, for constraints on keys that the space leaves alone.
    job_at : callable
        From values by dotted key to the experiment's job with them set; raises EnerqisError where they are refused.
    ground : Ground
    evidence : Evidence
        Of the experiment itself: its sessions are those of masks.
    trial : callable
        From a job and its result, None where its run failed, to what counts it as a trial: its ``key``, moments and signature.
    """

    search: Plugged
    fixed: Values
    job_at: Callable[[Values], Job]
    ground: Ground
    evidence: Evidence
    trial: Callable[[Job, BacktestResult | None], Mapping[str, Any]]
    _known: dict[str, Floats | None] = field(default_factory=dict)
    _tried: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def params(self) -> SpaceParams:
        """The search's parameters."""
        assert isinstance(self.search.params, SpaceParams)
        return self.search.params

    def returns(self, values: Values) -> Floats | None:
        """Return the returns per session of a point over the whole period; None where it is refused."""
        key = _name(values)
        if key not in self._known:
            self._known[key] = self._ran_at(values)
        return self._known[key]

    def _ran_at(self, values: Values) -> Floats | None:
        """Run a point and count it; a spec that is refused is no trial, a run that fails is one without figures."""
        try:
            job = self.job_at(values)
        except EnerqisError:
            return None
        try:
            result = self.ground.run(job)
        except EnerqisError:
            self._count(self.trial(job, None))
            return None
        self._count(self.trial(job, result))
        return self.ground.returns(result.equity, job)[1]

    def _count(self, trial: Mapping[str, Any]) -> None:
        self._tried[trial["key"]] = trial

    def searched(self, seen: Bools) -> list[Asked]:
        """Return the points that the search asks for where it is told what they are worth on `seen`, in order."""
        holds = [parse_constraint(text).holds for text in self.params.constraints]
        searcher = self.search.module.searcher(
            self.params, lambda values: all(each({**self.fixed, **values}) for each in holds)
        )
        rows = np.flatnonzero(seen)
        asked: list[Asked] = []
        while proposals := searcher.ask():
            told = []
            for each in proposals:
                returns = self.returns(each.values)
                looked_at = rows[: max(2, math.ceil(len(rows) * each.fraction))]
                told.append(math.nan if returns is None else self._score(returns[looked_at]))
                asked.append(Asked(each.values, each.fraction, told[-1]))
            searcher.tell(told)
        return asked

    def _score(self, returns: Floats) -> float:
        """Return what returns are worth to the search: more is better."""
        sign = 1.0 if self.params.direction == "maximize" else -1.0
        return sign * judged(self.params.objective, returns)

    def choose(self, seen: Bools) -> Chosen:
        """Return the best point of a search that sees some sessions only.

        Raises
        ------
        StageError
            If no point has a score.
        """
        asked = [each for each in self.searched(seen) if each.fraction == 1.0 and math.isfinite(each.score)]
        if not asked:
            raise StageError("search: no point has a score on the train sessions. Widen search.space or the folds.")
        best = max(asked, key=lambda each: each.score).values
        returns = self.returns(best)
        assert returns is not None
        return Chosen(self.job_at(best), returns[seen], best)

    def tree(self, *, seed: int) -> dict[str, Any]:
        """Return what the search finds on the whole period, and what that is worth."""
        ran = self._ran()
        scored = np.array([each.score if each.is_judged else math.nan for each in ran])
        best = int(np.nanargmax(scored)) if np.isfinite(scored).any() else None
        matrix = np.column_stack([each.returns for each in ran]) if ran else np.empty((0, 0))
        return {
            "kind": getattr(self.params, "kind", ""),
            "objective": self.params.objective,
            "configurations": len(ran),
            "refused": sum(each is None for each in self._known.values()),
            "effective": effective_trials(correlations(matrix)) if ran else 0,
            "benchmark": "cash",
            "best": None if best is None else dict(ran[best].values),
            "points": [{"values": dict(each.values), **self._figures(each.returns)} for each in ran],
            "tried": [dict(self._tried[key]) for key in sorted(self._tried)],
            "overfitting": _overfitting(matrix),
            "superiority": None if best is None else _superiority(matrix, best=best, seed=seed),
            "plateau": _plateau([each.values for each in ran], [each.score for each in ran], best=best),
        }

    def _ran(self) -> list[Ran]:
        """Return the points that a search over the whole period asks for, each once, in order.

        Those that it left behind on a part of the period are among them: statistics of the best of some points must know all.
        """
        asked = self.searched(np.ones(len(self.evidence.sessions), dtype=np.bool_))
        judged_whole = {_name(each.values) for each in asked if each.fraction == 1.0}
        found = {}
        for name, values in {_name(each.values): each.values for each in asked}.items():
            returns = self.returns(values)
            if returns is not None:
                found[name] = Ran(values, name in judged_whole, self._score(returns), returns)
        return list(found.values())

    def _figures(self, returns: Floats) -> dict[str, float]:
        ratio = PeriodSharpe(quotient(mean(returns), deviation(returns))).annual(self.ground.sessions_per_year).value
        return {"sharpe_ratio": ratio, "total_return_fraction": compounded(returns)}


def _name(values: Values) -> str:
    """Return what tells a point from others; 1, 1.0 and True are three."""
    return repr(sorted(values.items()))


def _overfitting(matrix: Floats) -> dict[str, Any] | None:
    """Return what cutting the period in halves in every way says; None where it cannot be cut or nothing was chosen."""
    if matrix.shape[1] < 2 or matrix.shape[0] < 2 * BLOCKS:
        return None
    found: SymmetricValidation = symmetric_validation(matrix, blocks=BLOCKS)
    counts, edges = np.histogram(found.logits, bins=_edges(found.logits))
    slope, intercept = found.degradation
    return {
        "blocks": BLOCKS,
        "splits": len(found.logits),
        "overfitting_fraction": found.overfitting_fraction,
        "loss_fraction": found.loss_fraction,
        "degradation_slope": slope,
        "degradation_intercept": intercept,
        "logit_edges": edges.tolist(),
        "logit_counts": counts.tolist(),
    }


def _edges(logits: Floats) -> Floats:
    """Return edges of bins of which one is 0, so that what is overfitted shares none with what is not."""
    reach = max(float(np.abs(logits).max()), 1e-9)
    edges: Floats = np.linspace(-reach, reach, BINS + 1)
    edges[BINS // 2] = 0.0
    return edges


def _superiority(matrix: Floats, *, best: int, seed: int) -> dict[str, Any]:
    block = block_length(matrix[:, best])
    return {
        **superiority(matrix, mean_block=block, draws=DRAWS, seed=seed)._asdict(),
        "draws": DRAWS,
        "block_sessions": math.ceil(block),
    }


def _plateau(points: Sequence[Values], scores: Sequence[float], *, best: int | None) -> dict[str, Any] | None:
    """Return how the score over the whole period falls around the best point; None where a key is no number."""
    rows = [tuple(point.values()) for point in points]
    if len(rows) < 2 or any(isinstance(each, bool | str) for row in rows for each in row):
        return None
    found = plateau(rows, np.array(scores), centre=best)
    return {
        "neighbour_share_fraction": found.neighbour_share,
        "half_life_steps": found.half_life_steps,
        "shares": dict(zip(map(str, found.distances.tolist()), found.shares.tolist(), strict=True)),
    }
