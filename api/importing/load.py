"""Mapping file -> Mapping. Every mistake is one line that names the file, the key and what is allowed."""

import codecs
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from api.importing.catalog import ATTRIBUTE, ATTRIBUTES, TABLES, Entity, Slot
from api.importing.conditions import OPERATORS
from api.importing.mapping import Condition, FileRule, KindRule, Mapping, Origin, Scalar, digest_of
from api.importing.reading import Reading
from api.importing.toml import Table, read_toml
from api.importing.values import Currency
from domain.branches.model import BranchKind
from domain.orders.model import LineKind
from domain.text import CONTROL

_GENERAL = ("entity", "system", "kinds_otherwise", "branch_kind", "company", "read", "kind", "file")


def load_mapping(path: Path) -> Mapping:
    """What the mapping file says. Raises MappingError."""
    root, content = read_toml(path)
    entity = Entity(root.name("entity", [e.value for e in Entity]))
    with_customers = [ATTRIBUTES] if "customer" in TABLES[entity] else []
    root.only([*_GENERAL, *TABLES[entity], *with_customers])
    company = root.table("company")
    company.only(("time_zone", "currency"))
    zone, currency = company.get("time_zone", str), company.get("currency", str)
    if zone:
        company.checked("time_zone", zone, _check_zone)
    if currency:
        company.checked("currency", currency, lambda code: Currency().parse(code, Reading()))
    fields = {
        (name, key): origin
        for name, slots in TABLES[entity].items()
        for key, origin in _fields(root.table(name), slots).items()
    }
    named = root.table(ATTRIBUTES)
    fields |= {(ATTRIBUTES, key): _origin(named, key, ATTRIBUTE) for key in named.values}
    mapping = Mapping(
        path=path,
        digest=digest_of(content),
        entity=entity,
        system=root.checked("system", root.need("system", str), _check_system),
        reading=_reading(root.table("read"), zone),
        fields=fields,
        kinds=tuple(_kinds(root)),
        otherwise=root.name("kinds_otherwise", [kind.value for kind in LineKind], "SALE"),
        files=tuple(_files(root)),
        time_zone=zone,
        currency=currency.upper() if currency else None,
        branch_kind=BranchKind(root.name("branch_kind", [kind.value for kind in BranchKind], "SHOP")),
    )
    _check_whole(root, mapping)
    return mapping


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise ValueError(f"unknown time zone {name!r}; e.g. Asia/Seoul, Europe/London, UTC") from None


def _check_system(name: str) -> None:
    if not name.strip() or len(name) > 50 or CONTROL.search(name):
        raise ValueError(f"{name!r} must have 1 to 50 printable characters")


def _check_form(form: str) -> None:
    shown = datetime(2001, 2, 3, 4, 5, 6).strftime(form)  # noqa: DTZ001 - any time will do
    if "%Y" not in form and "%y" not in form:
        raise ValueError(f"{form!r} has no year; write %Y, %m, %d, %H, %M, %S as in strptime")
    datetime.strptime(shown, form)  # noqa: DTZ007 - only whether it can be read


def _check_encoding(name: str) -> None:
    try:
        codecs.lookup(name)
    except LookupError:
        raise ValueError(f"unknown encoding {name!r}; e.g. utf-8, cp949, latin-1") from None


def _reading(table: Table, company_zone: str | None) -> Reading:
    table.only(
        (
            "encoding",
            "delimiter",
            "decimal_point",
            "thousands_separator",
            "times",
            "time_zone",
            "nulls",
            "sheets",
        )
    )
    zone = table.get("time_zone", str) or company_zone
    if zone:
        table.checked("time_zone", zone, _check_zone)
    encoding = table.checked("encoding", table.get("encoding", str) or "utf-8", _check_encoding)
    times = table.texts("times")
    for form in times:
        table.checked("times", form, _check_form)
    point = table.name("decimal_point", (".", ","), ".")
    thousands = table.name("thousands_separator", ("", ",", ".", " ", "'"), "")
    if thousands == point:
        table.fail("thousands_separator", f"is the decimal point {point!r} too")
    delimiter = table.get("delimiter", str) or ","
    if len(delimiter) != 1 or delimiter in '"\r\n':
        table.fail("delimiter", f"{delimiter!r} must be one character, such as ',', ';' or a tab")
    return Reading(
        encoding="utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding,
        delimiter=delimiter,
        decimal_point=point,
        thousands_separator=thousands,
        times=times,
        time_zone=ZoneInfo(zone) if zone else None,
        nulls=frozenset(table.texts("nulls")) | {""},
        sheets=table.texts("sheets"),
    )


def _fields(table: Table, slots: dict[str, Slot] | Any) -> dict[str, Origin]:
    table.only(list(slots))
    return {key: _origin(table, key, slots[key]) for key in table.values}


def _origin(table: Table, key: str, slot: Slot) -> Origin:
    value = table.values[key]
    if isinstance(value, str) and value:
        return Origin(columns=(value,))
    if isinstance(value, list) and slot.many:
        return Origin(columns=table.texts(key))
    if not isinstance(value, dict):
        many = ", a list of columns" if slot.many else ""
        table.fail(key, f"must be a column's name{many}, or a table with column, columns or constant")
    origin = table.table(key)
    origin.only(("column", "columns", "join", "constant", "values"))
    given = [name for name in ("column", "columns", "constant") if name in origin.values]
    if len(given) != 1:
        table.fail(key, "must have exactly one of column, columns, constant")
    column = origin.get("column", str)
    return Origin(
        columns=(column,) if column else origin.texts("columns"),
        join=origin.get("join", str) or "-",
        constant=_constant(origin, slot),
        values=_translations(origin.table("values")),
    )


def _constant(table: Table, slot: Slot) -> Scalar | None:
    value: Scalar | None = table.values.get("constant")
    if value is not None:
        table.checked("constant", value, lambda cell: slot.type.parse(cell, Reading()))
    return value


def _translations(table: Table) -> dict[str, str] | None:
    for key in table.values:
        table.need(key, str)
    return dict(table.values) or None


def _kinds(root: Table) -> list[KindRule]:
    rules = []
    for table in root.tables("kind"):
        table.only(("kind", "where"))
        kind = table.name("kind", [kind.value for kind in LineKind])
        rules.append(KindRule(kind, _conditions(table)))
    return rules


def _files(root: Table) -> list[FileRule]:
    rules = []
    for table in root.tables("file"):
        table.only(("match", "where"))
        rules.append(FileRule(table.need("match", str), _conditions(table)))
    return rules


def _conditions(table: Table) -> tuple[Condition, ...]:
    where = table.table("where")
    found = []
    for column in where.values:
        tests = where.table(column)
        tests.only(list(OPERATORS))
        for operator, operand in tests.values.items():
            OPERATORS[operator].check(tests, operator, operand)
            found.append(
                Condition(
                    column,
                    operator,
                    tuple(operand) if isinstance(operand, list) else operand,
                    f"{table.place} where",
                )
            )
    if not found:
        table.fail(
            "where", f"is missing; e.g. where = {{ column = {{ eq = 1 }} }}; tests: {', '.join(OPERATORS)}"
        )
    return tuple(found)


def _check_whole(root: Table, mapping: Mapping) -> None:
    """What concerns several keys at once."""
    for name, slots in TABLES[mapping.entity].items():
        for key, slot in slots.items():
            if slot.required and (name, key) not in mapping.fields:
                root.fail(f"[{name}] {key}", "is missing")
        given = [key for table, key in mapping.fields if table == name]
        if given and "id" in slots and "id" not in given:
            root.fail(f"[{name}] id", f"is missing: without it {', '.join(given)} belong to nobody")
    attributes = [key for table, key in mapping.fields if table == ATTRIBUTES]
    if attributes and ("customer", "id") not in mapping.fields:
        root.fail("[customer] id", f"is missing: without it {', '.join(attributes)} belong to nobody")
    if mapping.entity is Entity.ORDERS:
        if (("line", "unit_price") in mapping.fields) == (("line", "amount") in mapping.fields):
            root.fail("[line]", "must have exactly one of unit_price, amount")
    elif mapping.kinds:
        root.fail("[[kind]]", f"belongs to entity orders, not {mapping.entity.value}")
