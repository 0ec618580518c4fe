"""A project with a policy of secrets, and the servers that keep them: started once, on this machine only."""

import http.server
import json
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest

from enerqis.io.project import Project
from tests.loopback import serving

ROOT_TOKEN = "root-of-the-test"
POLICY = """format: enerqis/secrets/1
backend: {backend}
backends:
  environment: {{kind: environment}}
  file: {{kind: age}}
  {extra}
readers: {{broker: orders, ledger: trials, tracking: runs}}
secrets:
  broker/test/key: {{purpose: orders, owner: ops, readers: [broker], max_age_days: 90, rotation: by hand}}
  ledger/uri: {{purpose: trials, owner: data, readers: [ledger], max_age_days: 90, rotation: by hand}}
  tracking/uri: {{purpose: runs, owner: devops, readers: [tracking], max_age_days: 90, rotation: by hand}}
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return a project whose secrets lie in the environment, of a person who has no identity of age yet."""
    monkeypatch.setenv("ENERQIS_AGE_IDENTITY_FILE", str(tmp_path / "home" / "identity.txt"))
    monkeypatch.delenv("ENERQIS_SECRETS_BACKEND", raising=False)
    (tmp_path / "project" / "conf").mkdir(parents=True)
    (tmp_path / "project" / "params.yaml").write_text("datasets: []\n", "utf-8")
    found = Project(tmp_path / "project")
    write_policy(found, "environment")
    return found


def write_policy(project, backend, extra=""):
    """Write the project's policy with a backend of its own."""
    path = project.root / ".cbr" / "secrets.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(POLICY.format(backend=backend, extra=extra), "utf-8")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def call(address, method, path, body=None, *, token=ROOT_TOKEN, context=None):
    """Ask a server by plain HTTP, not by the client that is under test."""
    request = urllib.request.Request(
        f"{address}/v1/{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"X-Vault-Token": token},
    )
    with urllib.request.urlopen(request, timeout=20, context=context) as answer:
        return json.loads(answer.read() or b"{}")


def wait_for(address, process, log, context=None):
    """Wait until a server of ours answers at all, sealed or not."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/v1/sys/seal-status", timeout=5, context=context).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"OpenBao did not start: {log.read_text('utf-8')[-2000:]}")


def start(words, folder):
    """Start OpenBao with its log in a file of `folder`; nothing of this machine's own settings reaches it."""
    with (folder / "bao.log").open("ab") as log:
        return subprocess.Popen(
            ["bao", "server", *words], stdout=log, stderr=log, cwd=folder, env={"HOME": str(folder), **_path()}
        )


def _path():
    import os
    import sys
    from pathlib import Path

    return {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture(scope="session")
def bao(tmp_path_factory):
    """Address of a real OpenBao in development mode: unsealed, an engine at ``secret``, nothing on the disk."""
    folder = tmp_path_factory.mktemp("bao")
    port = free_port()
    process = start(
        [
            "-dev",
            f"-dev-listen-address=127.0.0.1:{port}",
            f"-dev-root-token-id={ROOT_TOKEN}",
            "-dev-no-store-token",
        ],
        folder,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}", process, folder / "bao.log")
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                if "secret/" in call(f"http://127.0.0.1:{port}", "GET", "sys/mounts"):
                    break
            except urllib.error.URLError:
                pass
            time.sleep(0.05)
        call(f"http://127.0.0.1:{port}", "POST", "sys/auth/approle", {"type": "approle"})
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def overheard(monkeypatch):
    """Return the addresses and tokens that a proxy saw, which the environment names for everything that is not encrypted."""
    asked = []

    class Proxy(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers["X-Vault-Token"]))
            self.send_error(502)

        def do_POST(self):
            self.do_GET()

        def log_message(self, *words):
            pass

    with serving(Proxy) as server:
        for name in ("http_proxy", "HTTP_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{server.server_port}")
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        yield asked


@pytest.fixture(scope="session")
def kms():
    """Address of moto's KMS, which does real encryption with real keys, on this machine."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()
