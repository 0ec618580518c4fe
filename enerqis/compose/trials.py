"""What a trial is: one config on one dataset content, hashed so that nothing but a config or data makes a new one.

The seed is not in the key, nor are code, environment, names, metrics, reports and tracking: the same config evaluated again is
the same trial. A version of ENERQIS that adds a key to a spec makes new keys of old configs: K is then too large, never too
small.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from enerqis.compose.digests import Forms
from enerqis.io.hashing import digest_of_forms
from enerqis.io.trial_key import trial_key as trial_key

PARTS = ("strategy", "feature", "universe", "risk", "cost", "execution")
"""Parts of an experiment that make a config another one."""

CONFIG_DOMAIN = "enerqis/trial-config/1"


def config_digest(parts: Mapping[str, Any], forms: Forms | None = None) -> str:
    """Return the hash of a config from its parts, Specs or mappings of them; what stands outside the identity is left out.

    With the `forms` of parts that were read before it is quicker, and the same.

    Raises
    ------
    KeyError
        If one of `PARTS` is missing.
    """
    return digest_of_forms(CONFIG_DOMAIN, (forms or Forms()).of({name: parts[name] for name in PARTS}))


def config_of(experiment: Any, forms: Forms | None = None) -> str:
    """Return the hash of the config of a resolved experiment."""
    return config_digest({name: getattr(experiment, name) for name in PARTS}, forms)
