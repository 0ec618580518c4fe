"""Tree-structured Parzen estimator: points drawn where good ones were found before. Optuna proposes, through ask and tell.

References
----------
Bergstra, Bardenet, Bengio and Kegl (2011), Algorithms for hyper-parameter optimization, NeurIPS 24, section 4.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from enerqis.core.errors import SetupError
from enerqis.interfaces.search import Allows, DrawnParams, Draws, Patience, Proposal
from enerqis.spec.space import Choice, FloatRange, Range, Scalar

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import Trial


MOST_MISSES = 20
"""Proposals in a row outside the constraints after which a point is drawn by chance."""


class TpeParams(DrawnParams):
    """Optuna's estimator."""

    kind: Literal["tpe"] = "tpe"
    startup_trials: int = Field(20, ge=1, description="points drawn by chance before the estimator begins")
    is_multivariate: bool = Field(True, description="keys are drawn together rather than one by one")


class Tpe:
    """A study under way."""

    def __init__(self, params: TpeParams, allows: Allows) -> None:
        try:
            import optuna
        except ModuleNotFoundError as exc:
            raise SetupError("search tpe needs Optuna: pip install 'enerqis[search]'") from exc
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        sampler = optuna.samplers.TPESampler(
            n_startup_trials=params.startup_trials,
            multivariate=params.is_multivariate,
            constant_liar=True,
            seed=params.seed,
        )
        self._misses = 0
        self._draws = Draws(params.space, params.seed, allows)
        self._study = optuna.create_study(sampler=sampler, direction="maximize")
        self._failed = optuna.trial.TrialState.FAIL
        self._space = {key: _distribution(each) for key, each in params.space.items()}
        self._choices = {key: each.values for key, each in params.space.items() if isinstance(each, Choice)}
        self._params = params
        self._allows = allows
        self._patience = Patience(params.patience_trials)
        self._open: list[Trial] = []
        self._asked = 0

    @property
    def left_out(self) -> int:
        """Points left out so far."""
        return self._misses + self._draws.left_out

    def ask(self) -> list[Proposal]:
        """Return the next points; fewer where the constraints leave none."""
        if self._patience.is_over or not self._space:
            return []
        wanted = min(self._params.batch_trials, self._params.trials - self._asked)
        points: list[Proposal] = []
        while len(points) < wanted and (found := self._next()):
            points.append(Proposal(found))
        self._asked += len(points)
        return points

    def tell(self, scores: Sequence[float]) -> None:
        """Tell the study what came of the points asked for last."""
        for trial, score in zip(self._open, scores, strict=True):
            if math.isfinite(score):
                self._study.tell(trial, score)
            else:
                self._study.tell(trial, state=self._failed)
        self._open = []
        self._patience.take(scores)

    def _next(self) -> dict[str, Scalar]:
        """Return a point that the constraints allow: the estimator's, or after many misses one drawn by chance; {} = none."""
        for _ in range(MOST_MISSES):
            trial = self._study.ask(self._space)
            values = self._values(trial)
            if self._allows(values):
                self._open.append(trial)
                return values
            self._misses += 1
            self._study.tell(trial, state=self._failed)
        drawn = self._draws.take(1)
        if not drawn:
            return {}
        self._study.enqueue_trial(self._params_of(drawn[0]))
        self._open.append(self._study.ask(self._space))
        return drawn[0]

    def _params_of(self, values: dict[str, Scalar]) -> dict[str, Scalar]:
        """Return values as Optuna knows them."""
        return {key: _place(self._choices[key], each) if key in self._choices else each for key, each in values.items()}

    def _values(self, trial: Trial) -> dict[str, Scalar]:
        """Return a trial's values; a choice goes by its number, as Optuna takes 1 and True for the same."""
        values: dict[str, Scalar] = dict(trial.params)
        return {key: self._choices[key][int(each)] if key in self._choices else each for key, each in values.items()}


def _distribution(values: Range) -> BaseDistribution:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if isinstance(values, Choice):
        return CategoricalDistribution(list(range(len(values.values))))
    if isinstance(values, FloatRange):
        return FloatDistribution(values.low, values.high, step=values.step, log=values.is_log)
    return IntDistribution(values.low, values.high, step=values.step, log=values.is_log)


def _place(values: tuple[Scalar, ...], value: Scalar) -> int:
    return next(i for i, each in enumerate(values) if each == value and type(each) is type(value))


def searcher(params: TpeParams, allows: Allows) -> Tpe:
    """Return the study at its first trial."""
    return Tpe(params, allows)
