"""Params from plain values, and searches driven to their end by a known function."""

import json

from enerqis.quant.constraints import parse_constraint

SPACE = {
    "strategy.a": {"kind": "int", "low": 1, "high": 20},
    "strategy.b": {"kind": "float", "low": 0.0, "high": 1.0},
}
EVERY = "1 == 1"


def params_of(model, **values):
    return model.model_validate_json(json.dumps({"space": SPACE, **values}))


def points_of(module, params, score=lambda point: point["strategy.b"], constraint=EVERY):
    """Return each batch of proposals that a search made, told the scores of a function."""
    search = module.searcher(params, parse_constraint(constraint).holds)
    batches = []
    while proposals := search.ask():
        batches.append(proposals)
        search.tell([score(each.values) for each in proposals])
    return batches, search.left_out
