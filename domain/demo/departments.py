"""How each department trades: brands, margin, returns, how many pieces at once.

Margins and return shares are assumptions; clothes come back most, food hardly ever, online more than in shops.
"""

from dataclasses import dataclass

OWN_BRAND = "느티나무"
GIFT_DEPARTMENT = "증정품"


@dataclass(frozen=True)
class Department:
    """`returned_in_shop` and `returned_online` are shares of lines, `extra_units` the mean beyond one piece."""

    brand: str
    margin: float
    returned_in_shop: float
    returned_online: float
    extra_units: float


DEPARTMENTS = {
    "식품": Department("담은들", 0.27, 0.004, 0.010, 0.35),
    "생활": Department("말간집", 0.34, 0.008, 0.018, 0.30),
    "주방": Department("담솥", 0.40, 0.014, 0.035, 0.12),
    "홈데코": Department("포근채", 0.44, 0.025, 0.070, 0.12),
    "가전": Department("소담테크", 0.22, 0.022, 0.050, 0.02),
    "여성패션": Department("라온결", 0.56, 0.060, 0.165, 0.06),
    "남성패션": Department("너른길", 0.54, 0.050, 0.130, 0.06),
    "뷰티": Department("이슬담", 0.52, 0.010, 0.025, 0.18),
    "유아동": Department("꼬마숲", 0.38, 0.020, 0.050, 0.20),
    "스포츠·레저": Department("바람결", 0.42, 0.030, 0.080, 0.08),
    "문구·취미": Department("글벗", 0.45, 0.008, 0.022, 0.40),
    "반려동물": Department("멍냥숲", 0.33, 0.006, 0.018, 0.45),
    GIFT_DEPARTMENT: Department(OWN_BRAND, 0.0, 0.0, 0.0, 0.0),
}
"""In the order of the tree; the last one is never sold."""

NAMES = tuple(DEPARTMENTS)
