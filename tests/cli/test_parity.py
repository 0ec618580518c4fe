"""The words and exit codes of `enerqis parity`."""

from enerqis.cli.main import main
from tests.pipeline.finished import EXPERIMENT


def test_engines_that_agree_are_a_table_and_a_zero(finished_project, monkeypatch, capsys):
    monkeypatch.chdir(finished_project.root)
    assert main(["--quiet", "parity", f"experiment={EXPERIMENT}", "engines=kernel,zipline"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "\tkernel\tzipline\tdiffering",
        "orders\t67\t67\t0",
        "fills\t67\t67\t0",
        "bars\t2148\t2148\t0",
        "kernel and zipline agree order for order; equity is the same to the last bit.",
    ]


def test_one_engine_is_not_enough(finished_project, monkeypatch, capsys):
    monkeypatch.chdir(finished_project.root)
    assert main(["parity", f"experiment={EXPERIMENT}", "engines=kernel"]) == 1
    assert "engines: name two, once: engines=kernel,zipline" in capsys.readouterr().err
