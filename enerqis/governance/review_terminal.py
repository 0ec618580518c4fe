"""A verdict as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from enerqis.governance.figures import HEADLINES
from enerqis.governance.verdict import Reviewed, Verdict, grouped, plain_values
from enerqis.governance.wording import NONE, SAID, figure, listed, shown, visible


def terminal_lines(verdict: Verdict) -> Iterator[str]:
    """Yield the lines of a verdict, what needs a decision first; no name of a change moves the cursor."""
    for line in _lines(verdict):
        indent = len(line) - len(line.lstrip(" "))
        yield " " * indent + visible(line)


def _lines(verdict: Verdict) -> Iterator[str]:
    yield f"{verdict.old} -> {verdict.new}"
    yield f"verdict: {verdict.sentence()}"
    for side, problems in ((verdict.old, verdict.old_problems), (verdict.new, verdict.new_problems)):
        yield from (f"  {side}: {each}" for each in problems)
    yield from _loosenings(verdict)
    yield from _flattering(verdict)
    yield from _gates(verdict)
    yield from _rules(verdict)
    yield from _changes("datasets", verdict.datasets)
    yield from _changes("experiments", verdict.experiments)
    yield from _moves("risk limits", verdict, "limits")
    yield from _moves("costs and fills", verdict, "costs")
    yield from _code(verdict)
    yield from _stages(verdict)
    yield from _figures(verdict)
    yield from _owners(verdict)


def _loosenings(verdict: Verdict) -> Iterator[str]:
    if verdict.loosenings:
        yield "loosens, and needs the consent of a named owner:"
    for each in verdict.loosenings:
        place = f" ({each.where})" if each.where else ""
        yield f"  {each.what}{place}: {', '.join(each.owners) or 'nobody owns it'}"


def _flattering(verdict: Verdict) -> Iterator[str]:
    if verdict.flattering:
        yield "costs or fills loosen, which flatters results; needs no approval of its own:"
    for each in verdict.flattering:
        place = f" ({each.where})" if each.where else ""
        yield f"  {each.what}{place}" + (f": {', '.join(each.owners)}" if each.owners else "")


def _gates(verdict: Verdict) -> Iterator[str]:
    if verdict.gates:
        yield "gates:"
    for move in verdict.gates:
        yield f"  {move.gate}: {move.what}: {shown('', move.old)} -> {shown('', move.new)}  [{SAID[move.direction]}]"


def _rules(verdict: Verdict) -> Iterator[str]:
    if verdict.rules:
        yield "rules of approval, of the repository and of secrets:"
    for move in verdict.rules:
        values = f"{shown(move.key, move.old, nothing=NONE)} -> {shown(move.key, move.new, nothing=NONE)}"
        yield f"  {move.file}: {move.key}: {values}  [{SAID[move.direction]}: {move.why}]"


def _changes(title: str, reviews: tuple[Reviewed, ...]) -> Iterator[str]:
    if reviews:
        yield f"{title}:"
    for review in reviews:
        if review.status != "changed":
            yield f"  {review.name}: {review.status}" + (f" from {review.old_name}" if review.old_name else "")
    for change, names in plain_values(reviews):
        yield f"  {change.key}: {shown(change.key, change.old)} -> {shown(change.key, change.new)}"
        place = change.new_origin or change.old_origin
        yield f"    {place}; {listed(names)}" + (f"; {change.meaning}" if change.meaning else "")


def _moves(title: str, verdict: Verdict, part: str) -> Iterator[str]:
    moves = grouped(verdict.experiments, part)
    if moves:
        yield f"{title}:"
    for move, names in moves:
        values = f"{shown(move.key, move.old)} -> {shown(move.key, move.new)}"
        beside = f", beside {move.beside}" if move.beside else ""
        yield f"  {move.key}: {values}  [{SAID[move.direction]}{beside}: {move.why}]"
        yield f"    {move.origin + '; ' if move.origin else ''}{listed(names)}"


def _code(verdict: Verdict) -> Iterator[str]:
    changes = grouped(verdict.experiments, "code")
    if changes or verdict.pins or verdict.schemas:
        yield "code, packages and schemas that reach results:"
    for change, names in changes:
        yield f"  {change.module}: {change.what}: {', '.join(change.stages)} of {listed(names)}"
    for pin in verdict.pins:
        stages = f"identity of {', '.join(pin.stages)}" if pin.stages else "in no identity"
        yield f"  {pin.package}: {pin.old} -> {pin.new}  [{stages}]"
    for schema in verdict.schemas:
        reaches = f"; reaches {listed(schema.experiments)}" if schema.experiments else ""
        yield f"  {schema.file}: {listed(schema.keys)}{reaches}"


def _stages(verdict: Verdict) -> Iterator[str]:
    to_run = [each for each in verdict.reruns if each.stage not in verdict.recorded]
    if to_run:
        yield "stages of another identity:" if verdict.is_of_runs else "stages that run again:"
    for each in to_run:
        yield f"  {each.stage}: {listed(each.reasons)}" + (
            "" if each.is_certain else "  [only if those come out otherwise]"
        )
    if verdict.recorded:
        yield f"stages that ran already, by dvc.lock: {listed(verdict.recorded)}"
    if verdict.also_stale:
        yield f"stages that run whatever this changes: {listed(each.stage for each in verdict.also_stale)}"


def _figures(verdict: Verdict) -> Iterator[str]:
    for review in verdict.experiments:
        found = review.figures
        if found is None:
            continue
        if not found.is_new_current and found.old:
            yield f"{review.name}: no result of this spec yet: dvc repro, then commit dvc.lock and data/metrics"
        if found.leaks[0] != found.leaks[1]:
            yield f"{review.name}: leaks: {found.leaks[0]} -> {found.leaks[1]}"
        for name in HEADLINES:
            before = found.old.get(name) if found.is_old_current else None
            after = found.new.get(name) if found.is_new_current else None
            if before != after:
                yield f"  {name}: {figure(before)} -> {figure(after)}"
        others = len([each for each in found.differing() if each not in HEADLINES])
        if found.is_comparable and others:
            yield f"  and {others} other figures differ: --format json"


def _owners(verdict: Verdict) -> Iterator[str]:
    if verdict.owners:
        yield "must review:"
    for owner, files in verdict.owners.items():
        yield f"  {owner}: {listed(files)}"
    if verdict.unowned:
        why = "nobody owns" if verdict.has_owners_file else "there is no CODEOWNERS; nobody owns"
        yield f"{why}: {listed(verdict.unowned)}"
    if verdict.judged_code:
        yield f"ran while it was judged, so read it: {listed(verdict.judged_code)}"
