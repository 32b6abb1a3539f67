"""Terms: two wordings of one thing meet in them."""

from __future__ import annotations

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.terms as terms_module
from bot.calibration import load
from bot.languages import language
from bot.matching import tiers
from bot.paste import clean
from bot.store.search import Known, lookup
from bot.store.trials import scratch
from bot.terms import RARE, share, terms, word_count
from bot.views import View
from tests.entries import claim

VIEW = View(today="2026-11-22")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("the GOP", "Republicans"),
        ("$2M", "2 million dollars"),
        ("10%", "ten percent"),
        ("1,377 points", "1377 point"),
        ("the U.S.", "the United States"),
        ("McDonald's", "mcdonald"),
        ("invaded", "invading"),
        ("Müller", "Muller"),
    ],
)
def test_two_wordings_share_terms(one: str, other: str) -> None:
    """Forms, figures and short names of one thing come to the same term."""
    assert set(terms(one)) & set(terms(other))


def test_pronoun_is_no_country() -> None:
    """“us” says nothing, “US” is a country."""
    assert terms("tell us") == terms("tell")
    assert terms("US") == terms("America")


def test_stop_words_are_left_out() -> None:
    """What remains of a sentence is what it is about, in order."""
    assert terms("They don't say that the pier isn't closed, they're lying") == ["sai", "pier", "close", "ly"]


def test_common_words_are_known_to_be_common() -> None:
    """A word that stands in every other text is not rare, and one never heard of is."""
    assert share(terms("people")[0]) > share(terms("hospital")[0]) > share("quillbrook") == RARE


def test_every_list_is_in_small_letters() -> None:
    """The words of a language are looked up in small letters."""
    data = language()
    for text in (data["stop"], *data["common"].values(), *data["same"].values()):
        assert text == text.lower()


@given(st.text(max_size=200))
def test_any_text_has_terms(text: str) -> None:
    """Terms are letters and digits without capitals, whatever the text."""
    for term in terms(text):
        assert term
        assert not any(each.isspace() for each in term)


WORLD = {
    "ru": "Мэр Зареченска закрыл старый мост через реку в ноябре прошлого года, никого не предупредив.",
    "uk": "Міський голова Верхнього Яру закрив їдальню для пенсіонерів без жодного пояснення.",
    "el": "Ο δήμαρχος του Καλοχωρίου έκλεισε την παλιά γέφυρα χωρίς καμία προειδοποίηση.",
    "ar": "أغلق رئيس بلدية وادي النخيل الجسر القديم دون أي إنذار للسكان.",
    "fa": "شهردار سبزدره می‌خواهد پل قدیمی را بدون هیچ هشداری ببندد.",
    "he": "ראש העיר נחל אלה סגר את הגשר הישן בלי להזהיר את התושבים.",
    "zh": "青石镇镇长在去年十一月没有通知居民就关闭了老桥。",
    "ja": "青石町の町長は昨年十一月、住民に知らせずに古い橋を閉鎖した。",
    "ko": "청석읍장이 지난해 십일월 주민들에게 알리지 않고 옛 다리를 폐쇄했다.",
    "th": "นายกเทศมนตรีเมืองหินเขียวปิดสะพานเก่าโดยไม่แจ้งให้ชาวบ้านทราบ",
    "hi": "नीलपत्थर के महापौर ने निवासियों को बताए बिना पुराना पुल बंद कर दिया।",
    "vi": "Thị trưởng Thạch Xanh đã đóng cửa cây cầu cũ mà không báo cho người dân.",
}
"""The like of one claim in many scripts; every place is invented."""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Мэра", "мэру"),
        ("ещё", "еще"),
        ("γέφυρας", "ΓΕΦΥΡΑ"),
        ("مُدَرِّسَةٌ", "مدرسة"),
        ("الجســـر", "الجسر"),
        ("إنذار", "انذار"),
        ("שָׁלוֹם", "שלום"),
        ("می‌خواهد", "میخواهد"),
        ("東京都", "東京"),
        ("ﾄﾗﾝﾌﾟ", "トランプ"),
        ("대통령이", "대통령은"),
        ("Søren", "Soren"),
        ("Łódź", "Lodz"),
        ("straße", "strasse"),
        ("coöperate", "cooperate"),
        ("soft\u00adhyphen", "softhyphen"),
    ],
)
def test_two_ways_to_write_a_word_share_terms(one: str, other: str) -> None:
    """Accents, vowel signs, other letters for the same and endings do not part two forms of a word."""
    assert set(terms(one)) & set(terms(other))


def test_scripts_without_spaces_are_cut_in_pairs() -> None:
    """Where no space parts words two neighbours are a term, and Latin words between them stay whole."""
    assert terms("東京都のCNN記者") == ["東京", "京都", "都の", "cnn", "記者"]
    assert terms("橋") == ["橋"]
    assert [word_count(text) for text in ("the old bridge", "青石镇镇长关闭了老桥", "橋", "")] == [3, 5, 1, 0]


@pytest.mark.parametrize("code", WORLD)
def test_a_claim_in_any_script_is_found_by_words(code: str) -> None:
    """A claim is first among claims of other scripts and of its own, from a part, bare or in other signs."""
    plain = claim(statements=(), speakers=(), sources=(), artifacts=(), relations=(), requests=(), aliases=())
    claims = [replace(plain, id=key, text=text, language=key[:2]) for key, text in (WORLD | OTHER).items()]
    text = WORLD[code]
    bare = "".join(
        each for each in unicodedata.normalize("NFKD", text) if unicodedata.category(each)[0] not in "MP"
    )
    size = len(text)
    with scratch(claims) as conn:
        for pasted in (text, f"«{text.rstrip('.。।')}»!!", bare, text[: 2 * size // 3], text[size // 3 :]):
            paste = clean(pasted)
            hits = lookup(conn, paste, view=VIEW, weights=load(), limit=5, known=Known())
            assert hits[0].claim == code, pasted
            assert tiers(hits[:1], paste, load()), pasted


OTHER = {
    "ru-2": "В Зареченске подорожал проезд в автобусах, сообщил мэр.",
    "el-2": "Ο δήμαρχος του Καλοχωρίου πούλησε το παλιό σχολείο.",
    "ar-2": "قال رئيس بلدية وادي النخيل إن المدرسة القديمة ستفتح قريبا.",
    "he-2": "ראש העיר נחל אלה מכר את בית הספר הישן.",
    "zh-2": "青石镇镇长说学校将在明年重新开放。",
    "ja-2": "青石町の町長は古い学校を来年売却すると述べた。",
    "ko-2": "청석읍장은 옛 학교를 내년에 팔겠다고 말했다.",
    "th-2": "นายกเทศมนตรีเมืองหินเขียวขายโรงเรียนเก่า",
}
"""Claims beside them about the same places."""


@given(st.text())
def test_any_text_has_terms_that_can_be_looked_up(text: str) -> None:
    """Whatever a text holds, each term is one word of the index: no space, and nothing in capitals."""
    found = terms(text)
    assert found == terms(text)
    for each in found:
        assert each
        assert not any(sign.isspace() for sign in each)


def test_terms_are_the_same_in_every_thread() -> None:
    """Many threads that stem at a time come to the same terms as one."""
    wordings = [
        f"the mayors {word} closing bridges nationally {n}" for n in range(400) for word in ("x", "y")
    ]
    expected = [terms(each) for each in wordings]
    terms_module._stem.cache_clear()
    terms_module._terms_of.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(terms, wordings)) == expected
