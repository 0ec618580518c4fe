import pytest

from enerqis.pages.cautions import leak_sentence, rejection_sentence

MANIFEST = {
    "rows": {"received": 2550, "kept": 283, "rejected": 2267},
    "rules": {"missing": {"rejected": 1}, "duplicates": {"rejected": 2265}, "malformed": {"rejected": 1}},
}


@pytest.mark.parametrize(("count", "said"), [(1, "(a leak was found)"), (2, "(2 leaks were found)"), (0, "")])
def test_a_leak_is_said_where_there_is_one(count, said):
    sentence = leak_sentence({"leaks": {"findings": [{"sentence": "it leaks"}] * count}})
    assert said in sentence
    assert bool(sentence) == (count > 0)


def test_a_run_without_leak_tests_says_nothing_of_leaks():
    assert leak_sentence({}) == ""


def test_rejected_rows_are_counted_by_rule_the_largest_first():
    said = "2,267 of 2,550 rows of the data were rejected: duplicates 2,265, malformed 1, missing 1."
    assert rejection_sentence(MANIFEST) == said


@pytest.mark.parametrize(
    ("rejected", "from_fraction", "is_said"), [(25, 0.01, False), (26, 0.01, True), (1, 0.0, True)]
)
def test_few_rejected_rows_are_told_only_where_all_are(rejected, from_fraction, is_said):
    manifest = {"rows": {"received": 2550, "rejected": rejected}, "rules": {}}
    assert bool(rejection_sentence(manifest, from_fraction=from_fraction)) == is_said


def test_a_dataset_without_rejected_rows_says_nothing():
    assert rejection_sentence({"rows": {"received": 10, "rejected": 0}}, from_fraction=0.0) == ""
