"""Hangul names of people, by how frequent they are.

Surnames: Statistics Korea, Population and Housing Census 2015, percent of the population. Given names: the usual
ones of each generation, after the yearly lists of the Supreme Court's family register; their order is rough.
"""

import numpy as np

from domain.demo.draws import Flags, Ints, choose

SURNAMES = (
    "김 21.5 이 14.7 박 8.4 최 4.7 정 4.8 강 2.5 조 2.9 윤 2.1 장 2.0 임 2.1 한 1.6 오 1.5 서 1.6 신 1.9 권 1.4 "
    "황 1.4 안 1.6 송 1.4 전 1.5 홍 1.1 유 1.4 고 0.95 문 0.93 양 1.1 손 0.92 배 0.81 백 0.77 허 0.66 남 0.56 "
    "심 0.55 노 0.64 하 0.46 곽 0.41 성 0.41 차 0.41 주 0.47 우 0.39 구 0.42 류 0.30 나 0.33 진 0.37 지 0.32 "
    "엄 0.29 채 0.27 원 0.26 천 0.25 방 0.24 공 0.19 현 0.18 함 0.16 변 0.17 염 0.14 여 0.13 추 0.12 도 0.11 "
    "소 0.11 석 0.11 선 0.09 설 0.09 마 0.08 길 0.08 연 0.07 위 0.06 표 0.06 명 0.06 기 0.06 반 0.06 왕 0.05 "
    "금 0.05 옥 0.05 육 0.05 인 0.05 맹 0.05 제 0.05 모 0.05 남궁 0.04 탁 0.04 국 0.04 황보 0.02 제갈 0.01 "
    "선우 0.01 사공 0.01 독고 0.01"
)

GIVEN = {
    1950: (
        "영자 정숙 순자 영숙 정자 영순 명자 옥순 춘자 경자 현숙 명숙 정희 옥자 순옥 미자 숙자 영희 경희 금순",
        "영수 영호 영식 정수 종수 영철 성호 광수 병철 정식 종호 상철 동수 창수 재호 기영 용호 영길 병호 정호",
    ),
    1965: (
        "미숙 은숙 경숙 미경 은희 미영 정희 현숙 은주 경희 혜숙 영미 명희 은경 선희 정미 미정 윤희 성희 수경",
        "성호 영호 영수 진호 상호 병수 정훈 종현 재영 동욱 상현 철수 경수 용수 명수 승호 기호 태영 성수 창호",
    ),
    1975: (
        "은정 미영 은영 지영 은주 미정 은경 현정 선영 미경 지현 정은 혜진 윤정 수진 혜영 소영 주연 희정 경아",
        "정훈 성호 성훈 상훈 성진 준호 동현 재호 영진 진우 상현 성민 태훈 현우 지훈 승현 재훈 병훈 종민 경훈",
    ),
    1985: (
        "지혜 지은 수진 혜진 은지 지영 아름 지현 보람 선영 민정 유진 은혜 수정 미진 혜원 보라 진아 다혜 현아",
        "지훈 성민 현우 정훈 동현 준호 민수 준영 민호 상현 진우 성훈 승현 재현 태현 우진 종현 기현 용준 병준",
    ),
    1995: (
        "유진 민지 수빈 지원 지현 예진 지은 은지 수진 소연 다은 혜진 예지 하늘 지수 나연 수민 예슬 채원 유정",
        "지훈 동현 현우 성민 준호 민석 승현 준영 상현 진우 민재 재현 태현 도현 우진 건우 형준 지환 찬호 상민",
    ),
    2005: (
        "서연 민서 수빈 지민 서현 예은 지우 채은 하은 예원 지원 수민 윤서 다은 유나 소윤 가은 시은 하린 나윤",
        "민준 지훈 현우 준서 우진 예준 건우 도윤 지호 서준 민재 승민 유준 시우 준혁 은우 지환 성현 하준 도현",
    ),
}
"""By the middle of the years of birth: women's names, men's names, the usual ones first."""

_SURNAME, _SHARE = SURNAMES.split()[::2], np.array(SURNAMES.split()[1::2], dtype=np.float64)
_GENERATIONS = np.array(list(GIVEN))


def people(rng: np.random.Generator, *, born: Ints, female: Flags) -> list[str]:
    """A surname and a given name, NFC, for people by their year of birth."""
    surnames = choose(rng, _SHARE, len(born))
    generation = np.abs(born[:, None] - _GENERATIONS).argmin(axis=1)
    rank = choose(rng, 1 / np.sqrt(np.arange(20) + 3.0), len(born))
    listed = [(women.split(), men.split()) for women, men in GIVEN.values()]
    return [
        _SURNAME[surname] + listed[age][0 if woman else 1][place]
        for surname, age, woman, place in zip(surnames, generation, female, rank, strict=True)
    ]


_FIRST = (
    "한빛 푸른 다올 가온 누리 새솔 해오름 미르 온새 다솜 "
    "늘봄 라온 예그리나 도담 마루 바른 산들 아라 초롱 하람"
)
_KINDS = (
    "{}테크(주)|(주){}디자인|{}건설(주)|{}물산(주)|법무법인 {}|{}회계법인|{}어린이집|{}유치원|{}요양원|"
    "{}치과의원|{}한의원|{}카페|{}식당|{}게스트하우스|{}학원|{}교회|{}복지관|{}출판사|(주){}소프트|{}협동조합"
)


def organisations(rng: np.random.Generator, count: int) -> list[str]:
    """Names of companies, clinics, kindergartens and the like; some occur twice, as they do."""
    firsts, kinds = _FIRST.split(), _KINDS.split("|")
    drawn = rng.integers(0, len(firsts), count), rng.integers(0, len(kinds), count)
    return [kinds[kind].format(firsts[name]) for name, kind in zip(*drawn, strict=True)]
