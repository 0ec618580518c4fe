import numpy as np

from enerqis.core.tables import FILLS
from enerqis.validation.ground import equity_before


def test_compiled_kernels_and_plain_python_give_the_same_bits(job, ground):
    plain = ground.run_variant(job)
    assert plain.equity.equals(ground.run(job).equity)
    assert plain.fills.schema == FILLS


def test_returns_are_those_of_the_evidence(job, ground, evidence):
    sessions, returns = ground.returns(ground.run(job).equity, job)
    assert sessions.tolist() == evidence.sessions.tolist()
    assert returns.tolist() == evidence.returns.tolist()


def test_equity_before_an_instant_is_that_of_the_last_close(panel, evidence):
    values = evidence.equity.column("equity").to_pylist()
    found = equity_before(np.array([panel.ts[0], panel.ts[3], panel.ts[3] + 1]), evidence.equity, initial=1000.0)
    assert found.tolist() == [1000.0, values[2], values[3]]
