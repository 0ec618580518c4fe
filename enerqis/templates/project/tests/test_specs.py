"""Every spec of this project is right, and the schemas are those of its plug-ins."""

from enerqis.cli.main import main


def test_every_spec_is_right():
    assert main(["lint"]) == 0


def test_the_schemas_are_fresh():
    assert main(["schema", "--check"]) == 0
