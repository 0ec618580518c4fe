"""Where specs refer to secrets."""

from enerqis.governance.secret_uses import references
from enerqis.io.project import Project


def test_each_name_is_told_with_its_first_place_and_comments_do_not_count(tmp_path):
    (tmp_path / "conf" / "tracking").mkdir(parents=True)
    (tmp_path / "params.yaml").write_text("datasets: []\n", "utf-8")
    (tmp_path / "conf" / "tracking" / "team.yaml").write_text(
        "# secret://a/comment\nkind: mlflow  # or secret://another/comment\ntracking_uri: secret://tracking/uri\n",
        "utf-8",
    )
    assert references(Project(tmp_path)) == {"tracking/uri": "conf/tracking/team.yaml:3"}
