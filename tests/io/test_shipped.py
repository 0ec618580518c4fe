"""What ENERQIS ships beside its code is found."""

from enerqis.io.shipped import shipped_folder, templates


def test_in_a_checkout_the_repositorys_own_files_are_shipped():
    assert (shipped_folder() / "pyproject.toml").is_file()


def test_the_templates_of_a_project_lie_in_the_package():
    assert (templates("project") / "params.yaml").is_file()
