"""What the stage `validate` writes, by hand: a small cross-validation with a choice, and a search."""

from copy import deepcopy

RECORD = {
    "periods": 500,
    "mean": 0.001,
    "std": 0.01,
    "skew": 0.0,
    "kurtosis": 3.0,
    "periods_per_year": 252.0,
}


def case(ratio, total=0.5):
    return {
        "total_return_fraction": total,
        "annual_return_fraction": 0.2,
        "sharpe_ratio": ratio,
        "max_drawdown_fraction": 0.1,
        "annual_volatility_fraction": 0.15,
    }


def point(steps, value, ratio):
    return {
        "parameter": "fast_bars",
        "steps": steps,
        "value": value,
        "sharpe_ratio": ratio,
        "total_return_fraction": 0.4,
    }


def regime(ratio):
    return {
        "sessions": 100,
        "annual_mean_fraction": 0.1,
        "sharpe_ratio": ratio,
        "benchmark_annual_mean_fraction": 0.05,
        "benchmark_sharpe_ratio": None,
    }


def tested(first, last, ratio, total):
    return {"first_session": first, "last_session": last, "sharpe_ratio": ratio, "total_return_fraction": total}


CV = {
    "kind": "combinatorial_purged",
    "splits": [
        {
            "chosen": {"strategy.fast_bars": 5},
            "tests": [tested(12_660, 12_700, 1.0, 0.1), tested(12_701, 12_740, 2.0, 0.2)],
        },
        {"chosen": {"strategy.fast_bars": 9}, "tests": [tested(12_660, 12_700, -1.0, -0.1)]},
    ],
    "paths": [case(1.0), case(0.5)],
    "distinct_paths": 2,
    "out_of_sample": {"sessions": 81, "probabilistic_sharpe_fraction": 0.7, "minimum_track_record_sessions": 2704.2},
    "degradation": {
        "in_sample_sharpe_ratio": 2.0,
        "out_of_sample_sharpe_ratio": 0.5,
        "kept_fraction": 0.25,
        "judged_splits": 2,
        "losing_splits_fraction": 0.5,
    },
}

SEARCH = {
    "kind": "grid",
    "configurations": 40,
    "benchmark": "cash",
    "effective": 9,
    "points": [
        {
            "values": {"strategy.fast_bars": fast, "strategy.slow_bars": slow},
            "sharpe_ratio": ratio,
            "total_return_fraction": 0.1,
        }
        for fast, slow, ratio in ((5, 20, 0.8), (5, 40, 1.4), (10, 20, None), (10, 40, 0.2))
    ],
    "best": {"strategy.fast_bars": 5, "strategy.slow_bars": 40},
    "plateau": {"neighbour_share_fraction": 0.35, "half_life_steps": 0.8, "shares": {"1": 0.35}},
    "overfitting": {
        "overfitting_fraction": 0.62,
        "logit_edges": [-2.0, -1.0, 0.0, 1.0, 2.0],
        "logit_counts": [10, 52, 30, 8],
    },
    "superiority": {"superior_ability": 0.31, "reality_check": 0.44, "draws": 500},
}


def validation_of(moments=None, **parts):
    """Return a validation with these moments; `cv` and `search` where they are given."""
    return deepcopy(
        {
            "record": {
                "moments": moments or RECORD,
                "figures": case(1.2),
                "probabilistic_sharpe_fraction": 0.98,
                "minimum_track_record_sessions": 441.3,
                "beats_benchmark_fraction": 0.42,
            },
            "bootstrap": {
                "draws": 1000,
                "block_sessions": 8,
                "figures": {"sharpe_ratio": {"value": 1.2, "lower": 0.4, "upper": 1.9}},
            },
            "regimes": {
                "regimes": {name: regime(i) for i, name in enumerate(("calm", "falling", "rising", "rough", "usual"))}
            },
            "reordering": {
                "trades": 30,
                "draws": 1000,
                "recorded_drawdown_fraction": 0.1,
                "no_worse_fraction": 0.4,
                "drawdown_fractions": {"p05": 0.05, "p95": 0.2},
            },
            "stress": {
                "cases": {
                    "as_recorded": case(1.2),
                    "costs_x0": case(1.3),
                    "costs_x2": case(1.1),
                    "costs_x3": case(1.0),
                    "fills_one_bar_later": None,
                },
                "break_even_cost_multiple": 12.3,
            },
            "neighbourhood": {
                "step_fraction": 0.1,
                "points": [point(-1, 9, 1.15), point(1, 11, 0.6), point(2, 12, None)],
                "refused": 1,
                "without_effect": 0,
                "neighbour_share_fraction": 0.73,
            },
            "cv": None,
            "leaks": {"findings": [], "columns": 4, "blind": [], "refused": [], "cuts": 5},
            **parts,
        }
    )
