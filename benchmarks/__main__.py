"""`make bench`: every benchmark of this folder, one after the other, each in a process of its own.

``python -m benchmarks [NAME ...]`` runs some of them. A benchmark is a module with ``main()`` that prints its figures and, in
the same run, those of the peer it is held against.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def names() -> list[str]:
    """Return the benchmarks of this folder."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return [
        path.stem for path in files if "\ndef main(" in path.read_text(encoding="utf-8") and path.stem != "__main__"
    ]


def main() -> int:
    """Run the benchmarks named on the command line, or all, and return how many failed."""
    failed = 0
    for name in sys.argv[1:] or names():
        print(f"\n== {name}", flush=True)
        failed += subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
