import ast
import copy

from enerqis.engines.copying import copied

TEXT = """
@inner
def f(a, b=2, *rest, c: int, **more):
    if a > b and not c:
        return [each.x[1:2] for each in rest if each is not None]
    while True:
        a += -b
        break
    return f"{a!r:>3}", {"k": (1, 2.5)}, lambda x: x @ b
"""


def test_a_copy_is_what_the_standard_library_copies():
    tree = ast.parse(TEXT)
    assert ast.dump(copied(tree), include_attributes=True) == ast.dump(copy.deepcopy(tree), include_attributes=True)


def test_no_change_of_a_copy_reaches_the_original():
    tree = ast.parse(TEXT)
    before = ast.dump(tree, include_attributes=True)
    for node in ast.walk(copied(tree)):
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                value.clear()
            elif not isinstance(value, ast.AST):
                setattr(node, name, None)
    assert ast.dump(tree, include_attributes=True) == before
