"""Hangul names in Latin letters: Revised Romanisation by syllable, surnames as people write them."""

_INITIALS = "g,kk,n,d,tt,r,m,b,pp,s,ss,,j,jj,ch,k,t,p,h"
_VOWELS = "a,ae,ya,yae,eo,e,yeo,ye,o,wa,wae,oe,yo,u,wo,we,wi,yu,eu,ui,i"
_FINALS = ",k,k,k,n,n,n,t,l,k,m,l,l,l,p,l,m,p,p,t,t,ng,t,t,k,t,p,t"
_PARTS = tuple(part.split(",") for part in (_INITIALS, _VOWELS, _FINALS))
_CUSTOMARY = {
    "김": "Kim", "이": "Lee", "박": "Park", "최": "Choi", "정": "Jung", "강": "Kang", "조": "Cho", "윤": "Yoon",
    "임": "Lim", "오": "Oh", "서": "Seo", "신": "Shin", "권": "Kwon", "안": "Ahn", "유": "Yoo", "우": "Woo",
    "구": "Koo", "노": "Noh", "문": "Moon", "주": "Joo", "류": "Ryu", "허": "Heo", "심": "Shim",
}  # fmt: skip
_LONG = ("남궁", "황보", "제갈", "선우", "사공", "독고")


def syllable(character: str) -> str:
    """One Hangul syllable; anything else stays as it is."""
    place = ord(character) - 0xAC00
    if not 0 <= place < 11172:
        return character
    initial, vowel, final = _PARTS
    return initial[place // 588] + vowel[place % 588 // 28] + final[place % 28]


def person(name: str) -> str:
    """ "Kim Minjun" for 김민준."""
    cut = 2 if name[:2] in _LONG else 1
    surname, given = name[:cut], name[cut:]
    latin = _CUSTOMARY.get(surname) or "".join(map(syllable, surname)).capitalize()
    return f"{latin} {''.join(map(syllable, given)).capitalize()}"
