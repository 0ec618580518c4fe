"""The decision in the header of a strategy's YAML file: why these settings exist and whether they go forward.

It is a block of comment lines, so that it is no part of the spec and of no identity::

    # decision:
    #   hypothesis: why this should pay, in one sentence
    #   markets: [equities, crypto]
    #   horizon: weeks
    #   verdict: go
    #   reason: what speaks for the verdict
    #   date: "2026-11-22"
"""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, ValidationError

from enerqis.core.errors import ConfigError, Problem
from enerqis.spec.base import Spec

START = "# decision:"
Sentence = Annotated[str, Field(min_length=1, max_length=400)]


class StrategyDecision(Spec):
    """Whether a strategy goes forward, and why."""

    hypothesis: Sentence = Field(description="why it should pay")
    markets: tuple[Sentence, ...] = Field(min_length=1, description="where it should")
    horizon: Sentence = Field(description="how long a position lasts")
    verdict: Literal["go", "hold", "drop"] = Field(
        description="go: it goes forward; hold: it waits for evidence; drop: it is kept as a record only"
    )
    reason: Sentence = Field(description="what speaks for the verdict")
    date: datetime.date = Field(description="when it was decided")


def read_decision(path: Path, shown: str) -> StrategyDecision | None:
    """Return the decision in the header of a YAML file, or None where there is none.

    Parameters
    ----------
    path : Path
    shown : str
        The file's name in messages.

    Raises
    ------
    ConfigError
        If there is a block and it is not a decision; the message names its first line.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    header = next((place for place, line in enumerate(lines) if not line.startswith("#")), len(lines))
    starts = [place for place in range(header) if lines[place].rstrip() == START]
    if not starts:
        return None
    block = []
    for line in lines[starts[0] + 1 : header]:
        if not line.startswith("#   "):
            break
        block.append(line.removeprefix("# "))
    return _parsed("\n".join(block), f"{shown}:{starts[0] + 1}:1")


def _parsed(text: str, where: str) -> StrategyDecision:
    try:
        return StrategyDecision.model_validate_json(json.dumps(yaml.safe_load(text), default=str))
    except ValidationError as exc:
        problems = [
            Problem(where, ".".join(("decision", *map(str, each["loc"]))), f"{each['msg']}. Allowed: {_allowed()}.")
            for each in exc.errors(include_url=False)
        ]
        raise ConfigError(problems) from exc
    except yaml.YAMLError as exc:
        raise ConfigError([Problem(where, "decision", "the comment block is not YAML: 'key: text' a line.")]) from exc


def _allowed() -> str:
    return ", ".join(StrategyDecision.model_fields)
