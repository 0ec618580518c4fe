"""The text that fills the holes of `hooks.py`: calls of the job's strategy, costs and limits, by named tuples of numbers."""

from __future__ import annotations

import functools
import typing
from collections.abc import Mapping, Sequence
from types import ModuleType

from enerqis.engines.book import CROSS_ACCOUNT, CROSS_BAR, CROSS_SERIES, CROSS_TARGET
from enerqis.engines.closure import Closure, gather, is_named_tuple
from enerqis.engines.fields import Fields, tuple_text
from enerqis.engines.log import FIRST_LIMIT
from enerqis.interfaces.risk import HOOKS

LATCHES: Mapping[str, float] = {"": 0.0, "session": 1.0, "forever": 2.0}
"""How long a limit keeps its 0."""


@functools.cache
def hook_of(module: ModuleType) -> str:
    """Return the hook that a limit defines."""
    return next(hook for hook in HOOKS if hasattr(module, hook))


@functools.cache
def step_types(module: ModuleType) -> Mapping[str, typing.Any]:
    """Return the types of an indicator's ``step``, by argument and ``return``."""
    return typing.get_type_hints(module.step)


def output_fields(module: ModuleType) -> tuple[str, ...]:
    """Return the names of an indicator's outputs; none where ``step`` returns one number."""
    result = step_types(module)["return"]
    return tuple(result._fields) if is_named_tuple(result) else ()


def cost_text(closure: Closure, commission: ModuleType, slippage: ModuleType, carry: ModuleType | None) -> str:
    """Return the dispatchers to one commission, one slippage and one carry, which may be none."""
    holding, cash, taken = "0.0", "0.0", "units"
    if hasattr(slippage, "fillable"):
        taken = f"{gather(closure, slippage.fillable)}(n.slippage, units, market)"
    if carry is not None:
        holding = f"{gather(closure, carry.holding_cost)}(n.carry, notional, days, settlements)"
        cash = f"{gather(closure, carry.cash_cost)}(n.carry, cash, days)"
    return f"""
@inner
def commission_of(k, n, units, price):
    return {gather(closure, commission.commission)}(n.commission, units, price, n.multiplier)

@inner
def commission_rate_of(k, n, price):
    return {gather(closure, commission.commission_rate)}(n.commission, price, n.multiplier)

@inner
def commission_minimum_of(k, n):
    return {gather(closure, commission.minimum)}(n.commission)

@inner
def fill_price_of(k, n, price, side, units, market):
    return {gather(closure, slippage.fill_price)}(n.slippage, price, side, units, market)

@inner
def fillable_of(k, n, units, market):
    return {taken}

@inner
def holding_cost_of(k, n, notional, days, settlements):
    return {holding}

@inner
def cash_cost_of(k, n, cash, days):
    return {cash}
"""


SIGNATURES: Mapping[str, tuple[str, str, str, str]] = {
    "limit_target": ("bounded_target(k, n, target)", "", "target = {call}", "return target"),
    "limit_scale": (
        "book_scale(k, n, gross, net)",
        "scale = 1.0",
        "found = {call}\nif found < scale: scale = found",
        "return scale",
    ),
    "limit_held": (
        "held_scale(k, n, gross, net)",
        "scale, reason = 1.0, 1.0",
        "found = {call}\nif found < scale: scale, reason = found, {code}",
        "return {level}(scale, reason)",
    ),
    "stop_price": (
        "stop_level(k, n, side, entry_price, best_price)",
        "price, reason = math.nan, 2.0",
        "found = {call}\nif found == found and not price * side >= found * side: price, reason = found, {code}",
        "return {level}(price, reason)",
    ),
    "profit_price": (
        "profit_level(k, n, side, entry_price)",
        "price, reason = math.nan, 3.0",
        "found = {call}\nif found == found and not price * side <= found * side: price, reason = found, {code}",
        "return {level}(price, reason)",
    ),
    "exit_bar": (
        "exit_reason(k, n, bars_held)",
        "reason = -1.0",
        "if reason < 0.0 and {call}: reason = {code}",
        "return reason",
    ),
    "limit_equity": (
        "equity_brake(k, n, equity, peak_equity, session_equity)",
        "",
        "{kind} = {call}",
        "",
    ),
}
"""For each hook the dispatcher's signature, its start, what each limit adds, its end (see `brake_text` for the last)."""


def limit_text(closure: Closure, limits: Mapping[str, ModuleType], level: str, brake: str) -> dict[str, str]:
    """Return the dispatcher of every hook over the limits that define it; limit KIND counts where ``k.limit_KIND``."""
    kinds = sorted(limits)
    texts = {}
    for hook, (signature, start, step, end) in SIGNATURES.items():
        name, _, rest = signature.partition("(")
        arguments = rest.removeprefix("k, n, ").rstrip(")")
        lines = [f"def {signature}:", *([f"    {start}"] if start else [])]
        for kind in kinds:
            module = limits[kind]
            if hook_of(module) != hook:
                continue
            call = f"{gather(closure, getattr(module, hook))}(n.limits.{kind}, {arguments})"
            code = FIRST_LIMIT + kinds.index(kind)
            filled = step.format(call=call, code=code, kind=kind)
            lines += [f"    if k.limit_{kind}:", *(f"        {line}" for line in filled.split("\n"))]
        if hook == "limit_equity":
            lines += brake_lines([kind for kind in kinds if hook_of(limits[kind]) == hook], limits, kinds, brake)
        else:
            lines.append(f"    {end.format(level=level)}")
        texts[name] = "\n".join(lines)
    also_held = [kind for kind in kinds if hook_of(limits[kind]) == "limit_held"]
    if also_held:
        texts["book_scale"] = texts["book_scale"].replace(
            "    return scale",
            "    held = held_scale(k, n, gross, net)\n    if held.price < scale: scale = held.price\n    return scale",
        )
    return texts


def brake_lines(on: Sequence[str], limits: Mapping[str, ModuleType], kinds: Sequence[str], brake: str) -> list[str]:
    """Return the lines that find the least factor among variables named as their limits; hardly ever is one below 1."""
    lines = [f"    if not k.limit_{kind}: {kind} = 1.0" for kind in on]
    lines.append("    factor, reason, latch = 1.0, 1.0, 0.0")
    if on:
        lines.append(f"    if {' or '.join(f'{kind} < 1.0' for kind in on)}:")
    for kind in on:
        latch = LATCHES[getattr(limits[kind], "LATCH", "")]
        code = FIRST_LIMIT + kinds.index(kind)
        lines.append(
            f"        if {kind} < factor: factor, reason, latch = {kind}, {code}, {latch} if {kind} == 0.0 else 0.0"
        )
    return [*lines, f"    return {brake}(factor, reason, latch)"]


def series_text(closure: Closure, indicators: Mapping[str, ModuleType]) -> tuple[str, str, str]:
    """Return the type of ``ind``, and the text that builds it from columns at ``[i, a]`` and from the cross-section's rows."""
    names = tuple(indicators)
    scalar, across, slot = [], [], 0
    for module in indicators.values():
        fields = output_fields(module)
        here = [f"columns[{slot + j}][i, a]" for j in range(max(1, len(fields)))]
        rows = [f"cross[{CROSS_SERIES + slot + j}]" for j in range(max(1, len(fields)))]
        slot += len(here)
        if fields:
            result = step_types(module)["return"]
            kind = closure.add(result, module.__name__, result.__name__)
            here, rows = [f"{kind}({', '.join(here)})"], [f"{kind}({', '.join(rows)})"]
        scalar += here
        across += rows
    return (
        f"Series = namedtuple('Series', {names!r})" if names else "",
        f"Series({', '.join(scalar)})" if names else "()",
        f"Series({', '.join(across)})" if names else "()",
    )


def slot_count(indicators: Mapping[str, ModuleType]) -> int:
    """Return how many columns the declared series have together."""
    return sum(max(1, len(output_fields(module))) for module in indicators.values())


def strategy_text(closure: Closure, strategy: ModuleType, indicators: Mapping[str, ModuleType]) -> str:
    """Return the dispatchers to a strategy: its series, its state, its decision."""
    series, scalar, across = series_text(closure, indicators)
    count = slot_count(indicators)
    on_bar = gather(closure, strategy.on_bar)
    columns = "".join(f"series[slots[{slot}]], " for slot in range(count))
    parts = [
        series,
        f"@inner\ndef series_columns(series, slots):\n    return ({columns})",
        state_text(closure, strategy),
    ]
    if getattr(strategy, "SHAPE", "") == "cross_sectional":
        from enerqis.interfaces.strategy import Account, Bar

        bar = closure.add(Bar, "", "Bar")
        account = closure.add(Account, "", "Account")
        bar_rows = ", ".join(f"cross[{CROSS_BAR + j}]" for j in range(5))
        account_rows = ", ".join(f"cross[{CROSS_ACCOUNT + j}]" for j in range(4))
        copies = ["    for a in range(cross.shape[1]):"] + [
            f"        cross[{CROSS_SERIES + slot}, a] = columns[{slot}][i, a]" for slot in range(count)
        ]
        copies = copies if count else []
        call = f"{on_bar}(n.strategy, state, {bar}({bar_rows}), {across}, {account}({account_rows}), cross[{CROSS_TARGET}])"
        parts.append("\n".join(["@inner", "def decide_all(k, n, state, cross, columns, i):", *copies, f"    {call}"]))
    else:
        parts.append(
            "@inner\ndef decide(k, n, state, bar, columns, i, a, account):\n"
            f"    return {on_bar}(n.strategy, state, bar, {scalar}, account)"
        )
    return "\n\n".join(parts)


def state_class(module: ModuleType) -> type | None:
    """Return the named tuple that ``initial_state`` promises, or None for a plug-in without state."""
    if not hasattr(module, "initial_state"):
        return None
    result: type = typing.get_type_hints(module.initial_state)["return"]
    return result


def state_text(closure: Closure, strategy: ModuleType) -> str:
    """Return the dispatcher that shows a strategy its arrays: views of the memory of one asset."""
    kind = state_class(strategy)
    if kind is None:
        return "@inner\ndef strategy_state(memory, places, a):\n    return ()"
    name = closure.add(kind, strategy.__name__, kind.__name__)
    fields = kind._fields  # type: ignore[attr-defined]
    views = ", ".join(f"memory[start + places[{j + 2}]:start + places[{j + 3}]]" for j in range(len(fields)))
    return (
        "@inner\ndef strategy_state(memory, places, a):\n"
        f"    start = places[0] + a * places[1]\n    return {name}({views})"
    )


def parameters_text(name: str, fields: Fields) -> str:
    """Return the named tuple of a plug-in's numbers; nothing where it has none."""
    return f"{name} = namedtuple({name!r}, {fields.names!r})" if fields.names else ""


def numbers_text(head: tuple[str, ...], parts: Mapping[str, Fields], limits: Mapping[str, Fields]) -> str:
    """Return the named tuples of all numbers and the function that reads them from one row.

    Parameters
    ----------
    head : tuple of str
        Numbers of the execution spec, first in the row; those that end in ``_bars`` or ``_row`` are integers.
    parts, limits : mapping of str to Fields
        Numeric fields of commission, slippage, strategy and carry, and of each limit, in the order of the row.
    """
    lines = [f"Numbers = namedtuple('Numbers', {(*head, *parts, 'limits')!r})"]
    items = [f"int(row[{i}])" if name.endswith(("_bars", "_row")) else f"row[{i}]" for i, name in enumerate(head)]
    start = len(head)
    for name, fields in parts.items():
        lines.append(parameters_text(f"{name}_numbers", fields))
        items.append(tuple_text(f"{name}_numbers", fields, "row", start))
        start += len(fields.names)
    inner = []
    for kind, fields in limits.items():
        lines.append(parameters_text(f"{kind}_limit", fields))
        inner.append(tuple_text(f"{kind}_limit", fields, "row", start))
        start += len(fields.names)
    lines.append(f"Limits = namedtuple('Limits', {tuple(limits)!r})" if limits else "")
    items.append(f"Limits({', '.join(inner)})" if limits else "()")
    body = "\n".join(line for line in lines if line)
    joined = ",\n        ".join(items)
    return f"{body}\n\n@inner\ndef numbers_of(row):\n    return Numbers(\n        {joined},\n    )"


def indicator_text(closure: Closure, module: ModuleType) -> str:
    """Return the function that runs one indicator over a tile, for each asset; a bar with a missing input is not seen.

    It takes ``parameters`` (n_assets, n_parameters), ``memory`` and ``places`` (n_assets, n_arrays + 1), its inputs of shape
    (n_tile, n_assets), and ``out`` (n_outputs, n_tile, n_assets).
    """
    params = closure.add(step_types(module)["p"], module.__name__, "p")
    state = closure.add(state_class(module), module.__name__, "state")
    count = len(step_types(module)) - 3
    fields = output_fields(module)
    inputs = [f"input{j}" for j in range(count)]
    parameter_count = len(step_types(module)["p"]._fields)
    array_count = len(state_class(module)._fields)  # type: ignore[union-attr]
    row = ", ".join(f"parameters[a, {j}]" for j in range(parameter_count))
    views = ", ".join(f"memory[places[a, {j}]:places[a, {j + 1}]]" for j in range(array_count))
    call = f"{gather(closure, module.step)}(p, state, {', '.join(f'{name}[t, a]' for name in inputs)})"
    seen = " and ".join(f"{name}[t, a] == {name}[t, a]" for name in inputs)
    stores = [f"out[{j}, t, a] = value.{name}" for j, name in enumerate(fields)] or ["out[0, t, a] = value"]
    blanks = [f"out[{j}, t, a] = math.nan" for j in range(max(1, len(fields)))]
    return "\n".join(
        [
            "@entry",
            f"def fill(parameters, memory, places, out, {', '.join(inputs)}):",
            "    for a in range(out.shape[2]):",
            f"        p = {params}({row})",
            f"        state = {state}({views})",
            "        for t in range(out.shape[1]):",
            f"            if {seen}:",
            f"                value = {call}",
            *(f"                {line}" for line in stores),
            "            else:",
            *(f"                {line}" for line in blanks),
        ]
    )
