"""Templates of sentences that are written as f-strings: of the cube, and of libraries whose words we pass on."""

import ast
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

REFUSALS = {"RequestError"}
"""What the cube tells callers."""

NOT_SERVED = {"olap/browser.py", "olap/client"}
"""For programs in Python, which are told in English."""

Part = tuple[str, str | None]
"""Words, and the expression behind them."""


@cache
def nodes(path: Path) -> list[ast.AST]:
    """All that stands in the file: a walk takes as long as the reading."""
    return list(ast.walk(ast.parse(path.read_text("utf-8"))))


def of_the_cube() -> dict[str, str]:
    """Every template of the cube's refusals, and where it stands."""
    paths = sorted((ROOT / "olap").rglob("*.py"))
    bases = {
        node.name: [_named(base) for base in node.bases]
        for path in paths
        for node in nodes(path)
        if isinstance(node, ast.ClassDef)
    }
    found: dict[str, str] = {}
    for path in paths:
        where = str(path.relative_to(ROOT))
        if not any(where.startswith(each) for each in NOT_SERVED):
            for sentence in _refusals(nodes(path), bases):
                found |= dict.fromkeys(templates(sentence), f"{where}:{sentence.lineno}")
    return found


def _refusals(found: Iterable[ast.AST], bases: dict[str, list[str]]) -> Iterator[ast.expr]:
    for node in found:
        if isinstance(node, ast.Call) and node.args and _refuses(_named(node.func), bases):
            yield node.args[0]
        if isinstance(node, ast.ClassDef) and _refuses(node.name, bases):
            for inner in ast.walk(node):
                if (
                    isinstance(inner, ast.Call)
                    and ast.unparse(inner.func) == "super().__init__"
                    and inner.args
                ):
                    yield inner.args[0]


def _refuses(name: str, bases: dict[str, list[str]]) -> bool:
    return name in REFUSALS or any(_refuses(base, bases) for base in bases.get(name, []) if base != name)


def _named(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def templates(sentence: ast.expr) -> list[str]:
    """The templates of an expression: several where it has an `if`, none where its words stand elsewhere."""
    return [_template(parts) for parts in _parts(sentence) if sum(len(words) for words, _ in parts) > 5]


def _parts(node: ast.expr) -> list[list[Part]]:
    match node:
        case ast.Constant(value=str(words)) if " " in words or words == "":
            return [[(words, None)]]
        case ast.JoinedStr(values=values):
            return [[_part(each) for each in values]]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return [one + other for one, other in itertools.product(_parts(left), _parts(right))]
        case ast.IfExp(body=body, orelse=orelse):
            return _parts(body) + _parts(orelse)
    return []


def _part(node: ast.expr) -> Part:
    match node:
        case ast.Constant(value=str(words)):
            return words, None
        case ast.FormattedValue(value=value):
            return "", _place(value)
    raise AssertionError(ast.dump(node))


def _place(node: ast.expr) -> str:
    """The name of what stands in the sentence."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.strip("_").lower()
        case ast.Subscript(value=value):
            return _place(value)
        case ast.Call(args=[*_, last]):
            return _place(last)
    return "value"


def _template(parts: list[Part]) -> str:
    seen: Counter[str] = Counter()
    made = []
    for words, place in parts:
        made.append(words.replace("{", "{{").replace("}", "}}"))
        if place is not None:
            seen[place] += 1
            made.append(f"{{{place}{seen[place] if seen[place] > 1 else ''}}}")
    return "".join(made)
