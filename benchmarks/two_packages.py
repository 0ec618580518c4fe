"""Two packages of one run, made in two fresh clones by two users in other zones, languages and umasks: equal bytes or not.

Each clone runs the experiment from its raw data and packs it. Run by root, the second clone belongs to another user
(``nobody``); run by anyone else both belong to the same one, and a line says so. What is cloned is the last commit.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
EXPERIMENT = "msft_buy_and_hold"
COMMANDS = (
    ("stage", "resolve"),
    ("run", f"experiment={EXPERIMENT}", "--no-track"),
    ("package", EXPERIMENT, "--mode", "package-only", "--output", "dist"),
)


class Packer(NamedTuple):
    """Who packs, and in what surroundings."""

    user: str
    zone: str
    language: str
    umask: int
    hash_seed: str


PACKERS = (
    Packer(pwd.getpwuid(os.getuid()).pw_name, "UTC", "C", 0o022, "0"),
    Packer(
        "nobody" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name, "Asia/Kathmandu", "de_DE.UTF-8", 0o077, "7"
    ),
)


def main() -> int:
    """Pack twice, print both hashes, and return 0 where the bytes are equal."""
    with tempfile.TemporaryDirectory(prefix="enerqis-packages-") as folder:
        Path(folder).chmod(0o755)
        bundle = Path(folder) / "commit.bundle"
        subprocess.run(["git", "bundle", "create", "--quiet", bundle, "HEAD"], cwd=ROOT, check=True)
        bundle.chmod(0o644)
        found = [_packed(packer, bundle, Path(folder) / f"clone{number}") for number, packer in enumerate(PACKERS)]
    for packer, (name, content, seconds) in zip(PACKERS, found, strict=True):
        said = f"{packer.user}, {packer.zone}, {packer.language}, umask {packer.umask:04o}"
        print(f"{said}: {name}, {len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}, {seconds:.0f} s")
    is_equal = found[0][:2] == found[1][:2]
    print("identical bytes" if is_equal else "the bytes differ")
    if PACKERS[0].user == PACKERS[1].user:
        print("one user made both: run it as root to have two")
    return 0 if is_equal else 1


def _packed(packer: Packer, bundle: Path, clone: Path) -> tuple[str, bytes, float]:
    """Return name and bytes of the package that `packer` makes in a fresh clone, and how long that took."""
    account = pwd.getpwnam(packer.user)
    clone.mkdir()
    os.chown(clone, account.pw_uid, account.pw_gid)
    started = time.monotonic()
    _done(packer, ["git", "clone", "--quiet", str(bundle), "project"], clone)
    project = clone / "project"
    for words in COMMANDS:
        _done(packer, [sys.executable, "-m", "enerqis.cli", "--quiet", *words], project)
    (path,) = (project / "dist").glob("*.zip")
    assert path.stat().st_uid == account.pw_uid
    return path.name, path.read_bytes(), time.monotonic() - started


def _as_user(packer: Packer) -> list[str]:
    """Return the words that make a command another user's; it may read what root can, since the Python may be root's own."""
    if packer.user == PACKERS[0].user:
        return []
    account = pwd.getpwnam(packer.user)
    reads = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
    return ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", *reads]


def _done(packer: Packer, words: list[str], folder: Path) -> None:
    """Run a command as a user, in surroundings of its own."""
    surroundings = {
        "HOME": str(folder),
        "LC_ALL": packer.language,
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": packer.hash_seed,
        "TZ": packer.zone,
    }
    done = subprocess.run(
        [*_as_user(packer), *words],
        cwd=folder,
        env=surroundings,
        umask=packer.umask,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{packer.user}: {' '.join(words)}\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    sys.exit(main())
