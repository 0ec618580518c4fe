"""Market energy written out a second time, with plain numpy and no streaming: what the tests compare with."""

import numpy as np


def log_returns(close):
    return np.concatenate([[np.nan], np.diff(np.log(close))])


def volatility_before(close, n):
    """Root mean square of the n log returns before each bar."""
    returns, found = log_returns(close), np.full(len(close), np.nan)
    for t in range(n + 1, len(close)):
        found[t] = np.sqrt(np.mean(returns[t - n : t] ** 2))
    return found


def velocity(close, n):
    return log_returns(close) / volatility_before(close, n)


def mass(volume, n):
    found = np.full(len(volume), np.nan)
    for t in range(n, len(volume)):
        average = np.mean(volume[t - n : t])
        found[t] = volume[t] / average if average > 0 else 1.0
    return found


def kinetic(close, volume, n):
    return mass(volume, n) * velocity(close, n) ** 2 / 2


def displacement(close, n):
    logs, found = np.log(close), np.full(len(close), np.nan)
    for t in range(n - 1, len(close)):
        found[t] = logs[t] - np.mean(logs[t - n + 1 : t + 1])
    usual = np.sqrt(sum((k / n) ** 2 for k in range(1, n)))  # of a random walk with steps of variance one
    return found / (volatility_before(close, n) * usual)


def potential(close, n):
    return displacement(close, n) ** 2 / 2


def exchange(close, volume, n):
    first, second = kinetic(close, volume, n), potential(close, n)
    return np.concatenate([[np.nan], (np.diff(first) - np.diff(second)) / 2])
