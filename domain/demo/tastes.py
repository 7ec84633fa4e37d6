"""What people put into their baskets: which categories, by persona and season, and how dear."""

import numpy as np

from domain.demo.calendar import Calendar
from domain.demo.catalogue import Catalogue
from domain.demo.draws import Floats, Ints
from domain.demo.people import Persona

#                     식품  생활  주방  홈데코 가전 여성 남성 뷰티 유아동 스포츠 문구 반려
BY_PERSONA = {
    Persona.SINGLE:   (2.6, 1.8, 1.0, 1.2, 0.8, 0.9, 0.8, 1.3, 0.05, 0.5, 0.7, 0.9),
    Persona.FAMILY:   (3.0, 2.0, 0.9, 0.8, 0.5, 0.7, 0.4, 0.8, 3.2, 0.6, 0.8, 0.2),
    Persona.HOME:     (1.6, 1.7, 1.8, 2.6, 1.0, 0.5, 0.4, 0.7, 0.2, 0.3, 0.8, 0.5),
    Persona.FASHION:  (1.0, 0.7, 0.3, 0.5, 0.4, 3.0, 1.0, 3.0, 0.1, 0.5, 0.4, 0.3),
    Persona.SENIOR:   (4.5, 1.6, 0.9, 0.9, 0.6, 0.9, 0.5, 0.6, 0.3, 0.6, 0.3, 0.2),
    Persona.GOURMET:  (5.0, 0.9, 2.2, 0.5, 0.6, 0.5, 0.4, 0.5, 0.2, 0.4, 0.3, 0.2),
    Persona.OUTDOOR:  (2.0, 0.9, 0.5, 0.4, 0.5, 0.7, 1.3, 0.7, 0.4, 3.2, 0.3, 0.7),
    Persona.BUSINESS: (3.2, 2.4, 0.7, 0.6, 0.8, 0.1, 0.1, 0.3, 0.2, 0.1, 2.2, 0.0),
}  # fmt: skip
"""By persona, the weight of each department. Assumption."""

BY_MONTH = {
    "계절가전": (1.6, 1.0, 0.3, 0.3, 1.0, 2.0, 2.4, 1.2, 0.4, 1.0, 2.0, 2.2),
    "여성아우터": (1.4, 0.8, 1.1, 0.8, 0.3, 0.1, 0.1, 0.3, 1.2, 1.8, 2.0, 2.0),
    "남성아우터": (1.4, 0.8, 1.0, 0.7, 0.3, 0.1, 0.1, 0.3, 1.1, 1.8, 2.1, 2.0),
    "캠핑": (0.3, 0.3, 0.8, 1.4, 1.8, 1.6, 1.6, 1.3, 1.3, 1.2, 0.4, 0.2),
    "등산·아웃도어": (0.5, 0.5, 1.1, 1.4, 1.3, 0.8, 0.6, 0.7, 1.4, 1.8, 1.1, 0.6),
    "학용품": (0.8, 3.4, 2.4, 0.6, 0.6, 0.4, 0.4, 1.3, 0.8, 0.4, 0.4, 0.9),
    "문구": (1.5, 1.5, 1.3, 0.8, 0.7, 0.6, 0.6, 0.8, 0.8, 0.8, 1.2, 2.2),
    "완구": (0.8, 0.8, 0.7, 0.8, 2.4, 0.7, 0.7, 0.8, 0.8, 0.8, 1.0, 2.6),
    "건강식품": (1.2, 1.0, 0.9, 0.9, 1.9, 0.8, 0.8, 0.8, 1.2, 0.9, 0.9, 1.1),
    "향수": (0.9, 1.1, 1.1, 0.9, 1.5, 0.8, 0.8, 0.8, 0.9, 0.9, 1.0, 2.0),
    "선물세트": (0.15, 0.1, 0.05, 0.05, 0.15, 0.05, 0.05, 0.1, 0.15, 0.1, 0.05, 0.2),
}
"""Categories with a season of their own, January to December. Assumption."""

GIFT_SETS = "선물세트"
GIFT_SETS_BEFORE_FEAST = 3.2
"""The weight of gift sets on the eve of Seollal or Chuseok, when they make a quarter of the sales. Assumption."""

TASTE_EXPONENTS = (-0.35, 0.0, 0.40)
"""By taste, the power of the price by which a product's popularity is changed: the thrifty, the usual, the choosy."""

SEASONS = 12 + 4
"""Rows of the season: the months, then four steps towards a feast."""


def season(calendar: Calendar) -> Ints:
    """By day, its row in `categories`."""
    step = np.ceil(calendar.feast * 4).astype(np.int64)
    return np.where(step > 0, 11 + step, calendar.month - 1)


def categories(catalogue: Catalogue) -> Floats:
    """Weights of categories; shape (personas x seasons, categories), persona outermost."""
    department = _department_of_category(catalogue)
    base = np.array([(*weights, 0.0) for weights in BY_PERSONA.values()])[:, department]
    base /= np.bincount(department)[department]
    seasonal = np.ones((SEASONS, len(catalogue.categories)))
    for name, months in BY_MONTH.items():
        if name in catalogue.categories:
            seasonal[:12, catalogue.categories.index(name)] = months
    gift_sets = catalogue.categories.index(GIFT_SETS)
    seasonal[12:, gift_sets] = GIFT_SETS_BEFORE_FEAST * np.array([0.4, 0.6, 0.8, 1.0])
    weights: Floats = (base[:, None, :] * seasonal[None, :, :]).reshape(-1, seasonal.shape[1])
    return weights


def products(catalogue: Catalogue) -> Floats:
    """Weights of products; shape (categories x tastes, products), zero outside the category."""
    inside = catalogue.category[None, :] == np.arange(len(catalogue.categories))[:, None]
    dearness = np.maximum(catalogue.price, 1) / 20_000
    by_taste = np.array([catalogue.popularity * dearness**power for power in TASTE_EXPONENTS])
    weights: Floats = (inside[:, None, :] * by_taste[None, :, :]).reshape(-1, len(catalogue.names))
    return weights


def _department_of_category(catalogue: Catalogue) -> Ints:
    """For each category, the number of its department."""
    first = np.array([int(np.argmax(catalogue.category == c)) for c in range(len(catalogue.categories))])
    departments: Ints = catalogue.department[first]
    return departments
