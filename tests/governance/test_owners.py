"""CODEOWNERS as GitHub's own page explains it."""

import pytest

from enerqis.governance.owners import Rule, owners_of, rules_of

# the examples of "About code owners" in GitHub's documentation, in their order
EXAMPLES = """
# a comment
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("README.md", ("@global-owner1", "@global-owner2")),
        ("src/deep/x.js", ("@js-owner",)),
        ("x.go", ("docs@example.com",)),
        ("build/logs/deep/x", ("@octocat",)),
        ("docs/getting-started.md", ("@doctocat",)),
        ("docs/build-app/troubleshooting.md", ("@doctocat",)),
        ("scripts/run.sh", ("@doctocat", "@octocat")),
        ("deeply/nested/logs/x", ("@octocat",)),
        ("apps/x", ("@octocat",)),
        ("apps/github/x", ()),
        ("other/apps/x", ("@octocat",)),
    ],
)
def test_the_last_rule_that_matches_decides(path, owners):
    assert owners_of(path, rules_of(EXAMPLES)) == owners


@pytest.mark.parametrize(
    ("pattern", "path", "is_matched"),
    [
        ("docs/*", "docs/a.md", True),
        ("docs/*", "docs/deep/a.md", False),
        ("docs/*", "other/docs/a.md", False),
        ("/conf/risk/", "conf/risk/standard.yaml", True),
        ("/conf/risk/", "conf/risk", False),
        ("conf/risk", "conf/risk/standard.yaml", True),
        ("a/**/z", "a/z", True),
        ("a/**/z", "a/b/c/z", True),
        ("a/**", "a/b/c", True),
        ("*.yaml", "conf/x.yaml", True),
        ("x?.py", "x1.py", True),
        ("x?.py", "x/.py", False),
        ("/.cbr/", ".cbr/registry.json", True),
        ("/.cbr/", "xcbr/registry.json", False),
    ],
)
def test_patterns(pattern, path, is_matched):
    assert bool(owners_of(path, [Rule(pattern, ("@one",))])) == is_matched


def test_a_word_that_is_no_owner_owns_nothing():
    assert rules_of("conf/ nobody @one\nspace\\ d/ @two\n") == (Rule("conf/", ("@one",)), Rule("space d/", ("@two",)))
