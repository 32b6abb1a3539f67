"""The `counterclaim` command: its subcommands, and the sentence and exit code that an error becomes."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import Final

import click

from bot.errors import CounterclaimError
from handlers.terminal.options import Exit, common_options, examples, exit_code, say

COMMANDS: Final = {
    "check": "asking.check",
    "show": "asking.show",
    "search": "asking.search",
    "history": "asking.history",
    "add": "adding.add",
    "draft": "drafting.draft",
    "queue": "adding.queue",
    "dispute": "adding.dispute",
    "duplicates": "doubling.duplicates",
    "init": "keeping.init",
    "import": "keeping.import_",
    "export": "keeping.export",
    "verify": "keeping.verify",
    "backup": "keeping.backup",
    "demo": "keeping.demo",
    "embed": "embedding.embed",
    "index": "indexing.index",
    "evaluate": "measuring.evaluate",
    "calibrate": "measuring.calibrate",
    "run": "operating.run_",
    "doctor": "operating.doctor",
    "manifest": "operating.manifest",
    "prompts": "prompting.prompts",
}
"""Where each command is: the module beside this one, and its name there."""


class Commands(click.Group):
    """Commands that are loaded when they are asked for: one question loads one of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """Return the names of all commands, as `--help` lists them."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """Return the command with this name, or None."""
        module, _, name = COMMANDS.get(cmd_name, "").partition(".")
        if not name:
            return None
        found: click.Command = getattr(import_module(f"handlers.terminal.{module}"), name)
        return found


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=examples(
        "counterclaim demo",
        'counterclaim check "The mayor sold the old bridge"',
        "counterclaim check --help",
    ),
)
@click.version_option(package_name="counterclaim", message="%(package)s %(version)s")
@common_options
def counterclaim() -> None:
    """Find out who asserted a claim, who denied it, and what was officially answered.

    Counterclaim shows a record of what was said, with sources. It rules nothing true or false.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code (see `Exit`)."""
    for stream in (sys.stdout, sys.stderr):
        # Text from a ledger may hold what the terminal's encoding cannot; a closed stream is None.
        if stream is not None:
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    sys.exit(int(_code(arguments)))


def _code(arguments: Sequence[str] | None) -> int:  # noqa: PLR0911 - one return a way to end
    try:
        code = counterclaim.main(arguments, prog_name="counterclaim", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except CounterclaimError as error:
        say(str(error))
        return exit_code(error)
    except (click.Abort, KeyboardInterrupt):
        say("Stopped.")
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has seen enough.
        _drop_output()
        return Exit.ANSWERED
    except OSError as error:
        _drop_output()
        say(f"The output cannot be written: {error.strerror or error}.")
        return Exit.BAD_INPUT
    except Exception:  # noqa: BLE001 - the last resort: a person gets a sentence, not a traceback
        say(f"Something went wrong in Counterclaim itself, not in what you typed. Details: {_details()}")
        return Exit.BROKEN
    return int(code or Exit.ANSWERED)


def _drop_output() -> None:
    """Keep the interpreter from writing once more, at its end, what could not be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _details() -> str:
    """Write what went wrong to a file for whoever mends it, and return where it is."""
    with tempfile.NamedTemporaryFile("w", prefix="counterclaim-", suffix=".log", delete=False) as file:
        traceback.print_exc(file=file)
    return file.name
