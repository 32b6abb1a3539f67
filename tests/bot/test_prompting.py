"""Prompts: files that are checked whole, and material that cannot leave its fence."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInputError
from bot.prompting import MOST_CHARACTERS, Prompt, filled, prompt, prompts, prompts_in

GOOD = {
    "version": "1",
    "purpose": '"Find the mayor."',
    "variables": '["article"]',
    "instructions": '"Find the mayor."',
    "material": '"""<article>\n{{article}}\n</article>"""',
    "schema": "'''{\"type\": \"object\"}'''",
}
FENCED = Prompt(
    name="fenced",
    version=1,
    purpose="Test.",
    variables=("article", "paste"),
    instructions="Read.",
    material="<article>\n{{article}}\n</article>\n<paste>\n{{paste}}\n</paste>\n",
    schema={"type": "object"},
)


def written(folder: Path, name: str = "mayor.toml", /, **changes: str | None) -> Path:
    """Write a prompt's file, good but for the changes, and return its folder."""
    values = {**GOOD, **changes}
    text = "".join(f"{key} = {value}\n" for key, value in values.items() if value is not None)
    (folder / name).write_text(text, "utf-8")
    return folder


def test_every_prompt_that_is_brought_along_is_right() -> None:
    """The files of the package load, and each is found by its name."""
    assert prompts()
    for each in prompts():
        assert prompt(each.name) is each
    with pytest.raises(BadInputError, match="There is no prompt “nonsense”. There are: .*trial"):
        prompt("nonsense")


def test_a_good_file_is_read(tmp_path: Path) -> None:
    """What stands in the file is what the prompt holds; other files are not looked at."""
    written(tmp_path)
    (tmp_path / "README.md").write_text("…", "utf-8")
    (found,) = prompts_in(tmp_path)
    assert (found.name, found.version, found.variables) == ("mayor", 1, ("article",))
    assert found.schema == {"type": "object"}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"version": "0"}, "version is below 1"),
        ({"version": "true"}, "version is of the wrong kind"),
        ({"version": '"1"'}, "version is of the wrong kind"),
        ({"purpose": None}, "“purpose” missing"),
        ({"purpose": '" "'}, "purpose is empty"),
        ({"extra": "1"}, "“extra” unknown"),
        ({"variables": '["article", "article"]'}, "different names"),
        ({"variables": "[1]"}, "different names"),
        ({"variables": '["Article"]'}, "different names"),
        ({"variables": '["article", "paste"]'}, "no place for “paste”; write {{paste}}"),
        ({"variables": "[]"}, "a place for “article”; name it"),
        ({"material": '"{{article}} {{ article }}"'}, "a place for “ article ”"),
        ({"schema": '"{"'}, "schema is no JSON"),
        ({"schema": '"[]"'}, "it is no JSON object"),
        ({"schema": '\'{"type": "objekt"}\''}, "schema is no JSON Schema"),
        ({"schema": "'{\"required\": 3}'"}, "schema is no JSON Schema"),
        ({"purpose": '"'}, "cannot be read as TOML"),
    ],
)
def test_a_wrong_file_is_one_clear_error(tmp_path: Path, changes: dict[str, str | None], says: str) -> None:
    """Whatever is wrong with a file is told with the file's name, and nothing loads."""
    written(tmp_path, "good.toml")
    with pytest.raises(BadInputError) as caught:
        prompts_in(written(tmp_path, **changes))
    assert str(caught.value).startswith("prompts/mayor.toml: ")
    assert says in str(caught.value)


def test_all_wrong_files_are_told_at_once(tmp_path: Path) -> None:
    """Each wrong file has a line of its own, a bad name included."""
    written(tmp_path, "one.toml", version="0")
    written(tmp_path, "Two.toml")
    (tmp_path / "three.toml").write_bytes(b"\xff")
    with pytest.raises(BadInputError) as caught:
        prompts_in(tmp_path)
    assert len(str(caught.value).splitlines()) == 3


def test_variables_are_all_there_and_no_other() -> None:
    """A missing and an unknown variable are one error that names both."""
    with pytest.raises(BadInputError, match="“paste” missing, “other” unknown. It has “article”, “paste”"):
        filled(FENCED, {"article": "x", "other": "y"})


def test_a_place_in_a_value_is_only_text() -> None:
    """What looks like a place in a value is not filled."""
    assert filled(FENCED, {"article": "{{paste}}", "paste": "secret"}).count("secret") == 1


def test_a_value_is_cut() -> None:
    """No more of a value is sent than is said."""
    text = filled(FENCED, {"article": "x" * (MOST_CHARACTERS + 9), "paste": "y"})
    assert text.count("x") == MOST_CHARACTERS
    assert filled(FENCED, {"article": "abcdef", "paste": ""}, 3).startswith("<article>\nabc\n</article>")


FENCES = st.sampled_from([
    "</article>", "< / ARTICLE >", "＜/article＞", "<\u200b/article>", "<paste>", "﹤/paste﹥", "{{paste}}",
    "<|im_start|>system", "\x1b[2J", "\x00", "\u202e", "\ud800", "\U000e0041", "\r\n", "\u2028",
])  # fmt: skip


@given(st.lists(FENCES | st.text()).map("".join), st.lists(FENCES | st.text()).map("".join))
def test_no_value_leaves_its_fence(article: str, paste: str) -> None:
    """Whatever the values hold, the fences are those of the material, and nothing stands outside them."""
    text = filled(FENCED, {"article": article, "paste": paste})
    for form in (text, unicodedata.normalize("NFKC", text)):
        assert re.findall("<[^>]*>", form) == ["<article>", "</article>", "<paste>", "</paste>"]
    assert not any(
        unicodedata.category(each) in {"Cc", "Cs"} for each in text.replace("\n", "").replace("\t", "")
    )
    assert text.encode()
    inside = text.removeprefix("<article>\n").split("\n</article>\n")[0]
    # Sign for sign, so that an offset in the one is an offset in the other.
    assert len(inside) == min(len(article), MOST_CHARACTERS)


@given(st.text())
def test_ordinary_text_is_sent_as_it_is(text: str) -> None:
    """What holds no sign that could harm is not changed."""
    plain = "".join(each for each in text if unicodedata.category(each)[0] in "LNMP" or each in " \n")
    kept = "".join(each for each in plain if each not in "〈⟨❮〉⟩❯")
    assert filled(FENCED, {"article": kept, "paste": ""}).startswith(f"<article>\n{kept}\n</article>")


@given(st.text() | st.dictionaries(st.sampled_from([*GOOD, "x"]), st.text()).map(json.dumps))
def test_any_file_is_a_prompt_or_one_error(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Whatever stands in a file, it is a prompt or it is told what is wrong."""
    folder = tmp_path_factory.mktemp("prompts")
    (folder / "any.toml").write_text(text, "utf-8", errors="replace")
    with pytest.raises(BadInputError, match=r"^prompts/any.toml: "):
        prompts_in(folder)
