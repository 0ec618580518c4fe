"""What a new project gets of the repository's governed files: their content, not our stamps."""

from pathlib import Path

from enerqis.compose.catalogue import summary
from enerqis.compose.scaffolding import project_files
from enerqis.governance import headers

ROOT = Path(__file__).parents[2]


def test_governed_files_come_without_the_stamps_of_this_repository():
    files = project_files("mine")
    assert [path for path, content in files.items() if b"ERQ-META" in content] == []
    for path in (".cbr/approvers.yaml", ".cbr/secrets.yaml", "conf/globaldb/standard.yaml"):
        stamped = (ROOT / path).read_bytes()
        assert b"ERQ-META" in stamped
        assert files[path].decode() == headers.parse(headers.decoded(stamped)).payload


def test_what_a_file_says_of_itself_is_below_its_header():
    assert summary(ROOT / "conf/globaldb/standard.yaml").startswith("The tree that people and machines read")
