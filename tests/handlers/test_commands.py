"""The command line as a person meets it: the real process, its output and its exit code."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from bot import sample

CLAIM = "Trump told Putin he would bomb Moscow if Russia invaded Ukraine"
WEATHER = "Will it rain in Lisbon tomorrow afternoon, or should I leave the umbrella at home?"
COMMANDS = (
    "check", "show", "search", "history", "verify", "import", "export", "backup", "init", "demo",
    "evaluate", "calibrate", "run", "doctor", "manifest", "add", "queue", "dispute",
    "duplicates", "draft",
)  # fmt: skip


def run(
    *arguments: str | Path,
    cwd: Path | None = None,
    given: str | bytes = "",
    command: Sequence[str] = ("-m", "bot"),
) -> subprocess.CompletedProcess[str]:
    """Run `counterclaim` with `arguments` as its own process."""
    done = subprocess.run(
        [sys.executable, *command, *map(str, arguments)],
        input=given if isinstance(given, bytes) else given.encode(),
        capture_output=True,
        timeout=120,
        check=False,
        cwd=cwd,
    )
    out, err = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in err, err
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


@pytest.fixture(scope="module")
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the sample ledger in it."""
    path = tmp_path_factory.mktemp("sample") / "sample.db"
    assert run("demo", "--into", path).returncode == 0
    return path


def checked(ledger: Path, text: str) -> dict[str, object]:
    """Return the JSON object that `check --json` prints."""
    done = run("check", "--json", "--ledger", ledger, text)
    assert done.returncode in {0, 1}, done.stderr
    answer = json.loads(done.stdout)
    assert isinstance(answer, dict)
    return answer


def test_claim_on_file_is_answered_group_by_group(sample_file: Path) -> None:
    """The pasted claim is the same claim, and each statement stands in its group and no other."""
    answer = checked(sample_file, CLAIM)
    assert answer["tier"] == "same"
    claims = answer["claims"]
    assert isinstance(claims, list)
    assert [each["id"] for each in claims] == ["trump-moscow-threat"]
    groups = claims[0]["groups"]
    assert [each["speaker"] for each in groups["asserted"]] == ["Donald Trump"]
    assert [each["speaker"] for each in groups["denied"]] == ["Dmitry Peskov"]
    assert [each["speaker"] for each in groups["authenticity"]] == ["Dmitry Peskov"]
    assert [(each["speaker"], each["official"]) for each in groups["official_response"]] == [
        ("The White House", True)
    ]
    assert {each["group"] for each in claims[0]["summary"]} >= {"asserted", "denied", "official_response"}


def test_nothing_on_file_is_said_plainly(sample_file: Path) -> None:
    """A question about the weather finds nothing, says so, and ends with exit code 1."""
    done = run("check", "--ledger", sample_file, WEATHER)
    assert done.returncode == 1
    assert "Nothing on file" in done.stdout
    assert checked(sample_file, WEATHER) == {
        "tier": "none",
        "ledger_revision": checked(sample_file, CLAIM)["ledger_revision"],
        "claims": [],
    }


def test_what_the_paste_adds_is_shown_as_a_difference(sample_file: Path) -> None:
    """“While president” is not in the record, and the answer says so."""
    answer = checked(sample_file, "While president, Trump told Putin he would bomb Moscow")
    claims = answer["claims"]
    assert isinstance(claims, list)
    assert claims[0]["id"] == "trump-moscow-threat"
    assert [each["pasted"] for each in claims[0]["differences"]] == ["While president"]
    done = run("check", "--ledger", sample_file, "While president, Trump told Putin he would bomb Moscow")
    assert "While president" in done.stdout


def test_text_from_standard_input_and_in_several_arguments(sample_file: Path) -> None:
    """The text may come by a pipe or without quotation marks."""
    piped = run("check", "--ledger", sample_file, given=CLAIM)
    split = run("check", "--ledger", sample_file, *CLAIM.split())
    assert piped.returncode == split.returncode == 0
    assert piped.stdout == split.stdout
    assert "ASSERTED" in piped.stdout


def test_plain_output_has_no_escape_codes(sample_file: Path) -> None:
    """Where nobody reads on a terminal, the output is plain."""
    assert "\x1b" not in run("check", "--ledger", sample_file, CLAIM).stdout


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "nothing was pasted"),
        ("   \n\t", "nothing was pasted"),
        ("😀😀 🎉", "word"),
        ("<@U123>", "mention"),
        ("\x00\x00", "paste"),
        ("word " * 210_000, "1,050,000 characters"),
    ],
)
def test_paste_that_is_no_claim(sample_file: Path, text: str, says: str) -> None:
    """What cannot be a claim gets one sentence and exit code 2."""
    done = run("check", "--ledger", sample_file, given=text)
    assert done.returncode == 2
    assert says in done.stderr.lower()
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "text",
    [
        '" OR NEAR( * ^ : - AND NOT "unbalanced',
        "claim:moscow AND (putin OR trump)*",
        "\u202egnorw si siht \u200b\u2066Moscow\u2069",
        "Москва Путин Трамп 莫斯科 موسكو",
        "a" * 15_000,
    ],
)
def test_hostile_text_is_only_text(sample_file: Path, text: str) -> None:
    """Operators, direction marks, other scripts and endless words are looked up like any text."""
    done = run("check", "--ledger", sample_file, given=text)
    assert done.returncode in {0, 1}, done.stderr


def test_lone_surrogate_from_the_command_line(sample_file: Path) -> None:
    """An argument that is not UTF-8 is looked up without what cannot be read."""
    argument = b"Trump told Putin \xff\xfe he would bomb Moscow if Russia invaded Ukraine"
    done = subprocess.run(
        [sys.executable, "-m", "bot", "check", "--ledger", sample_file, argument],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", ["show", "history"])
def test_id_that_is_no_text_is_not_on_file(sample_file: Path, command: str) -> None:
    """An id with a byte that is no UTF-8 is told as one that is not on file."""
    done = run(command, os.fsdecode(b"trump\xff"), "--ledger", sample_file)
    assert (done.returncode, done.stderr) == (1, "There is no claim “trump?” on file.\n")


def test_show_search_history_verify(sample_file: Path) -> None:
    """The look-ups print what is on file, and tell by their exit code when there is nothing."""
    shown = run("show", "trump-moscow-threat", "--ledger", sample_file)
    assert shown.returncode == 0
    assert "Peskov" in shown.stdout
    assert run("show", "no-such-claim", "--ledger", sample_file).returncode == 1
    found = run("search", "moscow", "--ledger", sample_file)
    assert found.returncode == 0
    assert "trump-moscow-threat" in found.stdout
    assert run("search", "zyzzyva", "--ledger", sample_file).returncode == 1
    history = run("history", "trump-moscow-threat", "--ledger", sample_file)
    assert history.returncode == 0
    assert "created" in history.stdout
    assert run("history", "no-such-claim", "--ledger", sample_file).returncode == 1
    assert run("verify", "--ledger", sample_file).stdout.startswith("The ledger is whole")


def test_as_of_a_day(sample_file: Path) -> None:
    """A record as of a day before it was entered is not on file; a bad or future day is bad input."""
    assert (
        run("show", "trump-moscow-threat", "--as-of", "2020-01-01", "--ledger", sample_file).returncode == 1
    )
    for day in ("2025-02-30", "yesterday", "2999-01-01"):
        done = run("show", "trump-moscow-threat", "--as-of", day, "--ledger", sample_file)
        assert done.returncode == 2
        assert day in done.stderr


def test_hidden_claims_are_found_by_no_command(sample_file: Path) -> None:
    """A claim in another state than vetted, or under embargo, is in no output for readers."""
    for line in sample.lines():
        entry = json.loads(line)
        if entry.get("state") == "vetted" and "embargo_until" not in entry:
            continue
        for arguments in (("show", entry["id"]), ("history", entry["id"])):
            assert run(*arguments, "--ledger", sample_file).returncode == 1
        assert entry["id"] not in run("search", entry["text"], "--ledger", sample_file).stdout
        assert entry["text"] not in run("check", "--ledger", sample_file, entry["text"]).stdout
        assert entry["id"] not in run("export", "--public", "--ledger", sample_file).stdout


def test_verify_names_the_broken_link(sample_file: Path, tmp_path: Path) -> None:
    """A log that was tampered with is reported with the revision at which it breaks, and exit code 3."""
    path = tmp_path / "copy.db"
    assert run("backup", path, "--ledger", sample_file).returncode == 0
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("DROP TRIGGER revision_is_never_changed")
        conn.execute("UPDATE revision SET actor = 'Nobody' WHERE n = 5")
        conn.commit()
    done = run("verify", "--ledger", path)
    assert done.returncode == 3
    assert "Broken at revision 5" in done.stderr


def test_init_import_export_and_import_again(tmp_path: Path) -> None:
    """A new ledger is made, filled, exported and filled again from the export, with nothing lost."""
    source = tmp_path / "sample.jsonl"
    source.write_bytes(b"".join(sample.lines()))
    made = run("init", cwd=tmp_path)
    assert made.returncode == 0
    assert {"counterclaim.toml", "counterclaim.db"} <= {each.name for each in tmp_path.iterdir()}
    assert run("init", cwd=tmp_path).returncode == 0
    done = run("import", "sample.jsonl", "--vetted-by", "Ana", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert run("export", "out.jsonl", cwd=tmp_path).returncode == 0
    assert (
        run("import", "out.jsonl", "--vetted-by", "Ana", "--ledger", "second.db", cwd=tmp_path).returncode
        == 0
    )
    assert run("export", "--ledger", "second.db", cwd=tmp_path).stdout == (tmp_path / "out.jsonl").read_text(
        "utf-8"
    )
    assert "0 new, 0 changed" in run("import", "-", cwd=tmp_path, given=source.read_bytes()).stdout


def test_of_a_file_of_bad_lines_the_first_are_told(tmp_path: Path) -> None:
    """What matters is said first, then as many lines as can be read, and how many more there are."""
    file = tmp_path / "bad.jsonl"
    file.write_text("{\n" * 33, "utf-8")
    told = run("import", file, "--ledger", tmp_path / "x.db").stderr.splitlines()
    assert told[1].startswith("Nothing was imported: 33 bad lines.")
    assert told[-1] == "… and 13 bad lines more."
    assert len(told) == 23


@pytest.mark.parametrize("words", ["", "  ", "…", "?!"])
@pytest.mark.parametrize("option", [(), ("--explain",)])
def test_nothing_to_search_for_is_told(sample_file: Path, words: str, option: tuple[str, ...]) -> None:
    """A search without a word is refused alike, however its answer is to look."""
    done = run("search", *option, "--ledger", sample_file, "--", words)
    assert done.returncode == 2
    assert done.stderr.startswith("There are no words to search for; type some")


def test_bad_file_is_reported_line_by_line(tmp_path: Path) -> None:
    """A bad file changes nothing, ends with exit code 2, and names each line and reason."""
    file = tmp_path / "bad.jsonl"
    file.write_text(
        '{"id": "a", "text": "Fine."}\n{"id": "b"\n{"id": "c", "text": "x", "state": "true"}\n', "utf-8"
    )
    done = run("import", file, "--ledger", tmp_path / "x.db")
    assert done.returncode == 2
    assert "line 2: line: not JSON" in done.stderr
    assert "line 3: state: “true” is not known here" in done.stderr
    assert "line 2: line: not JSON; write one JSON object" in done.stderr
    assert done.stderr.splitlines()[1].startswith("Nothing was imported: 2 bad lines")
    kept = run("import", "--keep-going", file, "--ledger", tmp_path / "x.db")
    assert kept.returncode == 2
    assert "1 new" in kept.stdout


@pytest.mark.parametrize(
    "arguments", [("import", "nowhere.jsonl"), ("import", "."), ("backup", "no/such/x.db")]
)
def test_file_that_cannot_be_used(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """A file that is not there, is a folder or cannot be written gives one sentence."""
    run("init", cwd=tmp_path)
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode in {2, 3}
    assert len(done.stderr.strip().splitlines()) == 1


def test_pipe_is_read_once(tmp_path: Path) -> None:
    """A file that can be read only once, such as a named pipe, is imported like any other."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "bot", "import", str(pipe), "--ledger", str(tmp_path / "x.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        pipe.write_text('{"id": "a", "text": "Fine."}\n{"id": "b", "text": "Fine too."}\n', "utf-8")
        out, _ = process.communicate(timeout=60)
    assert "Imported: 2 new" in out


def test_names_that_are_no_text(tmp_path: Path) -> None:
    """A name that is not UTF-8 is refused as a name and harmless as a file's."""
    odd = os.fsencode(tmp_path) + b"/\xff.jsonl"
    Path(os.fsdecode(odd)).write_text('{"id": "a", "text": "Fine."}\n', "utf-8")
    command = [sys.executable, "-m", "bot", "import", "--ledger", str(tmp_path / "x.db")]
    done = subprocess.run([*command, odd], capture_output=True, timeout=60, check=False)
    assert b"Imported: 1 new" in done.stdout, done.stderr
    done = subprocess.run(
        [*command, odd, "--vetted-by", b"\xff"], capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert b"--vetted-by holds the character U+DCFF" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
def test_output_that_cannot_be_written(sample_file: Path) -> None:
    """A full disk behind the output, or a closed one, ends with a sentence and no traceback."""
    command = [sys.executable, "-m", "bot", "search", "moscow", "--ledger", str(sample_file)]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False
        )
    assert done.returncode == 2
    assert done.stderr.strip() == "The output cannot be written: No space left on device."
    closed = subprocess.run(
        ["sh", "-c", '"$@" >&-', "sh", *command], capture_output=True, text=True, check=False
    )
    assert "Traceback" not in closed.stderr


def test_export_into_a_folder_or_a_full_disk_leaves_nothing(sample_file: Path, tmp_path: Path) -> None:
    """An export that cannot be written leaves no part of it behind; one that can is its owner's alone."""
    done = run("export", tmp_path, "--ledger", sample_file)
    assert done.returncode == 2
    assert "is a directory" in done.stderr.lower()
    assert list(tmp_path.parent.glob("*.part")) == []
    assert run("export", tmp_path / "out.jsonl", "--ledger", sample_file).returncode == 0
    assert (tmp_path / "out.jsonl").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("kind", ["none", "folder", "text", "empty"])
def test_ledger_that_cannot_be_used(tmp_path: Path, kind: str) -> None:
    """A ledger that is not there, is a folder, is no SQLite file or is empty: one sentence, exit code 3."""
    path = tmp_path / "x.db"
    if kind == "folder":
        path.mkdir()
    elif kind != "none":
        path.write_bytes(b"" if kind == "empty" else b"some text that is no ledger at all" * 50)
    done = run("check", "--ledger", path, CLAIM)
    assert done.returncode == 3
    assert "x.db" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_bad_configuration_is_exit_code_2(tmp_path: Path) -> None:
    """A configuration with faults is reported whole, and no command runs with it."""
    (tmp_path / "counterclaim.toml").write_text("[ledger]\npth = 1\npath = 2\n", "utf-8")
    done = run("search", "x", cwd=tmp_path)
    assert done.returncode == 2
    assert "2 problems" in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_examples_and_the_common_options(command: str) -> None:
    """Each command's help has an example, `--ledger` and `--config`."""
    done = run(command, "--help")
    assert done.returncode == 0
    assert f"counterclaim {command}" in done.stdout
    assert "--ledger" in done.stdout
    assert "--config" in done.stdout


def test_usage_error_is_exit_code_2() -> None:
    """An option that does not exist, and a missing argument, are usage errors."""
    for arguments in (("check", "--colour"), ("show",), ("nonsense",)):
        done = run(*arguments)
        assert done.returncode == 2
        assert "Error" in done.stderr


def test_options_before_and_after_the_command(sample_file: Path) -> None:
    """`--ledger` may stand before the command's name as well."""
    assert run("--ledger", sample_file, "search", "moscow").returncode == 0


def test_console_script_does_the_same(sample_file: Path) -> None:
    """The installed `counterclaim` prints what `python -m bot` prints."""
    script = Path(sys.executable).with_name("counterclaim")
    if not script.exists():
        pytest.skip("the project is not installed in this environment")
    done = subprocess.run(
        [script, "search", "moscow", "--ledger", sample_file],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == run("search", "moscow", "--ledger", sample_file).stdout


def test_demo_answers_each_tier_and_ends_without_a_terminal() -> None:
    """Without a terminal the demo answers three pastes, one of each tier, and asks nothing."""
    done = run("demo")
    assert done.returncode == 0
    assert len(re.findall(r"^\$ counterclaim check", done.stdout, re.MULTILINE)) == 3
    for heading in ("On record", "Closest on file", "Nothing on file"):
        assert heading in done.stdout
    assert "Paste a claim" not in done.stdout


def test_demo_into_a_file_that_is_there(sample_file: Path) -> None:
    """`demo --into` never overwrites a file."""
    before = sample_file.read_bytes()
    done = run("demo", "--into", sample_file)
    assert done.returncode == 2
    assert sample_file.read_bytes() == before


def talk(arguments: Sequence[str], typed: Sequence[str], wait_for: str) -> str:
    """Run a command on a terminal of its own, type a line at each prompt, and return what was shown."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "bot", *arguments]
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, close_fds=True) as process:
        os.close(slave)
        shown, pending, deadline = "", list(typed), time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            if not select.select([master], [], [], 0.2)[0]:
                continue
            try:
                shown += os.read(master, 65536).decode(errors="replace")
            except OSError:
                break
            if pending and shown.count(wait_for) > len(typed) - len(pending):
                os.write(master, pending.pop(0).encode())
        process.wait(timeout=30)
    os.close(master)
    return shown


def test_prompt_on_a_terminal_answers_until_an_empty_line(sample_file: Path) -> None:
    """On a terminal without a text, claims are asked for and answered until an empty line."""
    shown = talk(
        ["check", "--ledger", str(sample_file)], [f"{CLAIM}\n", "😀\n", "\n"], wait_for="(an empty line ends)"
    )
    assert "ASSERTED" in shown
    assert "\x1b[" in shown
    assert shown.count("(an empty line ends)") == 3


def test_demo_goes_on_to_a_prompt_on_a_terminal() -> None:
    """On a terminal the demo goes on to the prompt."""
    shown = talk(["demo"], ["\n"], wait_for="(an empty line ends)")
    assert "Now you." in shown
