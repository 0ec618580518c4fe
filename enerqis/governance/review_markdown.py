"""A verdict as Markdown for a pull request: nothing of a change's own text is taken for markup, a link or a mention."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from enerqis.governance.figures import HEADLINES, Figures
from enerqis.governance.verdict import DOES_NOT_RESOLVE, LOOSENS, NOBODY_OWNS, Reviewed, Verdict, grouped, plain_values
from enerqis.governance.wording import NONE, code, escaped, figure, listed, shown

SIGNS = {DOES_NOT_RESOLVE: "⛔", LOOSENS: "⚠️", NOBODY_OWNS: "⛔"}
DIRECTIONS = {"looser": "⚠️ looser", "tighter": "tighter", "untold": "⚠️ cannot be told"}
LABELS = {"trials_count": "K, trials_count", "overfitting_fraction": "PBO, overfitting_fraction"}
FOLDED = 8
"""Rows of a table beyond which it is folded away."""


def markdown(verdict: Verdict) -> str:
    """Return the whole comment."""
    parts = [
        f"### {SIGNS.get(verdict.exit_code, '✅')} Config review: {escaped(verdict.sentence())}",
        f"{code(verdict.old)} → {code(verdict.new)}",
        *_problems(verdict),
        *_loosenings(verdict),
        *_flattering(verdict),
        *_gates(verdict),
        *_rules(verdict),
        *_changes("Datasets", verdict.datasets),
        *_changes("Experiments", verdict.experiments),
        *_moves("Risk limits", "limit", verdict, "limits"),
        *_moves("Costs and fills", "cost", verdict, "costs"),
        *_figures(verdict),
        *_stages(verdict),
        *_code(verdict),
        *_owners(verdict),
    ]
    return "\n\n".join(parts) + "\n"


def _problems(verdict: Verdict) -> Iterator[str]:
    for side, problems in ((verdict.old, verdict.old_problems), (verdict.new, verdict.new_problems)):
        if problems:
            yield f"**{code(side)} does not resolve**"
            yield "\n".join(f"- {code(each)}" for each in problems)


def _loosenings(verdict: Verdict) -> Iterator[str]:
    if verdict.loosenings:
        yield "**Loosens, and needs the consent of a named owner**"
        rows = [
            (code(each.what), code(each.where) if each.where else "", _owned(each.owners))
            for each in verdict.loosenings
        ]
        yield _table(("what", "set at", "owner"), rows)


def _flattering(verdict: Verdict) -> Iterator[str]:
    if verdict.flattering:
        yield "**Costs or fills loosen, which flatters results; needs no approval of its own**"
        rows = [
            (code(each.what), code(each.where) if each.where else "", ", ".join(code(owner) for owner in each.owners))
            for each in verdict.flattering
        ]
        yield _table(("what", "set at", "owner"), rows)


def _owned(owners: Sequence[str]) -> str:
    return ", ".join(code(each) for each in owners) or "**nobody owns it**"


def _gates(verdict: Verdict) -> Iterator[str]:
    if verdict.gates:
        yield "**Gates**"
        rows = [
            (
                code(each.gate),
                escaped(each.what),
                code(shown("", each.old)),
                code(shown("", each.new)),
                DIRECTIONS[each.direction],
            )
            for each in verdict.gates
        ]
        yield _table(("gate", "field", "old", "new", "direction"), rows)


def _rules(verdict: Verdict) -> Iterator[str]:
    if verdict.rules:
        yield "**Rules of approval, of the repository and of secrets**"
        rows = [
            (
                code(each.file),
                code(each.key),
                code(shown(each.key, each.old, nothing=NONE)),
                code(shown(each.key, each.new, nothing=NONE)),
                f"{DIRECTIONS[each.direction]}: {escaped(each.why)}",
            )
            for each in verdict.rules
        ]
        yield _table(("file", "rule", "old", "new", "direction"), rows)


def _changes(title: str, reviews: tuple[Reviewed, ...]) -> Iterator[str]:
    if not reviews:
        return
    yield f"**{title}**"
    others = [each for each in reviews if each.status != "changed"]
    if others:
        yield "\n".join(
            f"- {code(each.name)}: {each.status}" + (f" from {code(each.old_name)}" if each.old_name else "")
            for each in others
        )
    rows = [
        (
            code(change.key),
            code(shown(change.key, change.old)),
            code(shown(change.key, change.new)),
            code(change.new_origin or change.old_origin),
            ", ".join(code(each) for each in names),
        )
        for change, names in plain_values(reviews)
    ]
    if rows:
        yield _folded(_table(("value", "old", "new", "set at", "of"), rows), len(rows), "values")
    elif not others and not any(each.limits or each.costs for each in reviews):
        yield "No resolved value changes: " + ", ".join(code(each.name) for each in reviews) + "."


def _moves(title: str, what: str, verdict: Verdict, part: str) -> Iterator[str]:
    moves = grouped(verdict.experiments, part)
    if moves:
        yield f"**{title}**"
        rows = [
            (
                code(move.key),
                code(shown(move.key, move.old)),
                code(shown(move.key, move.new)),
                DIRECTIONS[move.direction]
                + (f", beside {code(move.beside)}" if move.beside else "")
                + (f": {escaped(move.why)}" if move.direction == "untold" else ""),
                code(move.origin) if move.origin else "",
                ", ".join(code(each) for each in names),
            )
            for move, names in moves
        ]
        yield _table((what, "old", "new", "direction", "set at", "of"), rows)


def _figures(verdict: Verdict) -> Iterator[str]:
    found = [(review.name, review.figures) for review in verdict.experiments if review.figures]
    if found:
        yield "**Results before and after**"
        rows = [row for name, figures in found for row in _figure_rows(name, figures)]
        yield _folded(_table(("experiment", "figure", "before", "after"), rows), len(rows), "figures", most=30)
    missing = [name for name, figures in found if not figures.is_new_current]
    if missing:
        yield (
            "No result of this spec yet of "
            + ", ".join(code(each) for each in missing)
            + ": run `dvc repro`, then commit "
            "`dvc.lock` and `data/metrics`."
        )


def _figure_rows(name: str, figures: Figures) -> Iterator[tuple[str, ...]]:
    rows = [("leak tests", *(escaped(each) for each in figures.leaks))] if figures.leaks[0] != figures.leaks[1] else []
    for each in HEADLINES:
        before = figures.old.get(each) if figures.is_old_current else None
        after = figures.new.get(each) if figures.is_new_current else None
        if before != after:
            rows.append((escaped(LABELS.get(each, each)), figure(before), figure(after)))
    for number, row in enumerate(rows):
        yield "" if number else code(name), *row


def _stages(verdict: Verdict) -> Iterator[str]:
    to_run = [each for each in verdict.reruns if each.stage not in verdict.recorded]
    if to_run:
        stages = f"{len(to_run)} stage{'' if len(to_run) == 1 else 's'}"
        yield f"**{stages} of another identity**" if verdict.is_of_runs else f"**`dvc repro` runs {stages}**"
        rows = [
            (code(each.stage), ", ".join(code(reason) for reason in each.reasons), "" if each.is_certain else "only if")
            for each in to_run
        ]
        yield _folded(_table(("stage", "because of", ""), rows), len(rows), "stages")
    if verdict.recorded:
        yield "Ran already, by `dvc.lock`: " + _codes(verdict.recorded) + "."
    if verdict.also_stale:
        yield "Run whatever this changes: " + _codes(each.stage for each in verdict.also_stale) + "."


def _code(verdict: Verdict) -> Iterator[str]:
    rows = [
        (code(change.module), change.what, ", ".join(change.stages), ", ".join(code(each) for each in names))
        for change, names in grouped(verdict.experiments, "code")
    ]
    rows += [
        (code(pin.package), f"{code(pin.old)} → {code(pin.new)}", ", ".join(pin.stages) or "in no identity", "")
        for pin in verdict.pins
    ]
    rows += [
        (code(each.file), _codes(each.keys), "schema", ", ".join(code(name) for name in each.experiments))
        for each in verdict.schemas
    ]
    if rows:
        yield "**Code, packages and schemas that reach results**"
        yield _folded(_table(("what", "change", "stages", "of"), rows), len(rows), "changes")


def _owners(verdict: Verdict) -> Iterator[str]:
    if verdict.owners:
        yield "**Must review**"
        yield "\n".join(f"- {code(owner)}: {_codes(files)}" for owner, files in verdict.owners.items())
    if verdict.unowned:
        why = "Nobody owns" if verdict.has_owners_file else "There is no CODEOWNERS, so nobody owns"
        yield f"{why} {_codes(verdict.unowned)}."
    if verdict.judged_code:
        yield f"Ran while it was judged, so read it: {_codes(verdict.judged_code)}."


def _codes(names: Iterable[str]) -> str:
    return listed(code(each) for each in names)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _folded(table: str, rows: int, what: str, *, most: int = FOLDED) -> str:
    """Return a table, behind a fold where it is long."""
    return table if rows <= most else f"<details><summary>{rows} {what}</summary>\n\n{table}\n\n</details>"
