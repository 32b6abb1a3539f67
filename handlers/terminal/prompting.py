"""Commands for those who write prompts: prompts, prompts try, prompts score."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from contextlib import asynccontextmanager
from importlib import resources
from typing import IO, TYPE_CHECKING, Any

import click

from bot.errors import BadInputError
from handlers.terminal.options import Exit, common_options, examples, run, say, settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from bot.config import Settings
    from bot.expectations import Labelled
    from bot.prompting import Outcome, Prompt
    from handlers.chat import Chat


@click.group(
    invoke_without_command=True,
    epilog=examples(
        "counterclaim prompts", "counterclaim prompts try trial word.txt", "counterclaim prompts score trial"
    ),
)
@common_options
@click.pass_context
def prompts(context: click.Context) -> None:
    """List what a language model is asked: each prompt with its version and purpose.

    `try` runs one with the model of the configuration, `score` says how well the model does on a prompt's
    labelled set.
    """
    if context.invoked_subcommand is None:
        from bot.prompting import prompts as held  # noqa: PLC0415

        found = held()
        widest = max((len(each.name) for each in found), default=0)
        for each in found:
            click.echo(f"{each.name:<{widest}}  v{each.version:<3} {each.purpose}")


@prompts.command(
    "try",
    epilog=examples(
        "counterclaim prompts try trial word.txt", "echo bridge | counterclaim prompts try trial -"
    ),
)
@click.argument("name")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.File(encoding="utf-8"))
@common_options
def try_(name: str, files: tuple[IO[str], ...]) -> Exit:
    """Run the prompt NAME with the model of the configuration, once for each FILE, and print what came.

    A FILE holds the prompt's variables in TOML (.toml) or JSON (.json); of a prompt with one variable, any
    other file is the text of it. What fits the schema is printed as JSON; what does not come so is told in a
    sentence, and the exit code is then 1.
    """
    from bot.prompting import prompt  # noqa: PLC0415

    given, asked = settings(), prompt(name)
    return run(_tried(given, asked, [(each.name, _variables(asked, each)) for each in files]))


@prompts.command(epilog=examples("counterclaim prompts score", "counterclaim prompts score trial"))
@click.argument("name", required=False)
@common_options
def score(name: str | None) -> Exit:
    """Run the labelled set of the prompt NAME, or of each that has one, and print how much is met.

    The sets are `prompts/sets/NAME.jsonl`; `prompts/README.md` says what counts as met.
    """
    from bot.prompting import prompt  # noqa: PLC0415
    from bot.prompting import prompts as held  # noqa: PLC0415

    given = settings()
    chosen = [prompt(name)] if name else [each for each in held() if _set(each) is not None]
    sets = [(each, _labelled(each)) for each in chosen]
    return run(_scored(given, sets))


@asynccontextmanager
async def _model(given: Settings) -> AsyncIterator[Chat]:
    """Yield the model of the configuration; what it takes counts where there is a ledger to count it in."""
    from contextlib import AsyncExitStack  # noqa: PLC0415

    from bot.store.ledger import open_ledger  # noqa: PLC0415
    from handlers.chat import chat  # noqa: PLC0415

    if given.openai.model is None:
        raise BadInputError(
            "No language model is configured. Set model under [openai] of the configuration, and base_url "
            "where it is not OpenAI's."
        )
    async with AsyncExitStack() as stack:
        book = None
        if given.ledger.is_file():
            book = (await stack.enter_async_context(open_ledger(given.ledger, writable=True))).spending()
        made = chat(given, book=book)
        assert made is not None  # noqa: S101 - one is named
        stack.push_async_callback(made.close)
        await made.ready()
        yield made


async def _tried(given: Settings, asked: Prompt, each: Sequence[tuple[str, Mapping[str, str]]]) -> Exit:
    from bot.prompting import Outcome  # noqa: PLC0415
    from handlers.endings import sentence  # noqa: PLC0415

    code = Exit.ANSWERED
    async with _model(given) as model:
        for name, variables in each:
            reply = await model.ask(asked, variables, seconds=given.openai.draft_seconds)
            before = f"{name}: " if len(each) > 1 else ""
            if reply.outcome is Outcome.OK:
                click.echo(json.dumps(reply.value, indent=2, ensure_ascii=False))
                say(f"{before}{asked.name} v{asked.version}, {reply.model}, {reply.tokens:,} tokens")
            else:
                say(before + sentence(reply.outcome))
                code = Exit.NOTHING_ON_FILE
    return code


async def _scored(given: Settings, sets: Sequence[tuple[Prompt, tuple[Labelled, ...]]]) -> Exit:
    from bot.expectations import count, met  # noqa: PLC0415
    from bot.prompting import Outcome  # noqa: PLC0415
    from handlers.endings import sentence  # noqa: PLC0415

    async with _model(given) as model:
        for asked, lines in sets:
            outcomes: Counter[Outcome] = Counter()
            right = wanted = tokens = 0
            for each in lines:
                reply = await model.ask(asked, each.variables, seconds=given.openai.draft_seconds)
                outcomes[reply.outcome] += 1
                tokens += reply.tokens
                right += met(each.expect, reply.value)
                wanted += count(each.expect)
            ended = ", ".join(f"{name} {number}" for name, number in outcomes.most_common())
            click.echo(
                f"{asked.name} v{asked.version}, {model.name}: {right} of {wanted} expected are met, in "
                f"{len(lines)} texts ({ended}), {tokens:,} tokens"
            )
            if not outcomes[Outcome.OK]:
                # That is no measure of a model: it was not reached, or answers nothing that can be used.
                say(sentence(next(iter(outcomes))))
                return Exit.NOTHING_ON_FILE
    return Exit.ANSWERED


def _variables(asked: Prompt, file: IO[str]) -> Mapping[str, str]:
    """Return the variables of a prompt that stand in a file."""
    from bot.expectations import variables_in  # noqa: PLC0415

    try:
        text = file.read()
        values: Any
        if file.name.endswith(".toml"):
            values = tomllib.loads(text)
        elif file.name.endswith(".json"):
            values = json.loads(text)
        elif len(asked.variables) == 1:
            values = {asked.variables[0]: text}
        else:
            values = None
    except UnicodeDecodeError:
        raise BadInputError(f"{file.name} is not a text in UTF-8. Save it as UTF-8.") from None
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"{file.name} cannot be read: {error}.") from None
    return variables_in(values, asked, file.name)


def _set(asked: Prompt) -> str | None:
    """Return the text of a prompt's labelled set; None where it has none."""
    file = resources.files("prompts") / "sets" / f"{asked.name}.jsonl"
    return file.read_text(encoding="utf-8") if file.is_file() else None


def _labelled(asked: Prompt) -> tuple[Labelled, ...]:
    from bot.expectations import labelled_in  # noqa: PLC0415

    text = _set(asked)
    if text is None:
        raise BadInputError(
            f"The prompt “{asked.name}” has no labelled set: prompts/sets/{asked.name}.jsonl."
        )
    try:
        return labelled_in(text, asked)
    except BadInputError as error:
        raise BadInputError(f"prompts/sets/{asked.name}.jsonl: {error}") from None
