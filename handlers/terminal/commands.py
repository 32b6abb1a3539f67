"""The `counterclaim` command: its subcommands, and the sentence and exit code that an error becomes."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from bot.errors import CounterclaimError
from handlers.terminal import asking, keeping, measuring
from handlers.terminal.options import Exit, common_options, examples, exit_code, say


@click.group(
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


for command in (
    asking.check,
    asking.show,
    asking.search,
    asking.history,
    keeping.init,
    keeping.import_,
    keeping.export,
    keeping.verify,
    keeping.backup,
    keeping.demo,
    measuring.evaluate,
    measuring.calibrate,
):
    counterclaim.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code (see `Exit`)."""
    for stream in (sys.stdout, sys.stderr):
        # Text from a ledger may hold what the terminal's encoding cannot.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        code = counterclaim.main(arguments, prog_name="counterclaim", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except CounterclaimError as error:
        say(str(error))
        code = exit_code(error)
    except (click.Abort, KeyboardInterrupt):
        say("Stopped.")
        code = Exit.INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has seen enough; nothing is left to be flushed to it.
        sys.stdout = None
        code = Exit.ANSWERED
    sys.exit(int(code or 0))
