"""No secret that is used stands in a file, a log or a message, whatever the run, however it fails, in whatever encoding.

A connector of the project asks a server for its bars and shows a canary from the encrypted file. The whole graph runs, a sweep,
errors and a defect whose messages carry the canary, a ledger and a tracking server whose addresses hold it.
"""

import base64
import http.server
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from enerqis.compose.scaffolding import project_files
from enerqis.io.project import Project
from tests.loopback import serving
from tests.vaults.conftest import free_port

ROOT = Path(__file__).parents[2]
CANARY = "canary/7f+Qz Ä=K9?w"
CONNECTOR = '''
"""Bars from a server that wants a key."""

import base64
import urllib.request
from typing import Literal

from enerqis.core.errors import DataError
from enerqis.interfaces.connector import ConnectorParams, RawFile, Rows
from enerqis.io.delimited import read_text_table
from enerqis.io.hashing import file_digest
from enerqis.io.project import Project
from enerqis.spec.base import Place
from enerqis.spec.tabular import Layout
from enerqis.vaults.resolving import resolve


class GuardedParams(ConnectorParams):
    """Ask `address` for bars."""

    kind: Literal["guarded"] = "guarded"
    address: Place
    mode: Literal["good", "refused", "defect"] = "good"


def sources(params, root):
    return ()


def fetch(params, root, raw):
    key = resolve("secret://broker/test/key", Project(root), reader="connector")
    credentials = base64.b64encode(f"user:{key}".encode()).decode()
    if params.mode == "refused":
        refusal = DataError(f"the source refuses {key} sent as {credentials}")
        refusal.add_note(f"its header was {credentials}")
        raise refusal
    if params.mode == "defect":
        raise RuntimeError(f"unexpected answer to {key!r}, {credentials}, {key.encode().hex()}")
    request = urllib.request.Request(params.address, headers={"Authorization": f"Basic {credentials}"})
    (raw / "bars.csv").write_bytes(urllib.request.urlopen(request, timeout=30).read())
    return (RawFile("bars.csv", file_digest(raw / "bars.csv"), (raw / "bars.csv").stat().st_size, "bars"),)


def read(params, raw, files):
    for rows in read_text_table(raw / "bars.csv", Layout(), name="bars"):
        yield Rows(0, None, *rows)
'''
DATASET = """description: Daily bars of a source that wants a key
connector:
  kind: guarded
  address: {address}
symbols: [SYN_A]
frequency: 1d
calendar: 24/7
currency: USD
tick_size: 0.01
columns:
  symbol: symbol
"""
IN_ONE_PROCESS = """
import sys
from pathlib import Path
from enerqis.cli.main import main

CONFIG = Path("conf/tracking/mlflow.yaml")
PLAIN = CONFIG.read_text("utf-8")


def run(code, *words):
    print("====", *words, flush=True)
    try:
        got = main(words)
    except Exception:
        sys.excepthook(*sys.exc_info())  # as Python does where nobody catches it
        got = 1
    assert got == code, (words, got)


def keep(key):
    lines = [f"{key}: secret://{key.replace('_', '/')}" if line.startswith(key) else line for line in PLAIN.splitlines()]
    CONFIG.write_text(chr(10).join(lines), "utf-8")


run(0, "run", "experiment=first")
run(0, "stage", "track")
run(0, "run", "-m", "experiment=first", "strategy.fast_bars=4,6", "strategy.slow_bars=30")
run(1, "run", "experiment=first", "dataset.connector.mode=refused")
run(1, "run", "--debug", "experiment=first", "dataset.connector.mode=refused")
run(1, "run", "--debug", "experiment=first", "dataset.connector.mode=defect")
keep("ledger_uri")
run(1, "run", "--debug", "experiment=first", "strategy.fast_bars=7")
keep("tracking_uri")
run(0, "stage", "resolve")
run(1, "--debug", "stage", "track")
"""
PARAMS = """datasets: [guarded]
experiments:
  first: {dataset: guarded, set: {}}
sweeps: {}
"""


def _bars():
    """Return 120 days of a price that swings."""
    from datetime import date, timedelta

    days = [date(2020, 1, 1) + timedelta(days=number) for number in range(120)]
    closes = [100 + (number % 24 if number % 48 < 24 else 24 - number % 24) for number in range(120)]
    rows = [f"{day}T00:00:00,SYN_A,{c},{c + 1},{c - 1},{c},1000" for day, c in zip(days, closes, strict=True)]
    return "\n".join(["ts,symbol,open,high,low,close,volume", *rows, ""]).encode()


@pytest.fixture(scope="module")
def source():
    """Return the address of a server that gives bars to whom shows the canary, and the headers it was shown."""
    shown = []

    class Guarded(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            shown.append(self.headers["Authorization"])
            bars = _bars()
            self.send_response(200)
            self.send_header("Content-Length", str(len(bars)))
            self.end_headers()
            self.wfile.write(bars)

        def log_message(self, *words):
            pass

    with serving(Guarded) as server:
        yield f"http://127.0.0.1:{server.server_port}/", shown


class Used:
    """A project in which the canary was used, and all that was said meanwhile."""

    def __init__(self, root, environment):
        self.root = root
        self.environment = environment
        self.said = {}

    def call(self, *words, code=0, typed=None):
        done = subprocess.run(
            words, cwd=self.root, env=self.environment, input=typed, capture_output=True, text=True, check=False
        )
        self.said[" ".join(words)] = done.stdout + done.stderr
        assert done.returncode == code, f"{words}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def used(tmp_path_factory, source):
    """Return the project after everything that a secret may pass through."""
    folder = tmp_path_factory.mktemp("used")
    root = folder / "project"
    for name, content in project_files("project").items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    (root / "plugins" / "connectors" / "guarded.py").write_text(CONNECTOR, "utf-8")
    (root / "conf" / "dataset" / "guarded.yaml").write_text(DATASET.format(address=source[0]), "utf-8")
    (root / "conf" / "universe" / "synthetic.yaml").write_text("symbols: [SYN_A]\n", "utf-8")
    first = root / "conf" / "experiment" / "first.yaml"
    first.write_text(first.read_text("utf-8").replace("/dataset: synthetic_daily", "/dataset: guarded"), "utf-8")
    (root / "params.yaml").write_text(PARAMS, "utf-8")
    kernels = ROOT / ".enerqis" / "kernels"
    kernels.mkdir(parents=True, exist_ok=True)
    (root / ".enerqis").mkdir(exist_ok=True)
    (root / ".enerqis" / "kernels").symlink_to(kernels)
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "ENERQIS_SECRETS_BACKEND": "file",
        "ENERQIS_AGE_IDENTITY_FILE": str(folder / "identity.txt"),
        "DVC_NO_ANALYTICS": "true",
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
    }
    environment.pop("ENERQIS_SECRET_BROKER_TEST_KEY", None)
    done = Used(root, environment)
    done.call("enerqis", "secrets", "init")
    done.call("enerqis", "secrets", "put", "broker/test/key", typed=CANARY)
    password = quote(CANARY, safe="")
    for name, scheme in (("ledger/uri", "postgresql"), ("tracking/uri", "http")):
        address = f"{scheme}://user:{password}@127.0.0.1:{free_port()}"
        done.call("enerqis", "secrets", "put", name, typed=f"{address}/trials" if name == "ledger/uri" else address)
    done.call("enerqis", "secrets", "list")
    done.call("enerqis", "secrets", "check")
    done.call("dvc", "repro", "ingest@guarded")
    done.call(sys.executable, "-c", IN_ONE_PROCESS)
    return done


def _forms(value):
    """Return how the canary may stand in a file, worked out here."""
    data = value.encode()
    found = {
        data,
        quote(value).encode(),
        quote(value, safe="").encode(),
        quote_plus(value).encode(),
        data.hex().encode(),
    }
    found |= {value.encode("unicode_escape"), value.encode("latin-1")}
    for before in (b"", b"u", b"us"):
        whole = base64.b64encode(before + data)
        found |= {whole[4:-4], whole[4:-4].replace(b"+", b"-").replace(b"/", b"_")}
    return found


def _places(root):
    """Return every file that holds the canary in any form."""
    wanted = _forms(CANARY)
    files = [path for path in sorted(root.rglob("*")) if path.is_file() and not path.is_symlink()]
    return [path.relative_to(root).as_posix() for path in files if any(form in path.read_bytes() for form in wanted)]


@pytest.mark.slow
def test_no_file_of_the_project_holds_a_secret_that_was_used(used, source):
    assert base64.b64encode(f"user:{CANARY}".encode()).decode() in source[1][0]  # it was used
    files = {path.relative_to(used.root).parts[0] for path in used.root.rglob("*") if path.is_file()}
    assert {".dvc", ".git", ".enerqis", "data", "dvc.lock"} <= files
    for each in ("report/first/index.html", "backtest/first/receipt.json", "gate/first.json", "metrics/first.json"):
        assert (used.root / "data" / each).is_file()
    for each in ("mlflow.db", "ledger.db", "log/enerqis.jsonl"):
        assert (used.root / ".enerqis" / each).is_file()
    assert _places(used.root) == []
    assert _places((used.root / ".enerqis" / "kernels").resolve()) == []


@pytest.mark.slow
def test_nothing_that_was_said_holds_it_and_the_errors_still_say_what_happened(used):
    wanted = {form.decode("utf-8", "replace") for form in _forms(CANARY)}
    assert [words for words, text in used.said.items() if any(form in text for form in wanted)] == []
    said = used.said[f"{sys.executable} -c {IN_ONE_PROCESS}"]
    assert "the source refuses [redacted] sent as " in said
    assert "DataError: the source refuses [redacted] sent as " in said
    assert said.count("its header was ") == 2
    assert "RuntimeError: unexpected answer to " in said
    assert "StageError: tracking.ledger_uri: the ledger's server cannot be used" in said
    assert "StageError: tracking.tracking_uri: MLflow cannot use [redacted]" in said
    log = (used.root / ".enerqis" / "log" / "enerqis.jsonl").read_text("utf-8")
    assert "a defect of ENERQIS" in log
    assert "RuntimeError: unexpected answer to " in log


@pytest.mark.slow
@pytest.mark.parametrize("form", range(len(_forms(CANARY))))
def test_the_search_would_find_each_form(used, tmp_path, form):
    (tmp_path / "planted.bin").write_bytes(b"\0before " + sorted(_forms(CANARY))[form] + b" after")
    assert _places(tmp_path) == ["planted.bin"]


@pytest.mark.slow
def test_the_scanner_agrees(used):
    assert "no findings" in used.call("enerqis", "secrets", "scan", "--values")
    planted = used.root / "notes.txt"
    planted.write_text(f"authorization: {base64.b64encode(f'user:{CANARY}'.encode()).decode()}\n", "utf-8")
    assert "value of a stored secret" in used.call("enerqis", "secrets", "scan", "--values", code=1)
    planted.unlink()
    assert Project(used.root).logs.is_dir()
