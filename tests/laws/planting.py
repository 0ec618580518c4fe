"""Plants a plug-in that breaks a law, and tells which laws complain."""

import textwrap

from enerqis.io.project import Project
from enerqis.laws.suite import trials


def broken(tmp_path, family, source, body):
    """Complaints by law of a planted plug-in."""
    folder = tmp_path / "plugins" / family
    folder.mkdir(parents=True)
    text = source.strip() + "\n" + textwrap.indent(textwrap.dedent(body).strip(), "    ") + "\n"
    (folder / "probe.py").write_text(text, encoding="utf-8")
    found = list(trials(Project(tmp_path), with_shipped=False))
    assert {trial.subject.kind.name for trial in found} == {"probe"}
    return {trial.law.__name__: each for trial in found if (each := trial.complaints())}
