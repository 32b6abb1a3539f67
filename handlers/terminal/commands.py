"""The `counterclaim` command: its subcommands, and the sentence and exit code that an error becomes."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Sequence

import click

from bot.errors import CounterclaimError
from handlers.terminal import adding, asking, doubling, embedding, indexing, keeping, measuring, operating
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
    adding.add,
    adding.queue,
    adding.dispute,
    doubling.duplicates,
    keeping.init,
    keeping.import_,
    keeping.export,
    keeping.verify,
    keeping.backup,
    keeping.demo,
    embedding.embed,
    indexing.index,
    measuring.evaluate,
    measuring.calibrate,
    operating.run_,
    operating.doctor,
    operating.manifest,
):
    counterclaim.add_command(command)


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
