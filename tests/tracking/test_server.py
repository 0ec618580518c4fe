"""A ledger on a real PostgreSQL server, started here: the same rows, the same rules."""

import os
import pwd
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from enerqis.core.errors import StageError
from enerqis.io.project import Project
from enerqis.quant.return_moments import Moments
from enerqis.tracking.ledger import open_ledger
from enerqis.tracking.trial import Trial

CONTENT = "c" * 64
MOMENTS = Moments(periods=250, mean=0.001, std=0.01, skew=float("nan"), kurtosis=4.0, periods_per_year=252.0)
DEBIAN = "/usr/lib/postgresql/*/bin/"


def trial(number, outcome="finished", **others):
    return Trial(f"{number:064x}", CONTENT, outcome, f"run {number}", "sma_cross", "prices", "first", **others)


@pytest.fixture(scope="module")
def address(require_system_tool):
    """Start a server without network in a folder of its own, as another user where this one is root, which it refuses."""
    found = sorted(Path("/").glob(DEBIAN.lstrip("/") + "initdb"))
    programs = found[-1].parent if found else Path(require_system_tool("initdb")).parent
    account = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    folder = Path(tempfile.mkdtemp(prefix="enerqis-pg-"))
    os.chown(folder, account.pw_uid, account.pw_gid)
    data = folder / "data"

    def run(program, *words):
        user = {"user": account.pw_uid} if os.getuid() == 0 else {}
        command = [programs / program, "-D", data, *words]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=120, **user)

    try:
        run("initdb", "-U", "team", "--auth=trust", "--no-sync", "--no-instructions", "-E", "UTF8")
        run("pg_ctl", "-w", "-l", folder / "log", "-o", f"-c listen_addresses='' -c fsync=off -k {folder}", "start")
        try:
            yield f"postgresql://team@/postgres?host={folder}"
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def ledger(address, tmp_path):
    engine = create_engine(address.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS trials")
        connection.exec_driver_sql("DROP FUNCTION IF EXISTS trials_only_grow")
    engine.dispose()
    return open_ledger(Project(tmp_path), address)


def test_rows_come_back_as_they_were_told_and_once_where_they_were_found(ledger):
    told = [
        trial(1, "started"),
        trial(1, moments=MOMENTS, objective_name="sharpe_ratio", objective=1.5, detail="100 %"),
    ]
    assert ledger.record(told) == 2
    assert ledger.ensure([trial(1), trial(2)]) == 1
    assert str([row.trial for row in ledger.rows()][:2]) == str(told)
    assert ledger.count(CONTENT) == 2
    assert ledger.faults() == []


def test_several_writers_at_once_lose_nothing(ledger):
    with ThreadPoolExecutor(4) as pool:
        for each in [pool.submit(ledger.record, [trial(number)]) for number in range(24)]:
            each.result()
    assert [row.seq for row in ledger.rows()] == list(range(1, 25))
    assert ledger.faults() == []


@pytest.mark.parametrize("statement", ["DELETE FROM trials", "UPDATE trials SET objective = 9", "TRUNCATE trials"])
def test_a_row_cannot_be_removed_or_changed_and_who_drops_the_rule_is_found(ledger, address, statement):
    ledger.record([trial(1), trial(2)])
    engine = create_engine(address.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection, pytest.raises(Exception, match="the trial ledger only grows"):
        connection.exec_driver_sql(statement)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER trials_stay ON trials")
        connection.exec_driver_sql("DELETE FROM trials WHERE seq = 1")
    engine.dispose()
    assert ledger.faults() == ["cut: it had 2 rows, 1 are there", "row 1: missing: the next one is row 2"]


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path):
    ledger = open_ledger(Project(tmp_path), f"postgresql://ann:pa55word@/trials?host={tmp_path}")
    with pytest.raises(StageError, match="Every run is counted") as caught:
        ledger.record([trial(1)])
    assert "pa55word" not in str(caught.value)


def test_an_address_that_cannot_be_read_is_refused_in_words_and_not_shown(tmp_path):
    # a password with a colon or a slash in it is read as a port: its text must not come back
    ledger = open_ledger(Project(tmp_path), "postgresql://user@host:s3cret/base")
    with pytest.raises(StageError, match=r"no server address\. Write postgresql://USER") as caught:
        ledger.rows()
    assert "s3cret" not in str(caught.value)
