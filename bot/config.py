"""The configuration: one TOML file, checked whole, every problem reported at once.

The only module that reads the environment. What each key does is said in `config.example.toml`.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from bot.credentials import Secret
from bot.errors import BadInputError, Refusal, RefusedError
from bot.keys import CHECKS, KINDS
from bot.records import record
from bot.sections import (
    DiscordSection,
    Embedding,
    EmbeddingSection,
    FetchingSection,
    HealthSection,
    LedgerSection,
    LimitsSection,
    LogSection,
    MatchingSection,
    OpenAISection,
    OutboxSection,
    PolicySection,
    PrivacySection,
    SlackSection,
    Vectors,
    WorkspaceSection,
)
from bot.views import HOUSE

DEFAULT_FILE: Final = "counterclaim.toml"
"""The file that is read, from the folder one stands in, where none is named."""

SECRETS: Final = {
    "SLACK_BOT_TOKEN": ("slack", "bot_token_file"),
    "SLACK_APP_TOKEN": ("slack", "app_token_file"),
    "DISCORD_TOKEN": ("discord", "token_file"),
    "OPENAI_API_KEY": ("openai", "api_key_file"),
    "EMBEDDING_API_KEY": ("embedding", "api_key_file"),
}
"""Each secret by its name in the environment, and the key that names a file with it instead."""


@record
class Config:
    """All that can be configured."""

    ledger: LedgerSection = LedgerSection()
    matching: MatchingSection = MatchingSection()
    embedding: EmbeddingSection = EmbeddingSection()
    slack: SlackSection = SlackSection()
    discord: DiscordSection = DiscordSection()
    openai: OpenAISection = OpenAISection()
    fetching: FetchingSection = FetchingSection()
    limits: LimitsSection = LimitsSection()
    privacy: PrivacySection = PrivacySection()
    policy: PolicySection = PolicySection()
    outbox: OutboxSection = OutboxSection()
    workspace: tuple[WorkspaceSection, ...] = ()
    log: LogSection = LogSection()
    health: HealthSection = HealthSection()


@record
class Settings:
    """The configuration as the program uses it: whole paths, and secrets that never show."""

    file: Path | None
    ledger: Path
    calibration: Path | None
    secrets: Mapping[str, Secret]
    vectors: Vectors = Vectors.AUTO
    vectors_calibration: Path | None = None
    embedder: Embedding = Embedding.ENGLISH
    embedding: EmbeddingSection = EmbeddingSection()
    slack: SlackSection = SlackSection()
    discord: DiscordSection = DiscordSection()
    openai: OpenAISection = OpenAISection()
    fetching: FetchingSection = FetchingSection()
    limits: LimitsSection = LimitsSection()
    privacy: PrivacySection = PrivacySection()
    policy: PolicySection = PolicySection()
    outbox: OutboxSection = OutboxSection()
    workspace: tuple[WorkspaceSection, ...] = ()
    log: LogSection = LogSection()
    health: HealthSection = HealthSection()

    def embedding_key(self) -> Secret | None:
        """Return the key for the service that makes vectors; OpenAI's own goes to nobody but OpenAI."""
        own = self.secrets.get("EMBEDDING_API_KEY")
        return own or (None if self.embedding.base_url else self.secrets.get("OPENAI_API_KEY"))

    def workspace_of(self, platform: str, tenant: str) -> str:
        """Return the workspace that a Slack team or Discord server belongs to.

        Where no workspaces are named, the ledger is one house's and all of them belong to it. Where
        some are, a team or server that none of them names sees what is the house's alone.
        """
        named = f"{platform}:{tenant}"
        return next((each.name for each in self.workspace if named in each.of), HOUSE)


class ConfigError(BadInputError):
    """The configuration cannot be used; the sentence names every problem."""


def load(named: Path | None = None, *, environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings from the file `named`, or `COUNTERCLAIM_CONFIG`, or `counterclaim.toml`, or none.

    Raises:
        ConfigError: The named file is not there, or is not right; all problems stand in the sentence.
    """
    file = named or (
        Path(environment["COUNTERCLAIM_CONFIG"]) if environment.get("COUNTERCLAIM_CONFIG") else None
    )
    if file is None and Path(DEFAULT_FILE).is_file():
        file = Path(DEFAULT_FILE)
    if file is None:
        values: Mapping[str, Any] = {}
        config, folder = Config(), Path()
        problems: list[Refusal] = []
    else:
        values = _read(file)
        config, problems = _checked(values)
        folder = file.parent
    secrets: dict[str, Secret] = {}
    for name, (section, key) in SECRETS.items():
        # Read from the file's own values, so that this is checked even where another key is wrong.
        table = values.get(section)
        path = table.get(key) if isinstance(table, dict) else None
        if not isinstance(path, str):
            path = None
        try:
            secret = _secret(environment.get(name), folder / path if path else None)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is not a text file"
            problems.append(_problem(f"{section}.{key}", reason))
            continue
        if secret is not None:
            secrets[name] = secret
    problems += _wrong_values(values)
    problems += _empty_paths(config)
    matching = config.matching
    if problems:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise ConfigError(f"{file} has {count}:\n" + "\n".join(f"  {each}" for each in problems))
    return Settings(
        file=file,
        ledger=folder / config.ledger.path,
        calibration=folder / matching.calibration if matching.calibration else None,
        vectors=matching.vectors,
        vectors_calibration=folder / matching.vectors_calibration if matching.vectors_calibration else None,
        embedder=matching.embedder,
        embedding=config.embedding,
        secrets=secrets,
        slack=config.slack,
        discord=config.discord,
        openai=config.openai,
        fetching=config.fetching,
        limits=config.limits,
        privacy=config.privacy,
        policy=config.policy,
        outbox=config.outbox,
        workspace=config.workspace,
        log=config.log,
        health=config.health,
    )


def example(ledger: Path | None = None) -> str:
    """Return the commented example of a configuration, with the ledger at `ledger` where that is given."""
    packed = Path(__file__).with_name("config.example.toml")
    text = (packed if packed.is_file() else Path(__file__).parents[1] / packed.name).read_text("utf-8")
    if ledger is None:
        return text
    # A JSON text is a TOML text as well, unless it escapes what is beyond the first plane.
    path = json.dumps(str(ledger.absolute()), ensure_ascii=False)
    return text.replace(f'path = "{LedgerSection().path}"', f"path = {path}")


def _read(file: Path) -> dict[str, Any]:
    """Return what stands in the file."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{file} is not a text in UTF-8. Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file} is not TOML: {error}.") from None


def _checked(values: Mapping[str, Any]) -> tuple[Config, list[Refusal]]:
    """Return the configuration that `values` give, and its problems; where there are any, the defaults."""
    from pydantic import TypeAdapter  # noqa: PLC0415 - most commands have no file to check

    from bot.validation import from_mapping  # noqa: PLC0415 - the same

    try:
        return from_mapping(TypeAdapter(Config), values), []
    except RefusedError as error:
        return Config(), list(error.refusals)


def _wrong_values(values: Mapping[str, Any]) -> list[Refusal]:
    """Return what is wrong with values of the right type; the file's own, so that all is told at once."""
    found = []
    for (section, key), check in CHECKS.items():
        table = values.get(section)
        value = table.get(key) if isinstance(table, dict) else None
        # A value of another type is told already. True is a whole number to Python, and not to us.
        if not isinstance(value, KINDS.get(key, str)) or isinstance(value, bool):
            continue
        fault = check(value)
        if fault is not None:
            from bot.validation import shown  # noqa: PLC0415 - loads pydantic

            wrong, right = fault
            found.append(Refusal(field=f"{section}.{key}", wrong=f"{shown(value)} {wrong}", right=right))
    return found


def _empty_paths(config: Config) -> list[Refusal]:
    """Return the paths that name no file."""
    given = {
        "ledger.path": config.ledger.path,
        "matching.calibration": config.matching.calibration,
        "matching.vectors_calibration": config.matching.vectors_calibration,
    }
    return [
        Refusal(field=key, wrong="it names no file", right="write a path, or leave the key out")
        for key, path in given.items()
        if path is not None and (not path.strip() or "\0" in path)
    ]


def _problem(key: str, reason: str) -> Refusal:
    # The value is not repeated: somebody may have pasted the secret in place of the file's name.
    return Refusal(
        field=key, wrong=f"the file that it names cannot be read ({reason})", right="name one that can"
    )


def _secret(given: str | None, file: Path | None) -> Secret | None:
    """Return the secret from the environment, else from its file, else None."""
    text = given or (file.read_text(encoding="utf-8") if file else "")
    return Secret(hidden=text.strip()) if text.strip() else None
