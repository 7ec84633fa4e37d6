"""The coarse grid in which a fact of the cube is compared with Postgres: one statement that both sides answer alike.

A cell is a month and a member of each fixed dimension. Sums of keys mean nothing, but differ where a fact points to
another member than it should. Texts are compared by the least and the greatest of their digests.
"""

from collections.abc import Iterator

from sqlalchemy import BigInteger, Column, Integer, Numeric, Table, Text

from olap import star


def cell_of(fact: Table) -> tuple[str, ...]:
    """The names of what makes a cell."""
    return ("year", "month", *(table.name for table in _fixed(fact)))


def grid(fact: Table, *, schema: str = "") -> str:
    """The query for all cells of a fact: each value as text, so that no engine rounds it.

    Grouped by keys first: a million lines take 3 s of Postgres instead of 5, 2 of which is what the view itself costs.
    """
    fixed = _fixed(fact)
    keys = ", ".join(["date_key", *(f"{table.name}_key" for table in fixed)])
    parts = dict(_parts(fact))
    inner = ", ".join(f'{part} AS "{name}"' for name, (part, _) in parts.items())
    outer = ", ".join(f'({whole.format(name)})::text AS "{name}"' for name, (_, whole) in parts.items())
    labels = ["d.year", "d.month", *(f"{t.name}.{star.label_of(t).name}" for t in fixed)]
    named = ", ".join(f'{label} AS "{name}"' for label, name in zip(labels, cell_of(fact), strict=True))
    joins = " ".join(
        f'JOIN {schema}"{t.name}" AS {t.name} ON {t.name}.{t.name}_key = p.{t.name}_key' for t in fixed
    )
    return (
        f'WITH parts AS (SELECT {keys}, {inner} FROM {schema}"{fact.name}" GROUP BY {keys})'  # noqa: S608
        f" SELECT {named}, {outer} FROM parts p"
        f' JOIN {schema}"date" d ON d.date_key = p.date_key {joins} GROUP BY {", ".join(labels)}'
    )


def _fixed(fact: Table) -> tuple[Table, ...]:
    """The small dimensions of a fact, in the order of its columns, but bands of ages: they would make eight cells of
    each, and their keys are added up."""
    beside = {star.date.name, "age"}
    known = {f"{table.name}_key": table for table in star.FIXED if table.name not in beside}
    return tuple(known[name] for name in fact.columns.keys() if name in known)  # noqa: SIM118 (columns iterate as columns)


def _parts(fact: Table) -> Iterator[tuple[str, tuple[str, str]]]:
    """What is compared: its name, how it is made of facts, and how of the groups of facts."""
    yield "rows", ("count(*)", 'sum(p."{}")')
    grouped = {f"{table.name}_key" for table in _fixed(fact)}
    for column in fact.columns:
        if column.name not in grouped:
            yield from _parts_of(column)


def _parts_of(column: "Column[object]") -> Iterator[tuple[str, tuple[str, str]]]:
    name = f'"{column.name}"'
    if isinstance(column.type, Text):
        yield f"least {column.name}", (f"min(md5({name}))", 'min(p."{}")')
        yield f"greatest {column.name}", (f"max(md5({name}))", 'max(p."{}")')
    elif isinstance(column.type, BigInteger | Integer | Numeric):
        named = f"{column.name}s" if column.name.endswith(("_key", "_id")) else column.name
        yield named, (f"sum({name})", 'sum(p."{}")')
    if column.nullable:
        yield f"known {column.name}", (f"count({name})", 'sum(p."{}")')
