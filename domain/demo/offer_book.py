"""The offers: where each stands in the tree, what it is worth, to whom and when it is given."""

from dataclasses import dataclass
from enum import StrEnum

from domain.channels import Channel
from domain.offers.tree import OfferKind


class Occasion(StrEnum):
    """What makes the company give an offer; `number` of the offer says how many days, orders or won."""

    JOINED = "joined"
    BIRTHDAY = "birthday"
    SILENCE = "silence"
    NTH_ORDER = "nth order"
    BIG_ORDER = "big order"
    BOUGHT = "bought"
    CANCELLED = "cancelled"
    SEASON = "season"


@dataclass(frozen=True)
class DemoOffer:
    """`share` of those to whom the occasion happens get it; `taken` of those who see it accept.

    `valid` are shares of the period; `what` a department (BOUGHT) or a month-day (SEASON); `window` the days
    until it expires, 0 for never. Amounts in won.
    """

    code: str
    name: str
    kind: OfferKind
    occasion: Occasion
    reason: str
    sent_by: Channel
    share: float
    taken: float
    value: int | None = None
    cost: int | None = None
    number: int = 0
    what: str = ""
    product: str | None = None
    window: int = 30
    valid: tuple[float, float | None] = (0.0, None)
    limit: int | None = None
    monthly_budget: int | None = None


K, On = OfferKind, Occasion
MAIL, SMS, APP, LETTER = Channel.EMAIL, Channel.SMS, Channel.MOBILE, Channel.LETTER

OFFERS = (
    DemoOffer("CORE-COFFEE", "캡슐커피 추천", K.CORE, On.BOUGHT, "가전 구매 고객의 다음 구매 상위 품목", APP,
              0.10, 0.20, what="가전", product="담은들 캡슐커피 30개", window=60),
    DemoOffer("CORE-PET", "강아지 사료 6kg 추천", K.CORE, On.BOUGHT, "최근 반려동물 상품 구매", APP, 0.12, 0.25,
              what="반려동물", product="멍냥숲 강아지 사료 6kg", window=60),
    DemoOffer("CORE-GINSENG", "홍삼정 스틱 추천", K.CORE, On.SEASON, "명절 전 건강식품 관심 고객", MAIL, 0.02,
              0.10, what="1-15", product="담은들 홍삼정 스틱 30포", window=30),
    DemoOffer("NEW-5000", "신규 회원 5,000원 할인 쿠폰", K.PROACTIVE_DISCOUNT, On.JOINED, "신규 가입", SMS,
              0.35, 0.55, value=5000, cost=5000),
    DemoOffer("BDAY-CARD", "생일 축하 카드", K.REWARD_CONGRATULATION, On.BIRTHDAY, "생일 당일", LETTER, 0.03,
              0.0, cost=700, window=0),
    DemoOffer("BDAY-10000", "생일 적립금 10,000원", K.PROACTIVE_STORE_MONEY, On.BIRTHDAY, "생일 당일", SMS,
              0.06, 0.40, value=10000, cost=10000),
    DemoOffer("BACK-10000", "다시 만나요 10,000원 쿠폰", K.PROACTIVE_DISCOUNT, On.SILENCE,
              "마지막 구매 후 90일 경과", SMS, 0.08, 0.35, value=10000, cost=10000, number=90),
    DemoOffer("BACK-20000", "돌아온 단골 캐시백 20,000원", K.PROACTIVE_CASHBACK, On.SILENCE,
              "마지막 구매 후 180일 경과", MAIL, 0.10, 0.30, value=20000, cost=20000, number=180,
              valid=(0.3, None)),
    DemoOffer("NEWS-TASTE", "취향 소식지", K.PROACTIVE_PERSONAL_EMAIL, On.SILENCE, "마지막 구매 후 60일 경과",
              MAIL, 0.03, 0.15, cost=50, number=60, window=0),
    DemoOffer("VIP-AGENT", "전담 상담원 배정", K.REWARD_OWN_AGENT, On.NTH_ORDER, "누적 주문 30회", LETTER, 0.90,
              0.80, number=30, window=0),
    DemoOffer("VIP-MUG", "단골 감사 머그컵", K.REWARD_GIFT, On.NTH_ORDER, "누적 주문 10회", SMS, 0.50, 0.85,
              value=9000, cost=4200, number=10, product="느티나무 머그컵", limit=3000),
    DemoOffer("VIP-LETTER", "단골 감사 손편지", K.REWARD_THANK_YOU_LETTER, On.NTH_ORDER, "누적 주문 20회",
              LETTER, 0.80, 0.0, cost=1500, number=20, window=0),
    DemoOffer("THX-3000", "구매 감사 적립금 3,000원", K.REWARD_STORE_MONEY, On.BIG_ORDER, "20만 원 이상 구매",
              SMS, 0.10, 0.50, value=3000, cost=3000, number=200_000),
    DemoOffer("THX-15000", "고액 구매 캐시백 15,000원", K.REWARD_CASHBACK, On.BIG_ORDER, "50만 원 이상 구매",
              SMS, 0.30, 0.50, value=15000, cost=15000, number=500_000, valid=(0.0, 0.7)),
    DemoOffer("CARE-CHECK", "가전 무상 점검", K.REWARD_SERVICE, On.BOUGHT, "가전 구매 고객 사후 관리", SMS,
              0.05, 0.45, value=30000, cost=18000, what="가전", window=90),
    DemoOffer("CARE-KNIFE", "칼갈이·수선 서비스 초대", K.PROACTIVE_SERVICE, On.BOUGHT, "주방 상품 구매", SMS,
              0.03, 0.20, value=10000, cost=4000, what="주방", valid=(0.4, None)),
    DemoOffer("PART-MOVIE", "제휴 영화관 할인권", K.REWARD_PARTNER_DISCOUNT, On.NTH_ORDER, "누적 주문 5회", APP,
              0.25, 0.35, value=4000, cost=1000, number=5),
    DemoOffer("PART-FUEL", "제휴 주유소 할인", K.PROACTIVE_PARTNER_DISCOUNT, On.SEASON, "추석 귀성 고객", APP,
              0.02, 0.15, value=3000, cost=800, what="9-5", valid=(0.0, 0.8)),
    DemoOffer("PAGE-PICK", "나만의 추천관", K.PROACTIVE_PERSONAL_PAGE, On.NTH_ORDER, "두 번째 구매", APP, 0.15,
              0.30, number=2, window=0),
    DemoOffer("INFO-RECIPE", "제철 밥상 레시피", K.PROACTIVE_INFORMATION_ON_DEMAND, On.BOUGHT, "식품 구매",
              MAIL, 0.02, 0.20, what="식품", window=0),
    DemoOffer("OPEN-BAG", "장바구니 에코백 증정", K.PROACTIVE_GIFT, On.SEASON, "창립 기념 초대", SMS, 0.03,
              0.30, value=5000, cost=2600, what="3-20", product="장바구니 에코백", limit=2000),
    DemoOffer("SORRY-5000", "불편 사과 5,000원 할인", K.REWARD_DISCOUNT, On.CANCELLED, "주문 취소에 대한 사과",
              SMS, 0.35, 0.50, value=5000, cost=5000, monthly_budget=50_000),
)  # fmt: skip
"""Offers with a monthly budget are the agents' to grant."""

MONEY_OFF = frozenset(
    {K.PROACTIVE_DISCOUNT, K.PROACTIVE_STORE_MONEY, K.REWARD_STORE_MONEY, K.REWARD_DISCOUNT}
)
"""Kinds that an order redeems by taking their value off at once; cashback and partners pay elsewhere."""
