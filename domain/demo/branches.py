"""Where the company sells: shops that opened and closed, the mall, the app, the call centre; and who goes where."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from domain.branches.model import BranchKind
from domain.demo.demand import Way
from domain.demo.draws import Flags, Floats, Ints
from domain.demo.period import Period
from domain.demo.places import DISTRICT, INHABITANTS, REGION_OF

COMPANY = "느티나무상회"
CURRENCY = "KRW"
NEVER = 10**6


@dataclass(frozen=True)
class Branch:
    """`opened` and `closed` are a date for what lies before the period, else the share of it that has passed."""

    code: str
    name: str
    region: str
    kind: BranchKind
    opened: date | float
    closed: float | None = None
    district: str = ""
    pull: float = 0.0
    serves: tuple[str, ...] = ()


SHOP, WEB, CALL, STORE_HOUSE, OFFICE = (
    BranchKind.SHOP,
    BranchKind.WEB,
    BranchKind.CALL_CENTRE,
    BranchKind.WAREHOUSE,
    BranchKind.OFFICE,
)

BRANCHES = (
    Branch("S01", "강남점", "서울특별시", SHOP, date(2009, 3, 20), district="강남구", pull=1.5),
    Branch("S02", "마포점", "서울특별시", SHOP, date(2014, 9, 5), district="마포구", pull=1.0),
    Branch("S03", "노원점", "서울특별시", SHOP, date(2016, 4, 15), district="노원구", pull=0.9),
    Branch("S04", "분당점", "경기도", SHOP, date(2012, 5, 11), district="성남시", pull=1.2),
    Branch("S05", "광교점", "경기도", SHOP, date(2018, 10, 26), district="수원시", pull=1.1),
    Branch("S06", "일산점", "경기도", SHOP, date(2013, 11, 1), district="고양시", pull=1.0,
           serves=("강원특별자치도",)),
    Branch("S07", "송도점", "인천광역시", SHOP, date(2017, 6, 2), district="연수구", pull=1.0),
    Branch("S08", "대전둔산점", "대전광역시", SHOP, date(2011, 4, 8), district="서구", pull=1.0,
           serves=("세종특별자치시", "충청북도", "충청남도")),
    Branch("S09", "대구수성점", "대구광역시", SHOP, date(2010, 10, 1), district="수성구", pull=1.0,
           serves=("경상북도",)),
    Branch("S10", "부산해운대점", "부산광역시", SHOP, date(2012, 9, 14), district="해운대구", pull=1.2,
           serves=("울산광역시", "경상남도")),
    Branch("S11", "부산서면점", "부산광역시", SHOP, date(2009, 11, 6), 0.62, district="부산진구", pull=0.8),
    Branch("S12", "광주상무점", "광주광역시", SHOP, date(2015, 3, 27), district="서구", pull=1.0,
           serves=("전라남도", "전북특별자치도")),
    Branch("S13", "세종점", "세종특별자치시", SHOP, 0.28, district="세종시", pull=0.9,
           serves=("충청북도", "충청남도")),
    Branch("S14", "하남점", "경기도", SHOP, 0.55, district="하남시", pull=0.9),
    Branch("W01", "느티나무몰", "서울특별시", WEB, date(2011, 3, 2)),
    Branch("W02", "느티나무 앱", "서울특별시", WEB, date(2015, 6, 1)),
    Branch("C01", "고객센터", "대전광역시", CALL, date(2010, 1, 4)),
    Branch("H01", "이천물류센터", "경기도", STORE_HOUSE, date(2013, 7, 1)),
    Branch("O01", "본사", "서울특별시", OFFICE, date(2009, 1, 5)),
)  # fmt: skip
"""Shops first: a shop's number is also its place in arrays by shop."""

SHOPS = tuple(branch for branch in BRANCHES if branch.kind is SHOP)
FLAGSHIP = 0
BRANCH_OF_WAY = {
    Way.WEB: next(i for i, branch in enumerate(BRANCHES) if branch.code == "W01"),
    Way.MOBILE: next(i for i, branch in enumerate(BRANCHES) if branch.code == "W02"),
    Way.CALL: next(i for i, branch in enumerate(BRANCHES) if branch.code == "C01"),
}
WAREHOUSE = next(i for i, branch in enumerate(BRANCHES) if branch.kind is STORE_HOUSE)
HEAD_OFFICE = next(i for i, branch in enumerate(BRANCHES) if branch.kind is OFFICE)


def full_name(branch: Branch) -> str:
    """The branch's name as it is written over the door."""
    return f"느티나무 {branch.name}" if branch.kind is SHOP else branch.name


def opened_on(branch: Branch, period: Period) -> date:
    """The first day; a branch that opened within the period did so on a Friday."""
    if isinstance(branch.opened, date):
        return min(branch.opened, period.start - timedelta(days=2000))
    day = period.start + timedelta(days=int(branch.opened * period.days))
    return day + timedelta(days=(4 - day.weekday()) % 7)


def closed_on(branch: Branch, period: Period) -> date | None:
    """The first day on which it no longer opened: the first of a month; null while it is open."""
    if branch.closed is None:
        return None
    return (period.start + timedelta(days=int(branch.closed * period.days))).replace(day=1)


@dataclass(frozen=True)
class Openings:
    """By shop: opened <= day < closed, in days of the period; long ago and never are far outside it."""

    opened: Ints
    closed: Ints

    def open_on(self, shop: Ints, day: Ints) -> Flags:
        """Whether each shop had opened, and had not closed for good, on each day."""
        return (self.opened[shop] <= day) & (day < self.closed[shop])

    @property
    def lasting(self) -> Flags:
        """By shop, whether it was there throughout the period."""
        return (self.opened <= 0) & (self.closed >= NEVER)


def openings(period: Period) -> Openings:
    """When the shops opened and closed."""
    closings = [closed_on(shop, period) for shop in SHOPS]
    return Openings(
        opened=np.array([(opened_on(shop, period) - period.start).days for shop in SHOPS]),
        closed=np.array([(day - period.start).days if day else NEVER for day in closings]),
    )


def pulls() -> Floats:
    """By place and shop, how likely somebody from there goes to that shop; a row may be all zero."""
    pull = np.zeros((len(DISTRICT), len(SHOPS)))
    for number, shop in enumerate(SHOPS):
        for place, region in enumerate(REGION_OF):
            if region == shop.region:
                pull[place, number] = shop.pull * (6.0 if DISTRICT[place] == shop.district else 1.0)
            elif region in shop.serves:
                pull[place, number] = shop.pull * 0.3
    return pull


def customers_by_place() -> Floats:
    """How many customers a place has, relative to others: more where a shop is near, a few everywhere."""
    nearness = pulls().max(axis=1)
    share = np.select([nearness > 3, nearness >= 0.7, nearness > 0], [2.2, 1.0, 0.3], 0.15)
    customers: Floats = INHABITANTS * share
    return customers
