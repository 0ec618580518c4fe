"""The application log: what a line holds, what it hides, and that rotation loses nothing."""

import json
import subprocess
import sys

from enerqis.io import secrets
from enerqis.tracking import runlog


def _lines(folder):
    return [
        json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()
    ]


def test_a_line_holds_when_level_stage_run_id_and_message(tmp_path):
    with runlog.recording(tmp_path), runlog.working_on(stage="backtest", name="goog"), runlog.working_on(run_id="ab12"):
        runlog.logger("enerqis.pipeline.runner").info("%d fills", 3)
    (line,) = _lines(tmp_path)
    assert line["when"].endswith("+00:00")
    assert {key: line[key] for key in ("level", "stage", "name", "run_id", "message", "module")} == {
        "level": "info",
        "stage": "backtest",
        "name": "goog",
        "run_id": "ab12",
        "message": "3 fills",
        "module": "enerqis.pipeline.runner",
    }


def test_details_are_recorded_only_for_debug(tmp_path):
    for debug, folder in ((False, tmp_path / "plain"), (True, tmp_path / "debug")):
        with runlog.recording(folder, debug=debug):
            runlog.logger("enerqis").debug("a detail")
    assert not _lines(tmp_path / "plain")
    assert [line["message"] for line in _lines(tmp_path / "debug")] == ["a detail"]


def test_secrets_stand_neither_in_the_message_nor_in_the_traceback_nor_on_the_terminal(tmp_path):
    value = "hunter2-hunter2"
    secrets.remember(value)
    said = []
    with runlog.recording(tmp_path, echo=said.append):
        try:
            raise RuntimeError(f"refused: {value}")
        except RuntimeError:
            runlog.logger("enerqis").exception("login with %s failed, password=%s", value, "other")
    text = (tmp_path / "enerqis.jsonl").read_text("utf-8") + "".join(said)
    assert "hunter2" not in text
    assert "other" not in text
    assert "[redacted]" in text


def test_nothing_is_recorded_after_the_block(tmp_path):
    with runlog.recording(tmp_path):
        runlog.logger("enerqis").info("inside")
    runlog.logger("enerqis").info("outside")
    assert [line["message"] for line in _lines(tmp_path)] == ["inside"]


def test_a_full_file_is_renamed_and_only_the_newest_are_kept(tmp_path):
    handler = runlog.RotatedFile(tmp_path / "enerqis.jsonl", max_bytes=1, keep=3)
    for number in range(8):
        handler.emit(runlog.logging.LogRecord("enerqis", 20, "", 0, f"line {number}", None, None))
    handler.close()
    assert len(list(tmp_path.glob("enerqis-*.jsonl"))) == 3
    assert sorted(line["message"] for line in _lines(tmp_path)) == ["line 4", "line 5", "line 6", "line 7"]


def test_processes_that_write_and_rotate_at_once_lose_no_line(tmp_path):
    program = (
        "import sys, logging\n"
        "from pathlib import Path\n"
        "from enerqis.tracking.runlog import RotatedFile\n"
        "handler = RotatedFile(Path(sys.argv[1]) / 'enerqis.jsonl', max_bytes=4000, keep=1000)\n"
        "for number in range(200):\n"
        "    handler.emit(logging.LogRecord('enerqis', 20, '', 0, f'{sys.argv[2]} {number}', None, None))\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path), name]) for name in "abc"]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    messages = [line["message"] for line in _lines(tmp_path)]
    assert sorted(messages) == sorted(f"{name} {number}" for name in "abc" for number in range(200))


def test_a_name_that_is_no_text_is_written_and_a_line_that_cannot_be_shows_nothing_of_itself(tmp_path, capsys):
    with runlog.recording(tmp_path):
        runlog.logger("enerqis").info("read %s", b"prices-\xff.csv".decode("utf-8", "surrogateescape"))
        runlog.logger("enerqis").info("%d rows of", "canary-in-the-arguments")
    (line,) = _lines(tmp_path)
    assert line["message"] == "read prices-\udcff.csv"
    assert capsys.readouterr().err == f"{runlog.FILE}: a line of enerqis could not be written: <class 'TypeError'>\n"


def test_a_log_that_cannot_be_opened_stops_nothing(tmp_path, capsys):
    (tmp_path / "log").write_text("a file where the folder should be")
    with runlog.recording(tmp_path / "log"):
        runlog.logger("enerqis").info("read")
        runlog.logger("enerqis").info("read again")
    said = "a line of enerqis could not be written: <class 'NotADirectoryError'>\n"
    assert capsys.readouterr().err == f"{runlog.FILE}: {said}"
