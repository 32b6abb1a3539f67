"""The configuration: the example loads, problems are told all at once, secrets never show."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import SECRETS, Config, ConfigError, _wrong_values, example, load
from bot.credentials import Secret
from bot.keys import CHECKS
from bot.sections import WorkspaceSection

ROOT = Path(__file__).parents[2]
TOKEN = "xoxb-17-abcdefghijkl"  # noqa: S105 - invented


def written(folder: Path, text: str) -> Path:
    """Write a configuration file and return its path."""
    file = folder / "counterclaim.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_example_loads_as_it_is() -> None:
    """The example is a valid configuration and gives the defaults."""
    settings = load(ROOT / "config.example.toml", environment={})
    assert settings.ledger == ROOT / "counterclaim.db"
    assert settings.calibration is None
    assert not settings.secrets


def test_example_documents_every_key_and_no_other(tmp_path: Path) -> None:
    """Each key of the code stands in the example, set or commented out, with its default; no other does."""
    text = example()
    uncommented = "\n".join(
        line.removeprefix("# ") if line.startswith("# ") and (" = " in line or "[[" in line) else line
        for line in text.splitlines()
    )
    documented = tomllib.loads(uncommented)
    known = {
        section.name: {key.name for key in fields(getattr(Config(), section.name))}
        for section in fields(Config())
        if section.name != "workspace"
    }
    (documented["workspace"],) = documented["workspace"]
    known["workspace"] = {key.name for key in fields(WorkspaceSection)}
    assert {section: set(keys) for section, keys in documented.items()} == known
    for section, keys in tomllib.loads(text).items():
        for key, value in keys.items():
            default = getattr(getattr(Config(), section), key)
            assert (list(default) if isinstance(default, tuple) else default) == value
    assert load(written(tmp_path, text), environment={}).ledger == tmp_path / "counterclaim.db"


def test_example_holds_any_path(tmp_path: Path) -> None:
    """Whatever the ledger's path is made of, the example that names it can be read again."""
    ledger = tmp_path / "🔍 “facts”" / "a'b\\c.db"
    assert load(written(tmp_path, example(ledger)), environment={}).ledger == ledger


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    """All problems stand in one message, each with the key, the value and what would be right."""
    file = written(
        tmp_path,
        '[ledger]\npth = "x.db"\npath = 7\n[matchng]\n[discord]\ntoken_file = "nowhere"\n',
    )
    with pytest.raises(ConfigError) as caught:
        load(file, environment={})
    text = str(caught.value)
    assert "has 4 problems" in text
    assert "ledger.pth: there is no such field (it holds “x.db”); did you mean “path”?" in text
    assert "ledger.path: “7” is of the wrong kind; write a text in quotation marks" in text
    assert "matchng: there is no such field (it holds “{}”); did you mean “matching”?" in text
    assert "discord.token_file: the file that it names cannot be read (No such file or directory)" in text


@pytest.mark.parametrize(
    ("section", "line", "says"),
    [
        ("slack", 'api_url = "slack.com/api"', "is no https address"),
        ("slack", 'api_url = "http://slack.com/api/"', "would send the token in the clear"),
        ("slack", 'api_url = "https://user:pass@slack.com/"', "has more than scheme, host, port and path"),
        ("slack", 'api_url = "https://slack.com:99999/"', "is no address"),
        ("slack", 'reaction = ":mag:"', "write the name without colons"),
        (
            "slack",
            'moderators = ["@ana"]',
            "write ids of users or user groups, for example U0123ABCD or S0123ABCD",
        ),
        ("slack", "moderators = [7]", "is of the wrong kind"),
        ("discord", 'api_url = "ftp://discord.com"', "is no https address"),
        ("discord", 'gateway_url = "https://discord.com"', "is no wss address"),
        ("discord", 'gateway_url = "ws://discord.com"', "would send the token in the clear"),
        ("discord", 'reaction = ":mag:"', "paste the emoji itself"),
        ("discord", 'reaction = "🔍 🔍"', "paste the emoji itself"),
        ("discord", 'moderators = ["ana"]', "digits in quotation marks"),
        ("openai", 'base_url = "localhost:11434"', "is no https address"),
        ("openai", 'model = ""', "write it as the service has it, for example gpt-4o-mini"),
        ("openai", "timeout_seconds = 31", "write a number from 0.1 to 30"),
        ("openai", "draft_seconds = 0.5", "write a number from 1 to 600"),
        ("openai", "concurrency = 0", "write a whole number from 1 to 64"),
        ("openai", "tokens_a_day = 1.5", "is of the wrong kind"),
        ("limits", "person = 0", "write a whole number from 1 to 10,000"),
        ("limits", "channel = 100001", "is out of range"),
        ("limits", "queue = true", "is of the wrong kind"),
        ("limits", "person = 1.5", "is of the wrong kind"),
        ("privacy", "retention_days = 0", "write a whole number from 1 to 3,650"),
        ("log", 'level = "loud"', "write one of 'debug', 'info', 'warning' or 'error'"),
        ("log", 'format = "xml"', "write one of 'auto', 'human' or 'json'"),
        ("health", "port = 65536", "write a whole number from 1 to 65,535"),
        ("health", 'port = "8080"', "is of the wrong kind"),
    ],
)
def test_value_that_cannot_be_used_is_named(tmp_path: Path, section: str, line: str, says: str) -> None:
    """A value that cannot be used is refused with its key and what would be right, and told once."""
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, f"[{section}]\n{line}\n"), environment={})
    assert "has 1 problem:" in str(caught.value)
    assert f"{section}.{line.partition(' ')[0]}" in str(caught.value)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("section", "line"),
    [
        ("slack", 'api_url = "http://127.0.0.1:8080/api/"'),
        ("slack", 'reaction = "+1"'),
        ("slack", 'moderators = ["U0123ABCD", "W0123ABCD"]'),
        ("discord", 'gateway_url = "ws://[::1]:8081/gateway"'),
        ("discord", 'reaction = "🔍"'),
        ("discord", 'reaction = "👩‍👩‍👧‍👦"'),
        ("discord", 'reaction = "1️⃣"'),
        ("discord", 'reaction = "fact_check:123456789012345678"'),
        ("discord", 'moderators = ["123456789012345678"]'),
        ("openai", 'base_url = "http://model.internal:11434/v1"'),
        ("openai", 'model = "qwen2.5:7b"'),
        ("openai", "timeout_seconds = 2"),
        ("openai", "draft_seconds = 90.5"),
    ],
)
def test_value_that_can_be_used(tmp_path: Path, section: str, line: str) -> None:
    """What a set-up may reasonably hold is taken as it is written."""
    settings = load(written(tmp_path, f"[{section}]\n{line}\n"), environment={})
    key, _, value = line.partition(" = ")
    held = getattr(getattr(settings, section), key)
    assert (list(held) if isinstance(held, tuple) else held) == tomllib.loads(f"x = {value}")["x"]


def test_faults_of_every_kind_are_told_together(tmp_path: Path) -> None:
    """A wrong key, a wrong type, a wrong value and a file that is not there stand in one message."""
    text = (
        '[slack]\nreacton = "mag"\napi_url = "x"\nbot_token_file = "no"\n'
        "[log]\nlevel = 3\n[health]\nport = 0\n"
    )
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, text), environment={})
    for key in ("slack.reacton", "slack.api_url", "slack.bot_token_file", "log.level", "health.port"):
        assert key in str(caught.value)
    assert "has 5 problems" in str(caught.value)


@given(st.dictionaries(st.sampled_from(sorted(CHECKS)), st.text() | st.integers() | st.lists(st.text())))
def test_no_value_whatever_breaks_the_checks(values: dict[tuple[str, str], Any]) -> None:
    """Whatever is written for a key that has a check, it is taken or refused, and nothing else happens."""
    tables: dict[str, dict[str, Any]] = {}
    for (section, key), value in values.items():
        tables.setdefault(section, {})[key] = value
    for refusal in _wrong_values(tables):
        assert refusal.right


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"[ledger", "is not TOML"), (b"\xff\xfe", "is not a text in UTF-8"), (None, "cannot be read")],
)
def test_file_that_cannot_be_read(tmp_path: Path, content: bytes | None, says: str) -> None:
    """A configuration that is no TOML, no UTF-8 or not there gives one sentence."""
    file = tmp_path / "c.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError, match=says):
        load(file, environment={})


def test_secret_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    """A secret is taken from the environment first, then from the file that the configuration names."""
    (tmp_path / "token").write_text(f"{TOKEN}\n", encoding="utf-8")
    file = written(tmp_path, '[slack]\nbot_token_file = "token"\n')
    assert load(file, environment={}).secrets["SLACK_BOT_TOKEN"].reveal() == TOKEN
    given = load(file, environment={"SLACK_BOT_TOKEN": "other"})
    assert given.secrets["SLACK_BOT_TOKEN"].reveal() == "other"


def test_secret_never_shows(tmp_path: Path) -> None:
    """A secret is in no repr and no text, also as part of the settings."""
    settings = load(written(tmp_path, ""), environment=dict.fromkeys(SECRETS, TOKEN))
    assert len(settings.secrets) == len(SECRETS)
    secret = settings.secrets["SLACK_BOT_TOKEN"]
    for shown in (repr(secret), str(secret), f"{secret}", repr(settings), str([secret])):
        assert TOKEN not in shown


@pytest.mark.parametrize(
    "line",
    [
        f'bot_token_file = "{TOKEN}"',
        f'bot_token = "{TOKEN}"',
        f'bot_token_file = ["{TOKEN}"]',
        'app_token_file = "a\\u0000b"',
    ],
)
def test_token_in_the_wrong_place_is_not_repeated(tmp_path: Path, line: str) -> None:
    """A token that was put into the file by mistake is refused without being shown."""
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, f"[slack]\n{line}\n"), environment={})
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("table", ['api_key_file = "gsk_A1b2C3d4"', 'api_key_file = ["gsk_A1b2C3d4"]'])
def test_key_of_any_form_is_not_repeated(tmp_path: Path, table: str) -> None:
    """A key in place of a file's name is not shown, however it looks."""
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, f"[openai]\n{table}\n"), environment={})
    assert "gsk_" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("ledger = 5", "ledger: “5” is of the wrong kind; write its fields by name"),
        ('[ledger]\npath = ""', "ledger.path: it names no file"),
        ("[ledger]\npath = 2025-01-01", "ledger.path: "),
        ('[slack]\ntoken = "x"', "slack.token: there is no such field (it holds a value that is not shown)"),
    ],
)
def test_bad_value_is_named_with_what_would_be_right(tmp_path: Path, content: str, says: str) -> None:
    """A value of the wrong kind, an empty path and an unknown key are told by their names."""
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, content), environment={})
    assert says in str(caught.value)


def test_file_is_named_by_option_environment_or_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The option comes first, then `COUNTERCLAIM_CONFIG`, then the folder one stands in, then defaults."""
    monkeypatch.chdir(tmp_path)
    assert load(environment={}).ledger == Path("counterclaim.db")
    written(tmp_path, '[ledger]\npath = "folder.db"\n')
    assert load(environment={}).ledger == Path("folder.db")
    other = tmp_path / "other.toml"
    other.write_text('[ledger]\npath = "other.db"\n', encoding="utf-8")
    assert load(environment={"COUNTERCLAIM_CONFIG": str(other)}).ledger == tmp_path / "other.db"
    assert load(tmp_path / "counterclaim.toml", environment={"COUNTERCLAIM_CONFIG": str(other)}).ledger == (
        tmp_path / "folder.db"
    )


@given(st.text())
def test_secret_hides_any_text(text: str) -> None:
    """Whatever the secret is, its repr is the same."""
    assert repr(Secret(hidden=text)) == "Secret(hidden)"
