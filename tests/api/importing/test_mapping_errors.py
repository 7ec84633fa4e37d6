"""A wrong mapping is one line that names the file, the key and what is allowed; nothing is imported."""

from pathlib import Path

import openpyxl
import pytest

from api.importing.errors import MappingError, SourceError
from api.importing.load import load_mapping
from domain.errors import Conflict
from tests.api.importing.conftest import SALES, Ask, Import

WRONG = [
    ("order", 'entity = "orders"', 'entity = "sales"', "entity: 'sales' is not allowed; allowed: orders, customers, "),
    ("entity", 'entity = "orders"\n', "", "entity: is missing; allowed: orders, customers, products, touchpoints"),
    ("system", 'system = "shop"', "system = 7", "system: is a number, must be a text"),
    ("no system", 'system = "shop"\n', "", "system: is missing"),
    ("long system", '"shop"', f'"{"x" * 51}"', "must have 1 to 50 printable characters"),
    ("key", "[order]\n", '[order]\nnumbr = "x"\n', "[order] numbr: unknown key; known: id, number, ordered_at, "),
    ("table", "[order]\n", "[orders]\n", "orders: unknown key; known: entity, system, "),
    ("no table", '[company]\ntime_zone = "Asia/Seoul"\ncurrency = ', "company = ", "company: is a text, must be "),
    ("column", '"quantity"', "3", "[line] quantity: must be a column's name, or a table with column, columns or "),
    ("required", 'ordered_at = "time"\n', "", "[order] ordered_at: is missing"),
    ("price", 'unit_price = "price"\n', "", "[line]: must have exactly one of unit_price, amount"),
    ("two prices", 'unit_price = "price"', 'unit_price = "price"\namount = "price"', "exactly one of unit_price"),
    ("nobody", 'id = "customer"\n', "", "[customer] id: is missing: without it country belong to nobody"),
    ("zone", '"Asia/Seoul"', '"Seoul"', "[company] time_zone: unknown time zone 'Seoul'; e.g. Asia/Seoul"),
    ("code", '"KRW"', '"W"', "[company] currency: 'W' is not a currency's code of three letters"),
    ("two origins", '"time"', '{ column = "time", constant = 1 }', "ordered_at: must have exactly one of column, "),
    ("origin key", '"time"', '{ columm = "time" }', "[order] ordered_at columm: unknown key; known: column, "),
    ("constant", '"time"', '{ constant = "soon" }', "[order] ordered_at constant: 'soon' is not a time"),
    ("channel", "[order]", '[order]\nchannel = { constant = "FAX" }', "channel constant: 'FAX' is not one of CHAT, "),
    ("values", '"time"', '{ column = "time", values = { a = 1 } }', "ordered_at values a: is a number, must be a "),
    ("toml", "[order]", "[order", "is not TOML: "),
]  # fmt: skip

APPENDED = [
    ('[read]\nencodin = "x"', "[read] encodin: unknown key; known: encoding, delimiter, "),
    ('[read]\nencoding = "utf-9"', "[read] encoding: unknown encoding 'utf-9'; e.g. utf-8, cp949, latin-1"),
    ('[read]\ndelimiter = "||"', "[read] delimiter: '||' must be one character"),
    ('[read]\ndecimal_point = ";"', "[read] decimal_point: ';' is not allowed; allowed: ., ,"),
    (
        '[read]\ndecimal_point = ","\nthousands_separator = ","',
        "thousands_separator: is the decimal point ',' too",
    ),
    ("[read]\ntimes = [1]", "[read] times: must be a list of texts"),
    ('[read]\ntimes = ["%H:%M"]', "[read] times: '%H:%M' has no year; write %Y, %m, %d, "),
    ('[[kind]]\nkind = "GIFT"', "[[kind]] 1 kind: 'GIFT' is not allowed; allowed: SALE, FREE, RETURN, "),
    (
        '[[kind]]\nkind = "FREE"',
        "[[kind]] 1 where: is missing; e.g. where = { column = { eq = 1 } }; tests: eq, ne, ",
    ),
    (
        '[[kind]]\nkind = "FREE"\nwhere = { price = { is = 0 } }',
        "[[kind]] 1 where price is: unknown key; known: eq, ",
    ),
    ('[[kind]]\nkind = "FREE"\nwhere = { price = { starts_with = 0 } }', "starts_with: 0 must be a text"),
    ('[[kind]]\nkind = "FREE"\nwhere = { price = { in = 0 } }', "[[kind]] 1 where price in: must be a list"),
    (
        '[[kind]]\nkind = "FREE"\nwhere = { price = { in = [] } }',
        "[[kind]] 1 where price in: must not be empty",
    ),
    ('[[kind]]\nkind = "FREE"\nwhere = { price = { in = [0, "a"] } }', "in: must be a list of one type"),
    (
        '[[kind]]\nkind = "FREE"\nwhere = { price = { eq = true } }',
        "eq: True must be a text or a number or a date",
    ),
    ("[[file]]\nwhere = { price = { eq = 1 } }", "[[file]] 1 match: is missing"),
    ("[file]\nmatch = 1", "file: is a table, must be a list"),
]


def changed(mapping: Path, old: str, new: str) -> None:
    assert old in SALES
    mapping.write_text(SALES.replace(old, new, 1), encoding="utf-8")


class TestLoadMapping:
    @pytest.mark.parametrize(("old", "new", "message"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
    def test_a_mistake_is_named_with_its_place(self, mapping: Path, old: str, new: str, message: str) -> None:
        changed(mapping, old, new)

        with pytest.raises(MappingError) as raised:
            load_mapping(mapping)

        assert str(raised.value).startswith(f"{mapping}: ")
        assert message in str(raised.value)
        assert "\n" not in str(raised.value)

    @pytest.mark.parametrize(("added", "message"), APPENDED)
    def test_a_mistake_in_a_further_table_is_named(self, mapping: Path, added: str, message: str) -> None:
        mapping.write_text(SALES + added + "\n", encoding="utf-8")

        with pytest.raises(MappingError) as raised:
            load_mapping(mapping)

        assert str(raised.value).startswith(f"{mapping}: ")
        assert message in str(raised.value)

    def test_a_missing_mapping_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(MappingError, match=r"absent\.toml: cannot be read: No such file"):
            load_mapping(tmp_path / "absent.toml")

    def test_bytes_that_are_not_text_are_named(self, mapping: Path) -> None:
        mapping.write_bytes(b"entity = \xff")

        with pytest.raises(MappingError, match="byte 9 is not UTF-8"):
            load_mapping(mapping)

    def test_kinds_belong_to_orders(self, mapping: Path) -> None:
        mapping.write_text(
            'entity = "customers"\nsystem = "s"\n[customer]\nid = "i"\n'
            '[[kind]]\nkind = "FREE"\nwhere = { a = { eq = 1 } }\n'
        )

        with pytest.raises(MappingError, match="belongs to entity orders, not customers"):
            load_mapping(mapping)


class TestColumns:
    async def test_a_missing_column_is_named_with_the_key_and_the_file(
        self, mapping: Path, sales: Path, importing: Import, ask: Ask
    ) -> None:
        changed(mapping, '"price"', '"Price"')

        with pytest.raises(MappingError) as raised:
            await importing(sales)

        assert str(raised.value) == (
            f"{mapping}: [line] unit_price: {sales} has no column 'Price'; its columns: "
            "order, time, quantity, price, customer, country, product, title"
        )
        assert await ask("SELECT count(*) FROM import_runs") == [(0,)]

    @pytest.mark.parametrize(
        ("separator", "written"), [(";", '";"'), ("\t", '"\\t"')], ids=["semicolon", "tab"]
    )
    async def test_another_delimiter_is_guessed(
        self, sales: Path, importing: Import, separator: str, written: str
    ) -> None:
        sales.write_text(sales.read_text(encoding="utf-8").replace(",", separator), encoding="utf-8")

        with pytest.raises(MappingError) as raised:
            await importing(sales)

        assert str(raised.value).endswith(f"; perhaps the mapping file needs [read] delimiter = {written}")

    async def test_another_encoding_is_asked_for(self, sales: Path, importing: Import) -> None:
        sales.write_bytes(sales.read_text(encoding="utf-8").replace("order", "주문", 1).encode("cp949"))

        with pytest.raises(SourceError, match=r'the header is not utf-8; .* \[read\] encoding = "cp949"'):
            await importing(sales)

    async def test_a_sheet_of_something_else_is_told_with_what_leaves_it_out(
        self, sales: Path, importing: Import
    ) -> None:
        book = openpyxl.Workbook()
        book.create_sheet("notes").append(["something", "else"])
        book.save(sales.with_suffix(".xlsx"))

        with pytest.raises(MappingError, match=r"\(sheet notes\) has no column .* \[read\] sheets says"):
            await importing(sales.with_suffix(".xlsx"))

    async def test_a_missing_column_of_a_condition_is_named(
        self, mapping: Path, sales: Path, importing: Import
    ) -> None:
        mapping.write_text(
            SALES + '[[kind]]\nkind = "FREE"\nwhere = { cost = { eq = 0 } }\n', encoding="utf-8"
        )

        with pytest.raises(MappingError, match=r"\[\[kind\]\] 1 where: .* has no column 'cost'"):
            await importing(sales)

    async def test_a_doubled_column_is_named(self, sales: Path, importing: Import) -> None:
        sales.write_text(sales.read_text(encoding="utf-8").replace("title", "price", 1), encoding="utf-8")

        with pytest.raises(MappingError, match="has 2 columns 'price'"):
            await importing(sales)

    async def test_a_currency_that_is_not_booked_is_named(
        self, mapping: Path, sales: Path, importing: Import
    ) -> None:
        changed(mapping, "[order]\n", '[order]\ncurrency = { constant = "XXX" }\n')

        with pytest.raises(
            MappingError, match=r"\[order\] currency: 'XXX' is not a currency that the store may"
        ):
            await importing(sales)

    async def test_another_zone_is_refused_once_there_are_orders(
        self, mapping: Path, sales: Path, importing: Import, ask: Ask
    ) -> None:
        await importing(sales)
        changed(mapping, "Asia/Seoul", "Europe/London")

        with pytest.raises(
            Conflict, match="counts in Asia/Seoul and KRW and has orders, so it cannot become Europe"
        ):
            await importing(sales)

        assert await ask("SELECT time_zone FROM company") == [("Asia/Seoul",)]

    async def test_a_rule_for_files_that_were_not_given_is_a_warning(
        self, mapping: Path, sales: Path, importing: Import
    ) -> None:
        mapping.write_text(
            SALES
            + '[[file]]\nmatch = "2025*"\nwhere = { price = { gt = 0 } }\n'
            + '[[file]]\nmatch = "sales*"\nwhere = { price = { gt = 0 } }\n',
            encoding="utf-8",
        )

        report = await importing(sales)

        assert report.warnings == ["no file's name matches [[file]] match = '2025*'"]
        assert "warning: no file's name matches [[file]] match = '2025*'" in report.lines()
