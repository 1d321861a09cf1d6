"""The logs are kept in English: no line is written in the language of whoever acts."""

import ast
from collections.abc import Iterator

from tests.test_project import ROOT, tracked

LOGS = ("activity.record", "custody.log")
SPOKEN = ("_", "gettext", "ngettext")
PLANTED = """
def let(row, by, at):
    granted, taken = _("granted"), noop("taken")
    verb = granted if row else taken
    activity.record(row, by, verb, at=at)

def stop(row, at):
    note(row, _("too late"), at)

def note(row, words, at):
    custody.log(row, words=words, at=at)
"""


def written_as_spoken(text: str) -> Iterator[int]:
    """Lines of a module that hand a log words of the language that is set."""
    module = ast.parse(text)
    functions = [n for n in ast.walk(module) if isinstance(n, ast.FunctionDef)]
    logs = (*LOGS, *(one.name for one in functions if hands_on(one)))
    for function in functions:
        values = assigned(function)
        for call in calls(function, logs):
            given = [*call.args[1:], *(word.value for word in call.keywords)]
            if any(is_spoken(value, values, set()) for value in given):
                yield call.lineno


def hands_on(function: ast.FunctionDef) -> bool:
    """Whether it writes a line of the words that it was given."""
    own = {one.arg for one in (*function.args.args, *function.args.kwonlyargs)}
    said = [
        value
        for call in calls(function, LOGS)
        for value in (
            *call.args[2:],
            *(w.value for w in call.keywords if w.arg != "at"),
        )
    ]
    return any(isinstance(value, ast.Name) and value.id in own for value in said)


def assigned(function: ast.FunctionDef) -> dict[str, list[ast.expr]]:
    """By name, all that a function gives it; of a tuple each name its own."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        for target in node.targets if isinstance(node, ast.Assign) else ():
            names, values = [target], [node.value]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                names, values = target.elts, node.value.elts
            for name, value in zip(names, values, strict=True):
                if isinstance(name, ast.Name):
                    found.setdefault(name.id, []).append(value)
    return found


def calls(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.Call]:
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and ast.unparse(part.func) in names:
            yield part


def is_spoken(
    value: ast.expr, values: dict[str, list[ast.expr]], seen: set[str]
) -> bool:
    """Whether a translation is part of it, other than by `in_english`."""
    if isinstance(value, ast.Call) and ast.unparse(value.func) == "in_english":
        return False
    if isinstance(value, ast.Call) and ast.unparse(value.func) in SPOKEN:
        return True
    if isinstance(value, ast.Name) and value.id not in seen:
        given = values.get(value.id, [])
        return any(is_spoken(one, values, seen | {value.id}) for one in given)
    parts = [one for one in ast.iter_child_nodes(value) if isinstance(one, ast.expr)]
    return any(is_spoken(one, values, seen) for one in parts)


def test_no_line_of_a_log_is_in_the_language_of_whoever_acts() -> None:
    found = [
        f"{name}:{line}"
        for name in tracked(".py")
        if not name.startswith("tests/")
        for line in written_as_spoken((ROOT / name).read_text())
    ]
    assert not found


def test_a_planted_line_is_found() -> None:
    assert list(written_as_spoken(PLANTED)) == [5, 8]
    assert not list(written_as_spoken(PLANTED.replace("_(", "noop(")))
