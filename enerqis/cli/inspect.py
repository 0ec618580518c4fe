"""Read a file of prices and draft the YAML of its dataset, saying what was guessed and why."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from enerqis.cli.console import Console
from enerqis.core.errors import SetupError
from enerqis.io.project import Project


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV, JSON or Parquet; may be gzipped")
    parser.add_argument("--name", default="", help="stem of the dataset; default: from the file's name")
    parser.add_argument("--write", action="store_true", help="write conf/dataset/NAME.yaml instead of showing it")


def run(args: argparse.Namespace, console: Console) -> int:
    """Show the draft, or write it where there is none yet."""
    from enerqis.ingestion.drafting import draft
    from enerqis.io.atomic import write_text

    if not args.file.is_file():
        raise SetupError(f"{args.file}: no such file")
    project = Project.find()
    path = args.file.resolve()
    name = args.name or stem(path)
    place = path.relative_to(project.root).as_posix() if path.is_relative_to(project.root) else f"prices/{path.name}"
    text = draft(path, place=place, name=name)
    if not path.is_relative_to(project.root):
        console.say(f"the file lies outside the project: copy it to {place}, which the draft names")
    if not args.write:
        console.result(text.rstrip("\n"))
        return 0
    target = project.conf / "dataset" / f"{name}.yaml"
    if target.exists():
        raise SetupError(f"{project.relative(target)}: exists already. Give another --name, or remove it.")
    write_text(target, text)
    console.say(f"{project.relative(target)}: look at every CHECK, then run 'enerqis lint'")
    console.say(f"Try it: enerqis run experiment=NAME dataset={name} 'universe.symbols=[SYMBOL]'")
    return 0


def stem(path: Path) -> str:
    """Return a stem for the dataset of `path`: lower case, words joined by underscores."""
    words = re.sub(r"[^a-z0-9]+", "_", path.name.split(".")[0].lower()).strip("_")
    return words if words[:1].isalpha() else f"prices_{words}".rstrip("_")
