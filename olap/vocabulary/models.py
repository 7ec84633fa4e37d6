"""A cube's model file, checked against the star, as immutable cubes: one for each language."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources
from types import MappingProxyType
from typing import Any

from olap.errors import ModelError
from olap.physical import Column, Count, CountDistinct, Formula, Join, Sum, column_at
from olap.star import is_daily, metadata
from olap.vocabulary import package
from olap.vocabulary.belonging import DIMENSION, NAME, SEGMENT, Belonging, belongs
from olap.vocabulary.by_language import ByLanguage
from olap.vocabulary.documents import whole
from olap.vocabulary.errors import UnknownObject
from olap.vocabulary.formulas import DAY, formulas_of
from olap.vocabulary.languages import LANGUAGES, localized

OURS = (
    "parts",
    "only",
    "ignore",
    "given",
    "per",
    "of_day",
    "table",
    "columns",
    "sight",
    "journey",
    "standing",
    "unshown",
)
"""Keys of the model file that the package does not know."""


@dataclass(frozen=True)
class Currency:
    """What amounts are in: the dimension, and how a fact refers to it."""

    dimension: str
    join: Join


@dataclass(frozen=True)
class Sight:
    """Who sees a fact besides who sees its customer: the staff of the branch and the user that it names."""

    branch: Column | None = None
    owner: Column | None = None


@dataclass(frozen=True)
class Journey:
    """What facts tell of a customer's way: whose each is, and when what it counts happened, by aggregate.

    `event` is the aggregate that is meant where none is named.
    """

    customer: Column
    event: str
    moments: Mapping[str, Column]


@dataclass(frozen=True)
class Daily:
    """What tells of days within a month: since which one a customer is `known`, and the `cube` whose aggregates are the
    same `amounts` of single days, by the names that they have month by month."""

    known: Column
    cube: str
    amounts: Mapping[str, str]


@dataclass(frozen=True)
class Standing:
    """Facts that say month by month how a customer stood: in the rows where `where` is 1, in the members of the
    dimensions `of`. `scores` are those of RFM, in their order, and come with what tells of days."""

    customer: Column
    where: Column
    of: Mapping[str, Column]
    scores: tuple[Column, ...]
    daily: Daily | None = None


@dataclass(frozen=True)
class CubeModel:
    """A cube: its words in each language, and what they stand for in the star.

    `columns` are by attribute reference (`date.year`, `gender`, `order_id`, `quantity`), `joins` by table.
    Amounts are added only where they agree in `currency`.
    """

    name: str
    fact: str
    key: Column
    columns: Mapping[str, Column]
    joins: Mapping[str, Join]
    formulas: Mapping[str, Formula]
    currency: Currency | None
    sight: Sight
    journey: Journey | None
    standing: Standing | None
    by_language: Mapping[str, Any]
    belonging: Belonging | None = None

    def cell_cube(self, language: str = LANGUAGES[0]) -> Any:
        """The same with the dimensions that cut and do not drill."""
        return (self.by_language if self.belonging is None else self.belonging.by_language)[language]

    def cut_column(self, reference: str) -> Column:
        """What the attribute of a cut stands for."""
        if reference == SEGMENT and self.belonging is not None:
            return NAME
        return self.columns[reference]

    def cube(self, language: str = LANGUAGES[0]) -> Any:
        """The `cubes.Cube` with labels in that language."""
        return self.by_language[language]

    def document(self, language: str = LANGUAGES[0]) -> dict[str, Any]:
        """The model as the Slicer tells it, with labels in that language."""
        found: dict[str, Any] = self.cube(language).to_dict(
            expand_dimensions=True, with_mappings=False, full_attribute_names=True, create_label=True
        )
        return found


@cache
def models() -> Mapping[str, CubeModel]:
    """All cubes of `olap/model`, by name. Raises ModelError for a model that does not fit the star."""
    files = sorted(
        (
            file
            for file in (resources.files("olap") / "model").iterdir()
            if re.fullmatch(r"\w+\.json", file.name)
        ),
        key=lambda file: file.name,
    )
    loaded = [load(json.loads(file.read_text(encoding="utf-8"))) for file in files]
    return MappingProxyType({model.name: model for model in loaded})


def model_of(name: str) -> CubeModel:
    """The cube of that name. Raises UnknownObject."""
    try:
        return models()[name]
    except KeyError:
        raise UnknownObject("cube", name, models()) from None


def load(document: Mapping[str, Any]) -> CubeModel:
    """The cube that a model file describes. Raises ModelError."""
    document = whole(document)
    cubes = ByLanguage(partial(_build, document))
    cube, described = cubes[LANGUAGES[0]], document["cube"]
    columns = MappingProxyType(dict(_columns(cube, described)))
    joins = MappingProxyType({join.key.table: join for join in map(_join, described["joins"])})
    _check_reachable(described["fact"], columns, joins)
    currency = described.get("info", {}).get("currency_dimension")
    formulas = MappingProxyType(formulas_of(described, {**columns, **_unshown(described)}))
    return CubeModel(
        name=cube.name,
        fact=described["fact"],
        key=column_at(f"{described['fact']}.{described['key']}"),
        columns=columns,
        joins=joins,
        formulas=formulas,
        currency=Currency(currency, joins[columns[currency].table]) if currency else None,
        sight=_sight(described),
        journey=_journey(described, formulas),
        standing=_standing(described, columns),
        by_language=cubes,
        belonging=_belonging(document, joins),
    )


def _belonging(document: Mapping[str, Any], joins: Mapping[str, Join]) -> Belonging | None:
    fact, dimensions = document["cube"]["fact"], document["dimensions"]
    if not belongs(fact, joins, dimensions):
        return None
    names = [*document["cube"]["dimensions"], SEGMENT]
    cutting = {
        **document,
        "cube": {**document["cube"], "dimensions": names},
        "dimensions": [*dimensions, DIMENSION],
    }
    return Belonging(
        customer=Column(fact, "customer_id"),
        day=Column(fact, "date_key"),
        by_language=ByLanguage(partial(_build, cutting)),
    )


def _build(document: Mapping[str, Any], language: str) -> Any:
    """The package's own object. Its links and localisation crash: dimensions are attached directly."""
    plain = without_ours(localized(document, language))
    errors = [
        *_errors("cubes", json.dumps(plain["cube"])),
        *(error for item in plain["dimensions"] for error in _errors("dimensions", json.dumps(item))),
    ]
    if errors:
        raise ModelError(f"the model of cube {plain['cube'].get('name')!r}: {'; '.join(errors)}")
    metadata = {**package.expand_cube_metadata(plain["cube"]), "locale": language}
    dimensions = {item["name"]: item for item in plain["dimensions"]}
    try:
        made = [package.Dimension.from_metadata(dimensions[name]) for name in plain["cube"]["dimensions"]]
        return _attached(metadata, made)
    except (package.CubesError, KeyError) as error:
        raise ModelError(f"the model of cube {plain['cube']['name']!r}: {error}") from error


@cache
def _errors(part: str, text: str) -> tuple[str, ...]:
    """What the package finds wrong with a cube or a dimension. Most dimensions are those of many cubes, and looking
    at all of them again took a quarter of a second of each process that starts (measured)."""
    faults = package.validate_model({part: [json.loads(text)]})
    return tuple(f"{fault.object}: {fault.message}" for fault in faults if fault.severity == "error")


def _attached(metadata: dict[str, Any], dimensions: list[Any]) -> Any:
    # The fact key is asked and answered as `__fact_key__`: with a name of its own the package's clients lose it.
    without = {name: value for name, value in metadata.items() if name not in {"dimensions", "key"}}
    cube = package.Cube.from_metadata(without)
    for dimension in dimensions:
        cube._add_dimension(dimension)  # noqa: SLF001 (its only way that does not copy the dimension wrongly)
    return cube


def without_ours(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: without_ours(item) for key, item in value.items() if key not in OURS}
    if isinstance(value, list):
        return [without_ours(item) for item in value]
    return value


def _columns(cube: Any, described: Mapping[str, Any]) -> Iterator[tuple[str, Column]]:
    """Attribute references and their columns: as mapped, else the table of the dimension, else the fact."""
    mappings, fact = described["mappings"], described["fact"]
    for dimension in cube.dimensions:
        for attribute in dimension.attributes:
            yield attribute.ref, column_at(mappings.get(attribute.ref, f"{dimension.name}.{attribute.name}"))
    for attribute in [*cube.details, *cube.measures]:
        yield attribute.name, column_at(mappings.get(attribute.name, f"{fact}.{attribute.name}"))


def _unshown(described: Mapping[str, Any]) -> dict[str, Column]:
    """Columns of the fact that aggregates may count and nobody is shown, by the names that aggregates give them."""
    named = described.get("unshown", {})
    return {name: column_at(f"{described['fact']}.{column}") for name, column in named.items()}


def _join(described: Mapping[str, str]) -> Join:
    fact, key = column_at(described["master"]), column_at(described["detail"])
    daily = is_daily(metadata.tables[key.table])
    return Join(fact, key, day=column_at(f"{fact.table}.{DAY}") if daily else None)


def _sight(described: Mapping[str, Any]) -> Sight:
    fact, said = described["fact"], described.get("sight", {})
    return Sight(**{who: column_at(f"{fact}.{column}") for who, column in said.items()})


def _journey(described: Mapping[str, Any], formulas: Mapping[str, Formula]) -> Journey | None:
    said, fact = described.get("journey"), described["fact"]
    if said is None:
        return None
    for event in (said["event"], *said["moments"]):
        if not isinstance(formulas.get(event), Sum | Count | CountDistinct) or event not in said["moments"]:
            raise ModelError(
                f"the journey of {described['name']} names {event!r}, which counts nothing that happens"
            )
    return Journey(
        customer=column_at(f"{fact}.{said['customer']}"),
        event=said["event"],
        moments=MappingProxyType({name: column_at(f"{fact}.{at}") for name, at in said["moments"].items()}),
    )


def _standing(described: Mapping[str, Any], columns: Mapping[str, Column]) -> Standing | None:
    said, fact = described.get("standing"), described["fact"]
    if said is None:
        return None
    unknown = [name for name in (*said["of"], *said["scores"]) if name not in columns]
    if unknown:
        raise ModelError(
            f"the standing of {described['name']} names {', '.join(unknown)}, which it does not have"
        )
    return Standing(
        customer=column_at(f"{fact}.{said['customer']}"),
        where=column_at(f"{fact}.{said['where']}"),
        of=MappingProxyType({name: columns[name] for name in said["of"]}),
        scores=tuple(columns[name] for name in said["scores"]),
        daily=_daily(fact, said["daily"]) if said["scores"] else None,
    )


def _daily(fact: str, said: Mapping[str, Any]) -> Daily:
    known = column_at(f"{fact}.{said['known']}")
    return Daily(known, said["cube"], MappingProxyType(dict(said["amounts"])))


def _check_reachable(fact: str, columns: Mapping[str, Column], joins: Mapping[str, Join]) -> None:
    for reference, column in columns.items():
        if column.table != fact and column.table not in joins:
            raise ModelError(
                f"{reference} lies in {column.table}, which no join reaches; joined: {', '.join(joins)}"
            )
