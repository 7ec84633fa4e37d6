"""Every sentence that a caller may read is made by `say` of a template that has its Korean: the source is asked."""

import ast
import gc
import re
import string
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TypeGuard

import pytest

from domain.messages import LANGUAGES
from tests import shapes

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("domain", "api", "olap")
REFUSALS = {"DomainError", "ApiError"}

FOR_OPERATORS = {"PostgresError", "MappingError", "SourceError"}
"""Told by the command line alone, which is English."""

CUBES_OWN = {
    *(f"api/graphql/cube/{name}.py" for name in ("asking", "cells", "query")),
    "api/graphql/objectives/cells.py",
}
"""Files that pass on the cube's words: it knows no languages, and its sentences are recognised by their shape."""

LIBRARIES = {f"api/graphql/libraries/{language}.toml" for language in LANGUAGES}
"""Sentences of others; tests/api/graphql/test_languages.py makes them say each."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@pytest.fixture(scope="module", autouse=True)
def read_once() -> Iterator[None]:
    """The files are read once for all tests here, and forgotten after them.

    Half a million nodes, none of them garbage: to search them again and again took longer than to read the files.
    """
    gc.disable()
    yield
    for kept in (nodes, classes, templates, shapes.nodes):
        kept.cache_clear()
    gc.enable()


@cache
def nodes() -> dict[str, list[ast.AST]]:
    """All that stands in each file."""
    found = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return {str(path.relative_to(ROOT)): shapes.nodes(path) for path in found}


@cache
def classes() -> dict[str, ast.ClassDef]:
    return {node.name: node for found in nodes().values() for node in found if isinstance(node, ast.ClassDef)}


def named(node: ast.expr) -> str:
    """The last name of `a`, `a.b` or `A[b]`."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=inner):
            return named(inner)
    return ""


def is_say(node: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say"


@cache
def is_refusal(name: str) -> bool:
    """Whether the class is told to callers."""
    known = classes().get(name)
    if name in REFUSALS or known is None or name in FOR_OPERATORS:
        return name in REFUSALS
    return any(is_refusal(named(base)) for base in known.bases if named(base) != name)


def message_at(name: str) -> int | None:
    """Which argument of the class is its sentence; None where it words the sentence itself."""
    known = classes()[name]
    for node in known.body:
        if isinstance(node, Function) and node.name == "__init__":
            names = [argument.arg for argument in node.args.args[1:]]
            return names.index("message") if "message" in names else None
    return next((message_at(named(base)) for base in known.bases if is_refusal(named(base))), 0)


def sentences(found: Iterable[ast.AST]) -> Iterator[tuple[ast.expr, ast.AST]]:
    """What stands for the sentence wherever a refusal is made, and the function in which it is."""
    for scope in found:
        if isinstance(scope, ast.ClassDef) and any(is_refusal(named(base)) for base in scope.bases):
            yield from _handed_up(scope)
        if isinstance(scope, Function):
            for node in ast.walk(scope):
                if isinstance(node, ast.Call) and is_refusal(name := named(node.func)):
                    at = message_at(name)
                    if at is not None and len(node.args) > at and not isinstance(node.args[at], ast.Starred):
                        yield node.args[at], scope


def _handed_up(scope: ast.ClassDef) -> Iterator[tuple[ast.expr, ast.AST]]:
    base = next(named(base) for base in scope.bases if is_refusal(named(base)))
    at = message_at(base)
    for function in scope.body:
        for node in ast.walk(function) if isinstance(function, Function) else ():
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "super().__init__" and at is not None:
                yield node.args[at], function


def is_said(node: ast.expr, scope: ast.AST) -> bool:
    """Whether the expression is made by `say`, or was made elsewhere."""
    match node:
        case ast.Call(func=ast.Name(id="say"), args=[ast.Constant(value=str()), *_]):
            return True
        case ast.Call(func=function):
            return named(function) not in ("say", "str", "repr", "format", "join")
        case ast.IfExp(body=one, orelse=other):
            return is_said(one, scope) and is_said(other, scope)
        case ast.Name(id=name):
            given = [
                each.value
                for each in ast.walk(scope)
                if isinstance(each, ast.Assign) and any(named(target) == name for target in each.targets)
            ]
            return all(is_said(each, scope) for each in given)
        case ast.Constant(value=str(word)):
            return word.isidentifier()  # a word for programs, such as PersistedQueryNotFound
        case ast.Attribute() | ast.Subscript():
            return True
    return False


@cache
def templates() -> dict[str, str]:
    """Every template of the source, and where it stands."""
    return shapes.of_the_cube() | {
        str(node.args[0].value): f"{path}:{node.lineno}"
        for path, found in nodes().items()
        for node in found
        if is_say(node) and isinstance(node.args[0], ast.Constant)
    }


def catalogues(language: str) -> list[tuple[str, str, str]]:
    """The file, the template and the sentence of every line."""
    found = [path for package in PACKAGES for path in sorted((ROOT / package).rglob(f"{language}.toml"))]
    return [
        (str(path.relative_to(ROOT)), *line)
        for path in found
        for line in tomllib.loads(path.read_text("utf-8")).items()
    ]


def places(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


class TestSentences:
    def test_every_refusal_says_its_sentence(self) -> None:
        loose = [
            f"{path}:{sentence.lineno}: {ast.unparse(sentence)}"
            for path, found in nodes().items()
            if path not in CUBES_OWN
            for sentence, scope in sentences(found)
            if not is_said(sentence, scope)
        ]

        assert loose == []

    def test_a_template_is_written_where_it_is_said(self) -> None:
        loose = [
            f"{path}:{node.lineno}"
            for path, found in nodes().items()
            for node in found
            if is_say(node) and not isinstance(node.args[0], ast.Constant)
        ]

        assert loose == []

    @pytest.mark.parametrize(
        ("written", "said"),
        [
            ('raise Invalid(say("{n} is odd", n=n), "n")', True),
            ('raise Invalid(f"{n} is odd", "n")', False),
            ('raise Invalid("odd" + n)', False),
            ("raise ApiError(Code.VALIDATION, str(error))", False),
            ('told = "{n} is odd".format(n=n)\n    raise Invalid(told)', False),
            ("raise Invalid(error.message)", True),
        ],
        ids=str,
    )
    def test_what_the_walk_sees(self, written: str, said: bool) -> None:
        [(sentence, scope)] = sentences(ast.walk(ast.parse(f"def check(n):\n    {written}\n")))

        assert is_said(sentence, scope) is said


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
class TestCatalogues:
    def test_every_template_has_its_sentence(self, language: str) -> None:
        known = {template for _, template, _ in catalogues(language)}

        assert {where: template for template, where in templates().items() if template not in known} == {}

    def test_no_sentence_is_without_its_template(self, language: str) -> None:
        said = templates()

        assert [
            (file, template)
            for file, template, _ in catalogues(language)
            if template not in said and file not in LIBRARIES
        ] == []

    def test_template_and_sentence_have_the_same_places(self, language: str) -> None:
        assert [t for _, t, sentence in catalogues(language) if places(t) != places(sentence)] == []

    def test_no_template_stands_twice(self, language: str) -> None:
        known = [template for _, template, _ in catalogues(language)]

        assert sorted({template for template in known if known.count(template) > 1}) == []

    def test_sentences_are_in_the_language(self, language: str) -> None:
        assert [
            template
            for _, template, sentence in catalogues(language)
            if re.search("[a-z]", re.sub("{.*?}|null", "", template)) and not re.search("[가-힣]", sentence)
        ] == []
