"""Commands for those who run the bot: run, doctor, manifest."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING

import click

from bot.errors import BadInputError, CounterclaimError
from handlers.terminal.options import Exit, common_options, examples, run, say, settings

if TYPE_CHECKING:
    from handlers.checks import Check


@click.command(
    "run",
    epilog=examples("counterclaim run", "counterclaim run --config /etc/counterclaim/counterclaim.toml"),
)
@common_options
def run_() -> Exit:
    """Run the bot on every platform that has its tokens, until SIGTERM or Ctrl-C.

    What is in hand then has ten seconds to finish; a second signal ends it at once.
    """
    # Loaded here: the libraries that a server needs would make every other command slow.
    from handlers.logs import configure, log_unexpected  # noqa: PLC0415
    from handlers.running import serve  # noqa: PLC0415
    from handlers.services import StartError  # noqa: PLC0415

    given = settings()
    configure(given.log, given.secrets.values())
    try:
        run(serve(given, say=click.echo))
    except StartError as error:
        say(str(error))
        return Exit.NOT_STARTED
    except CounterclaimError:
        raise
    except Exception as error:  # noqa: BLE001 - the last door
        # A stack with the words of an exception could show what somebody wrote; the log leaves them out.
        reference = secrets.token_hex(4)
        log_unexpected(error, reference)
        say(f"Something went wrong; the log tells more under the reference {reference}.")
        return Exit.BROKEN
    return Exit.ANSWERED


@click.command(epilog=examples("counterclaim doctor", "counterclaim doctor --json | jq .ok"))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@common_options
def doctor(as_json: bool) -> int:  # noqa: FBT001
    """Check the set-up: configuration, ledger, disk, clock, tokens, scopes, intents, commands, model.

    One line each, with what to do where something is wrong. The exit code is 1 if anything failed.
    """
    from handlers.doctor import bad_config, document, examine, is_well, line  # noqa: PLC0415

    checks: tuple[Check, ...]
    try:
        given = settings()
    except BadInputError as error:
        checks = (bad_config(error),)
    else:
        checks = run(examine(given))
    if as_json:
        click.echo(json.dumps(document(checks), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(line(each) for each in checks))
    return int(not is_well(checks))


@click.command(epilog=examples("counterclaim manifest slack", "counterclaim manifest discord"))
@click.argument("platform", type=click.Choice(["slack", "discord"]))
@click.option("--application", metavar="ID", help="Discord's id of the application, where no token is set.")
@common_options
def manifest(platform: str, application: str | None) -> Exit:
    """Print what PLATFORM must know of the bot, ready to be pasted or clicked."""
    given = settings()
    if platform == "slack":
        from handlers.slack import manifest as slack  # noqa: PLC0415

        reaction, grouped = given.slack.reaction is not None, bool(slack.groups(given.slack))
        click.echo(slack.text(reaction=reaction, grouped=grouped))
        say("\nOpen this link, pick your workspace, and Slack shows the app with all of this filled in:")
        say(slack.link(reaction=reaction, grouped=grouped))
        say("\nThe permissions that it asks for, and why:")
        for scope in slack.scopes(reaction=reaction, grouped=grouped):
            say(f"  {scope.name:<20} {scope.why}{'' if scope.needed else ' (can be left out)'}")
        _say_steps(slack.NEXT_STEPS)
        return Exit.ANSWERED
    from handlers.discord import invite  # noqa: PLC0415

    token = given.secrets.get("DISCORD_TOKEN")
    number = application or (invite.application_of(token.reveal()) if token else None)
    if number is None or not number.isdecimal():
        raise BadInputError(
            f"The invite link needs the application's id: make an application at {invite.PORTAL} (New "
            "Application) and give its id (General Information, Application ID) as --application ID; or set "
            "DISCORD_TOKEN to its token (Bot, Reset Token), from which the id is read."
        )
    click.echo(invite.link(number))
    say("\nOpen this link as somebody who may manage the server. What the bot asks for, and why:")
    reaction = given.discord.reaction is not None
    for title, wanted in (
        ("scopes", invite.SCOPES),
        (f"permissions ({invite.permissions().value})", invite.PERMISSIONS),
        ("intents", invite.wanted_intents(reaction=reaction)),
    ):
        say(f"{title}:")
        for name, why in wanted.items():
            say(f"  {name:<26} {why}")
    _say_steps(invite.NEXT_STEPS)
    return Exit.ANSWERED


def _say_steps(steps: tuple[str, ...]) -> None:
    say("\nThen:")
    for number, step in enumerate(steps, 1):
        say(f"  {number}. {step}")
