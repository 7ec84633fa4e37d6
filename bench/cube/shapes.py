"""The 13 queries of the Star Schema Benchmark (O'Neil, O'Neil & Chen 2009) on the sales star, as request and as SQL.

Customer stays customer, part is product, supplier is branch (its nation a branch's region; its region five of them),
lineorder is sales, revenue less supply cost is the margin. Regions, nations and cities, makers, categories and brands
have the benchmark's numbers of members, and the cuts its selectivity. Two conditions have no place in a cube, for they
are on measures: the ranges of discount (3 of 11) and quantity (half, or 10 of 50) of the first flight became cuts by
channel (2 or 1 of 11) and line kind. The second column of the table says which part of the lines a query of the
benchmark takes, the third which part ours takes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Shape:
    """One query: what the benchmark selects and what this one does, the request, and the SQL that a person writes.

    The SQL's columns are named as the answer's, keys first.
    """

    name: str
    benchmark: float
    ours: float
    request: Mapping[str, str]
    sql: str

    @property
    def grouped(self) -> bool:
        return "drilldown" in self.request

    def in_round(self, number: int) -> "Shape":
        """The same question with a value of its own, so that no answer that is kept serves it: a larger page than it
        has, or one more kind of line, which no line is of."""
        if self.grouped:
            return replace(self, request={**self.request, "page": "0", "pagesize": str(900 + number)})
        cut = self.request["cut"].replace("line_kind:sale", f"line_kind:sale;none {number}")
        sql = self.sql.replace("k.kind = 'sale'", f"k.kind IN ('sale', 'none {number}')")
        return replace(self, request={**self.request, "cut": cut}, sql=sql)


AREAS = ";".join(f"Area {n}" for n in range(5))
IN_AREAS = "b.region IN ('Area 0', 'Area 1', 'Area 2', 'Area 3', 'Area 4')"
DAY = "JOIN date d ON d.date_key = s.date_key"
CHANNEL = (
    "JOIN channel ch ON ch.channel_key = s.channel_key JOIN line_kind k ON k.line_kind_key = s.line_kind_key"
)
CUSTOMER = "JOIN customer c ON c.customer_key = s.customer_key"
PRODUCT = "JOIN product p ON p.product_key = s.product_key"
BRANCH = "JOIN branch b ON b.branch_key = s.branch_key"
REVENUE = 'sum(s.net_revenue) AS "net_revenue"'
MARGIN = 'sum(s.margin) AS "margin"'
YEAR = 'd.year AS "date.year"'
COUNTRY = 'c.country AS "customer.country"'
REGION = f'{COUNTRY}, c.region AS "customer.region"'
DISTRICT = f'{REGION}, c.district AS "customer.district"'
AREA = 'b.region AS "branch.region"'
AT_BRANCH = f'{AREA}, b.code AS "branch.code", b.name AS "branch.name"'
CATEGORY = 'p.department AS "product.department", p.category AS "product.category"'
SUBCATEGORY = f'{CATEGORY}, p.subcategory AS "product.subcategory"'
FIRST, SECOND = "Department 0,Category 1,Subcategory 040", "Department 0,Category 1,Subcategory 047"
SIX_YEARS = "d.year BETWEEN 2019 AND 2024"
TWO_DISTRICTS = (
    "c.country = 'Country 0' AND c.region = 'Region 0' AND c.district IN ('District 1', 'District 5')"
)
TWO_BRANCHES = "b.region = 'Area 0' AND b.code IN ('B2', 'B6')"
CUT_DISTRICTS = "customer:Country 0,Region 0,District 1;Country 0,Region 0,District 5"
CUT_BRANCHES = "branch:Area 0,B2;Area 0,B6"


def _flight_1(name: str, benchmark: float, ours: float, cut: str, where: str) -> Shape:
    sql = f"SELECT {REVENUE} FROM sales s {DAY} {CHANNEL} WHERE {where} AND k.kind = 'sale'"
    return Shape(name, benchmark, ours, {"cut": f"{cut}|line_kind:sale", "aggregates": "net_revenue"}, sql)


def _grouped(
    name: str,
    selectivity: float,
    drilldown: str,
    cut: str,
    measure: str,
    sql: str,
) -> Shape:
    """The SQL without its grouping and order, which are by all keys."""
    request = {"drilldown": drilldown, "cut": cut, "aggregates": measure}
    return Shape(name, selectivity, selectivity, request, f"{sql} GROUP BY ALL ORDER BY ALL")


SHAPES = (
    _flight_1(
        "Q1.1",
        0.019,
        0.023,
        "date:2021|channel:shop,store;digital,web",
        "d.year = 2021 AND ch.channel IN ('store', 'web')",
    ),
    _flight_1(
        "Q1.2",
        0.00065,
        0.00097,
        "date@ymd:2022,1|channel:message,email",
        "d.year = 2022 AND d.month = 1 AND ch.channel_group = 'message' AND ch.channel = 'email'",
    ),
    _flight_1(
        "Q1.3",
        0.000075,
        0.00022,
        "date@iso:2022,6|channel:message,email",
        "d.iso_year = 2022 AND d.iso_week = 6 AND ch.channel_group = 'message' AND ch.channel = 'email'",
    ),
    _grouped(
        "Q2.1",
        0.008,
        "date:year|product:subcategory",
        f"product:Department 0,Category 1|branch:{AREAS}",
        "net_revenue",
        f"SELECT {YEAR}, {SUBCATEGORY}, {REVENUE} FROM sales s {DAY} {PRODUCT} {BRANCH} "
        f"WHERE p.department = 'Department 0' AND p.category = 'Category 1' AND {IN_AREAS}",
    ),
    _grouped(
        "Q2.2",
        0.0016,
        "date:year|product:subcategory",
        f"product:{FIRST}-{SECOND}|branch:{AREAS}",
        "net_revenue",
        f"SELECT {YEAR}, {SUBCATEGORY}, {REVENUE} FROM sales s {DAY} {PRODUCT} {BRANCH} "
        "WHERE p.department = 'Department 0' AND p.category = 'Category 1' AND "
        f"p.subcategory BETWEEN 'Subcategory 040' AND 'Subcategory 047' AND {IN_AREAS}",
    ),
    _grouped(
        "Q2.3",
        0.0002,
        "date:year|product:subcategory",
        f"product:{FIRST}|branch:{AREAS}",
        "net_revenue",
        f"SELECT {YEAR}, {SUBCATEGORY}, {REVENUE} FROM sales s {DAY} {PRODUCT} {BRANCH} "
        "WHERE p.department = 'Department 0' AND p.category = 'Category 1' AND "
        f"p.subcategory = 'Subcategory 040' AND {IN_AREAS}",
    ),
    _grouped(
        "Q3.1",
        0.034,
        "customer:region|branch:region|date:year",
        f"customer:Country 0|branch:{AREAS}|date:2019-2024",
        "net_revenue",
        f"SELECT {REGION}, {AREA}, {YEAR}, {REVENUE} FROM sales s {DAY} {CUSTOMER} {BRANCH} "
        f"WHERE c.country = 'Country 0' AND {IN_AREAS} AND {SIX_YEARS}",
    ),
    _grouped(
        "Q3.2",
        0.0014,
        "customer:district|branch:branch|date:year",
        "customer:Country 0,Region 0|branch:Area 0|date:2019-2024",
        "net_revenue",
        f"SELECT {DISTRICT}, {AT_BRANCH}, {YEAR}, {REVENUE} FROM sales s {DAY} {CUSTOMER} {BRANCH} "
        f"WHERE c.country = 'Country 0' AND c.region = 'Region 0' AND b.region = 'Area 0' AND {SIX_YEARS}",
    ),
    _grouped(
        "Q3.3",
        0.000055,
        "customer:district|branch:branch|date:year",
        f"{CUT_DISTRICTS}|{CUT_BRANCHES}|date:2019-2024",
        "net_revenue",
        f"SELECT {DISTRICT}, {AT_BRANCH}, {YEAR}, {REVENUE} FROM sales s {DAY} {CUSTOMER} {BRANCH} "
        f"WHERE {TWO_DISTRICTS} AND {TWO_BRANCHES} AND {SIX_YEARS}",
    ),
    _grouped(
        "Q3.4",
        0.00000076,
        "customer:district|branch:branch|date:year",
        f"{CUT_DISTRICTS}|{CUT_BRANCHES}|date@ymd:2024,12",
        "net_revenue",
        f"SELECT {DISTRICT}, {AT_BRANCH}, {YEAR}, {REVENUE} FROM sales s {DAY} {CUSTOMER} {BRANCH} "
        f"WHERE {TWO_DISTRICTS} AND {TWO_BRANCHES} AND d.year = 2024 AND d.month = 12",
    ),
    _grouped(
        "Q4.1",
        0.016,
        "date:year|customer:region",
        f"customer:Country 0|branch:{AREAS}|product:Department 0;Department 1",
        "margin",
        f"SELECT {YEAR}, {REGION}, {MARGIN} FROM sales s {DAY} {CUSTOMER} {PRODUCT} {BRANCH} "
        f"WHERE c.country = 'Country 0' AND {IN_AREAS} AND p.department IN ('Department 0', 'Department 1')",
    ),
    _grouped(
        "Q4.2",
        0.0046,
        "date:year|branch:region|product:category",
        f"customer:Country 0|branch:{AREAS}|product:Department 0;Department 1|date:2024-2025",
        "margin",
        f"SELECT {YEAR}, {AREA}, {CATEGORY}, {MARGIN} FROM sales s {DAY} {CUSTOMER} {PRODUCT} {BRANCH} "
        f"WHERE c.country = 'Country 0' AND {IN_AREAS} AND p.department IN ('Department 0', 'Department 1') "
        "AND d.year BETWEEN 2024 AND 2025",
    ),
    _grouped(
        "Q4.3",
        0.000091,
        "date:year|branch:branch|product:subcategory",
        "customer:Country 0|branch:Area 0|product:Department 0,Category 1|date:2024-2025",
        "margin",
        f"SELECT {YEAR}, {AT_BRANCH}, {SUBCATEGORY}, {MARGIN} FROM sales s {DAY} {CUSTOMER} {PRODUCT} {BRANCH} "
        "WHERE c.country = 'Country 0' AND b.region = 'Area 0' AND p.department = 'Department 0' "
        "AND p.category = 'Category 1' AND d.year BETWEEN 2024 AND 2025",
    ),
)
