import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest

from enerqis.core.tables import INSTANT
from enerqis.io.arrow import floats, instants, integers, texts

MATRIX = np.arange(12.0).reshape(4, 3)


@pytest.mark.parametrize("values", [MATRIX[:, 1], MATRIX[::2, 0], MATRIX[1], np.array([np.nan, -0.0, np.inf])])
def test_floats_are_those_of_the_array_whatever_its_strides(values):
    column = floats(values)
    assert column.type == pa.float64()
    assert np.array(column.to_pylist()).tobytes() == np.ascontiguousarray(values).tobytes()


def test_integers_and_instants_have_the_types_of_the_tables():
    values = np.array([[0, -1, 2**62], [5, 5, 5]], dtype=np.int64)[0]
    assert (integers(values).type, instants(values).type) == (pa.int64(), INSTANT)
    assert integers(values).to_pylist() == [0, -1, 2**62]
    assert instants(values).cast(pa.int64()).to_pylist() == [0, -1, 2**62]
    assert integers(np.array([1, 2], dtype=np.int16)).to_pylist() == [1, 2]


def test_a_column_outlives_the_array_that_it_shows():
    column = floats(np.full(1000, 7.0))
    assert set(column.to_pylist()) == {7.0}


def test_texts_are_chosen_by_code_and_may_be_of_any_script():
    column = texts(("stop", "", "Größe"), np.array([2.0, 0.0, 0.0, 1.0]))
    assert column.type == pa.string()
    assert column.to_pylist() == ["Größe", "stop", "stop", ""]


@pytest.mark.parametrize("code", [3, -1])
def test_a_code_without_a_choice_is_refused(code):
    with pytest.raises(IndexError, match="a code outside 0 to 1"):
        texts(("a", "b"), np.array([code]))


def test_empty_arrays_give_empty_columns():
    nothing = np.zeros(0)
    assert [len(each(nothing)) for each in (floats, integers, instants)] == [0, 0, 0]
    assert texts(("a",), nothing).to_pylist() == []


def test_no_column_waits_for_pandas():
    program = (
        "import sys, numpy as np\n"
        "from enerqis.io.arrow import floats, instants, integers, texts\n"
        "floats(np.ones(3)), integers(np.arange(3)), instants(np.arange(3)), texts(('a',), np.zeros(3))\n"
        "print('pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout.strip() == "False"
