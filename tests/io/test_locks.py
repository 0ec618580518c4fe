"""One writer an output, across processes, and free again when its holder dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from enerqis.io.locks import exclusive, held

HOLDER = """
import sys
from pathlib import Path
from enerqis.io.locks import exclusive
with exclusive(Path(sys.argv[1]), on_wait=print):
    print("held", flush=True)
    sys.stdin.read()
"""


def _holder(lock: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def _wait_for(lock: Path) -> tuple[threading.Thread, list[str], threading.Event]:
    said: list[str] = []
    waiting = threading.Event()

    def on_wait(text: str) -> None:
        said.append(text)
        waiting.set()

    def take() -> None:
        with exclusive(lock, on_wait=on_wait):
            said.append("taken")

    thread = threading.Thread(target=take)
    thread.start()
    return thread, said, waiting


def test_the_second_process_says_who_it_waits_for_and_then_goes_on(tmp_path: Path) -> None:
    lock = tmp_path / "backtest-x.lock"
    holder = _holder(lock)
    thread, said, waiting = _wait_for(lock)
    assert waiting.wait(10)
    assert said == [f"backtest-x: process {holder.pid} writes this output now; waiting for it to finish"]
    holder.communicate("")
    thread.join(10)
    assert said[-1] == "taken"


def test_a_killed_holder_frees_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "x.lock"
    holder = _holder(lock)
    thread, said, waiting = _wait_for(lock)
    assert waiting.wait(10)
    os.kill(holder.pid, signal.SIGKILL)
    holder.communicate()
    thread.join(10)
    assert said[-1] == "taken"


def test_locks_that_a_living_process_holds_are_told_from_old_lock_files(tmp_path: Path) -> None:
    (tmp_path / "old.lock").write_text("12345", encoding="utf-8")
    holder = _holder(tmp_path / "now.lock")
    assert held(tmp_path) == ["now"]
    holder.communicate("")
    assert held(tmp_path) == []
    assert held(tmp_path / "absent") == []
