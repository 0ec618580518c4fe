import pytest

from enerqis.compose.sweep_words import Span, span_of, sweep_words
from enerqis.core.errors import ConfigError


def values(axis):
    return [value.value for value in axis.values]


def test_hydras_grammar_names_axes_spans_and_plain_words(project):
    words = sweep_words(
        project,
        [
            "strategy.fast_bars=range(2,9,3)",
            "strategy.slow_bars=30,40.5",
            "strategy=glob(drift*)",
            "strategy.source=choice(close,'a b')",
            "risk.x=interval(0.1,2)",
            "risk.y=tag(log,int(interval(1,100)))",
            "seed=3",
        ],
    )
    assert [(axis.key, values(axis), axis.is_choice) for axis in words.axes] == [
        ("strategy.fast_bars", [2, 5, 8], False),
        ("strategy.slow_bars", [30, 40.5], False),
        ("strategy", ["drift", "drift__slow"], True),
        ("strategy.source", ["close", "a b"], False),
    ]
    assert words.spans == (Span("risk.x", 0.1, 2.0, 0.0, False), Span("risk.y", 1, 100, 1.0, True))
    assert words.fixed == ("seed=3",)
    assert words.points == 3 * 2 * 2 * 2
    assert [value.word for value in words.axes[0].values] == [f"strategy.fast_bars={each}" for each in (2, 5, 8)]


def test_numbers_a_step_apart_are_a_span_and_others_are_not(project):
    apart, uneven, truth = sweep_words(project, ["a.b=range(5,25,5)", "a.c=1,2,4", "a.d=true,false"]).axes
    assert span_of(apart) == Span("a.b", 5, 20, 5, False)
    assert span_of(uneven) is None
    assert span_of(truth) is None


def test_text_without_its_own_quotes_is_shown_how_to_write_it(project):
    with pytest.raises(ConfigError, match=r"Put text with signs such as < into quotes: key=\['a < b'\]"):
        sweep_words(project, ["search.constraints=[a.b < a.c]"])
    assert sweep_words(project, ["search.constraints=['a.b < a.c']"]).fixed == ("search.constraints=['a.b < a.c']",)


def test_words_that_cannot_be_swept_are_all_named(project):
    words = [
        "a.a=shuffle(1,2)", "a.b=range(5,1)", "strategy=glob(z*)", "a.c=1,2", "a.c=3,4", "a.d=tag(x,interval(1,2))",
        "nonsense",
    ]  # fmt: skip
    with pytest.raises(ConfigError) as caught:
        sweep_words(project, words)
    said = [str(problem) for problem in caught.value.problems]
    assert [each.partition(" cannot be swept: ")[2].partition(".")[0] for each in said[:-1]] == [
        "shuffle would make another order each time",
        "the range is empty",
        "nothing in conf/strategy fits",
        "tag 'x' says nothing here; allowed: log",
        "missing EQUAL at '<EOF>'",
    ]
    assert said[-1] == "<override>: a.c: swept twice. Write all its values in one word."
