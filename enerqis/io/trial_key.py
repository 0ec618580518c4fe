"""The key of a trial: the hash of a config's hash and of a dataset's. The config's is made in `enerqis.compose.trials`."""

from __future__ import annotations

from enerqis.io.hashing import digest

TRIAL_DOMAIN = "enerqis/trial/1"


def trial_key(config_sha256: str, content_sha256: str) -> str:
    """Return the key of a trial.

    Parameters
    ----------
    config_sha256 : str
        `enerqis.compose.trials.config_digest`.
    content_sha256 : str
        Hash of the dataset's content: the hash by which the stage `backtest` knows its input ``parquet``.
    """
    return digest(TRIAL_DOMAIN, {"config": config_sha256, "dataset": content_sha256})
