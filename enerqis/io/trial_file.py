"""The git-tracked record of trials, ``.cbr/trials/DATASET.json``: lines chained by their hashes, which git can join.

Each line names the lines that were the last ones when it was recorded, and a *tip* names the last one of all. Two branches that
record trials make a fork; git's own union merge keeps the lines of both, and the next recording joins the fork. Whoever removes
or edits a line leaves a line or a tip that names what is not there. The *day* of a trial stands outside the chain, in an entry
of its own that names the key: it is no trial and stands for none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from enerqis.core.errors import DataError
from enerqis.io.fork import depths, heads
from enerqis.spec.trials import DayLine, Tip, TrialLine

FORMAT = "enerqis/trials/1"
LINE_DOMAIN = b"enerqis/trial-line/1\0"
FOLDER = Path(".cbr") / "trials"
CONFLICT_MARKS = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")
MEND = "'enerqis trials record' puts it in order and keeps every line"


@dataclass(frozen=True)
class Record:
    """What a file of trials holds.

    Parameters
    ----------
    lines : tuple of TrialLine
        Each once, sorted by their text.
    tips : frozenset of str
        Hashes of lines that were the last ones recorded.
    days : mapping of str to date
        By key of a trial, the UTC day on which a ledger first knew of it; a trial of an older record has none.
    """

    lines: tuple[TrialLine, ...] = ()
    tips: frozenset[str] = frozenset()
    days: Mapping[str, date] = field(default_factory=dict)

    @property
    def hashes(self) -> dict[str, TrialLine]:
        """Lines by their hash."""
        return {link_of(line): line for line in self.lines}

    @property
    def heads(self) -> tuple[str, ...]:
        """Hashes of the lines that no line comes after, sorted."""
        return heads({link: line.after for link, line in self.hashes.items()})

    def with_trials(self, new: Iterable[TrialLine]) -> Record:
        """Return the record with further trials after its heads, in the order of their keys; of none, the record itself."""
        lines, after = list(self.lines), self.heads
        for line in sorted(new, key=_text):
            lines.append(line.model_copy(update={"after": after}))
            after = (link_of(lines[-1]),)
        return self if len(lines) == len(self.lines) else Record(_sorted(lines), frozenset(after), self.days)

    def with_days(self, found: Mapping[str, date]) -> Record:
        """Return the record with the days of those of its trials that `found` names; of two days of one trial the earlier."""
        named = {line.key for line in self.lines} & found.keys()
        return replace(
            self, days={**self.days, **{key: min(found[key], self.days.get(key, found[key])) for key in named}}
        )

    def latest(self, content: str) -> list[TrialLine]:
        """Return one line for each trial on a dataset content, by key: of several, the one recorded last with a signature.

        Where none has one, the one recorded last.
        """
        hashes = self.hashes
        depth = depths({link: line.after for link, line in hashes.items()})
        found: dict[str, TrialLine] = {}
        for link in sorted(hashes, key=lambda each: (bool(hashes[each].signature), depth[each], each)):
            if hashes[link].content == content:
                found[hashes[link].key] = hashes[link]
        return [found[key] for key in sorted(found)]

    def faults(self) -> list[str]:
        """Return what was done to the lines since they were recorded, one sentence a finding."""
        hashes, heads = self.hashes, set(self.heads)
        found = []
        for link, line in hashes.items():
            if any(each not in hashes for each in line.after):
                found.append(f"trial {line.key[:12]} comes after a line that was removed or changed")
            if link in heads and link not in self.tips:
                found.append(f"trial {line.key[:12]} was changed, or was not written by 'enerqis trials record'")
        found += [
            f"the line with hash {tip[:12]}, once the last, was removed or changed" for tip in self.tips - hashes.keys()
        ]
        without = self.days.keys() - {line.key for line in self.lines}
        found += [f"trial {key[:12]} has a day and no line: the line was removed or changed" for key in without]
        return sorted(found)


def path_of(root: Path, dataset: str) -> Path:
    """Return where the trials of a dataset are recorded."""
    return root / FOLDER / f"{dataset}.json"


def read(path: Path) -> Record:
    """Return what a file of trials holds; of none, an empty record. Marks of a conflict are passed over: both sides count.

    Raises
    ------
    DataError
        If a line cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Record()
    lines, tips = {}, set()
    days: dict[str, date] = {}
    for number, part in _entries(text, FOLDER / path.name):
        try:
            if "tip" in part:
                tips.add(Tip.model_validate_json(json.dumps(part)).tip)
            elif "recorded" in part:
                day = DayLine.model_validate_json(json.dumps(part))
                days[day.key] = min(day.recorded, days.get(day.key, day.recorded))
            else:
                line = TrialLine.model_validate_json(json.dumps(part))
                lines[_text(line)] = line
        except ValidationError as exc:
            where = ".".join(str(step) for step in exc.errors()[0]["loc"])
            message = exc.errors()[0]["msg"].removeprefix("Value error, ")
            raise DataError(f"{FOLDER / path.name}:{number}: {where}: {message}. Take the file from git.") from exc
    return Record(_sorted(lines.values()), frozenset(tips), days)


def text_of(record: Record, dataset: str) -> str:
    """Return a record as its file holds it: one trial a line, sorted by key, then their days and the tips."""
    lines = [_text(line) for line in record.lines]
    days = [
        json.dumps({"key": key, "recorded": day.isoformat()}, separators=(",", ":"))
        for key, day in sorted(record.days.items())
    ]
    tips = [json.dumps({"tip": tip}, separators=(",", ":")) for tip in sorted(record.tips)]
    head = f'{{\n"format": {json.dumps(FORMAT)},\n"dataset": {json.dumps(dataset)},\n"trials": [\n'
    return head + "".join(f"{each},\n" for each in (*lines, *days, *tips)) + "null\n]\n}\n"


def has_conflict(text: str) -> bool:
    """Return whether git left marks of a conflict in a text."""
    return any(line.startswith(CONFLICT_MARKS) for line in text.splitlines())


def link_of(line: TrialLine) -> str:
    """Return the hash of a line."""
    return hashlib.sha256(LINE_DOMAIN + _text(line).encode()).hexdigest()[:32]


def keys_in(text: str) -> set[str]:
    """Return the keys of the trials that a text names in lines of this format, such as what ``git log -p`` shows."""
    return {str(part["key"]) for _, part in _entries(text) if "key" in part}


def _entries(text: str, place: Path = FOLDER) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield the number and the object of every line that holds one."""
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip().removesuffix(",")
        if stripped.startswith('{"') and stripped.endswith("}"):
            try:
                part = json.loads(stripped)
            except ValueError as exc:
                raise DataError(f"{place}:{number}: not JSON: {exc}. Take the file from git.") from exc
            yield number, part


def _sorted(lines: Iterable[TrialLine]) -> tuple[TrialLine, ...]:
    return tuple(sorted(lines, key=lambda line: (line.key, _text(line))))


def _text(line: TrialLine) -> str:
    """Return a trial as its line in the file, without the comma; what is null or empty is left out."""
    kept = {name: value for name, value in line.model_dump(mode="json").items() if value not in (None, "")}
    return json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def says_all(standing: TrialLine, line: TrialLine, *, relative: float = 1e-6) -> bool:
    """Return whether a line of a trial says what a further one would: its figures, and a signature where that has one.

    A last digit that another processor gave is no new evaluation.
    """
    if line.signature and not standing.signature:
        return False
    pairs: Sequence[tuple[float | None, float | None]] = [
        (getattr(standing, name), getattr(line, name)) for name in ("periods", "mean", "std", "skew", "kurtosis")
    ]
    return all(_near(left, right, relative) for left, right in pairs)


def _near(left: float | None, right: float | None, relative: float) -> bool:
    if left is None or right is None:
        return left is right
    return abs(left - right) <= relative * max(abs(left), abs(right))
