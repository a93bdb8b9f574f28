# Every habit of the project as one word. `make` alone lists them.
# Needs only make and Python >= 3.11 with venv; Node comes from the lock, no system packages for `run`.

PYTHON ?=
HOST ?= 127.0.0.1
PORT ?= 8080
DATA ?= ./data
# Only for `make soak`: its simulated printers want 3.13.
SIMULATOR_PYTHON ?= python3.13
# More arguments for the program behind the verb: make test ARGS="-k numbering", make bench ARGS=issue
ARGS ?=

# Tests wait more than they reckon: one more at once than there are cores, of the lobby's (they listen to sound) two.
CORES := $(shell nproc 2>/dev/null || echo 2)

OVER_POSTGRES := $(addprefix tests/server/,api push comfort satisfaction reports setup editing lobby officers privacy uploads city test_*.py)

ROOMS := server kiosk display counter manager printer web
# Folders that hold Python or JavaScript already (an empty one is no error).
PY_PATHS = $(foreach d,$(ROOMS) tests bench,$(if $(shell find $(d) -name '*.py' -print -quit 2>/dev/null),$(d)))
JS_FOUND = $(shell find $(ROOMS) -name '*.js' -print -quit 2>/dev/null)

BIN := .venv/bin
# Only for what needs Node: npm and tsc start "node" by name.
NODE_ENV := PATH="$(CURDIR)/$(BIN):$$PATH"
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/python -m piptools compile --quiet --upgrade \
	--generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
	--allow-unsafe --strip-extras

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run dev test soak lint format docs bench lock clean

help: ## list these verbs
	@awk 'BEGIN { FS = ":.*## " } /^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/.runtime ## install what the program needs into .venv (exact versions, hashes checked)

run: setup ## open a working demo office with three months to look back on (HOST, PORT, DATA)
	@# a past for reports and plans, once: never into a folder that holds more than what a stopped try left, nor a store named in ARGS
	@[ -n "$(ARGS)" ] || ls -A "$(DATA)" 2>/dev/null | grep -qvxE 'server\.lock|unfinished-.*' || \
		{ echo "Making three months to look back on (about a quarter of a minute, once)"; $(BIN)/ramah demo --days 90 --data "$(DATA)" >/dev/null; }
	$(BIN)/ramah serve --demo --host "$(HOST)" --port "$(PORT)" --data "$(DATA)" $(ARGS)

dev: .venv/.dev node_modules/.installed ## add what tests and lint need: test tools, TypeScript, Chromium
	@tests/get-chromium >/dev/null

# What one worker has compiled serves all others, and the next run.
unexport PYTHONDONTWRITEBYTECODE
# As modest as the modest processes of the program, so that those get their share beside the tests.
test: NICE = nice -n 19
# A few that fail beside others are looked at once more alone, and named (tests/gate.py).
test: GATE = RAMAH_CHROMIUM="$$(tests/get-chromium)" $(NODE_ENV) $(NICE) $(BIN)/python -m tests.gate --dist loadfile
test: dev ## run all tests (ARGS="-k name" for some)
	$(GATE) -n $$(($(CORES) + 1)) --no-loadscope-reorder --durations 25 --ignore tests/display $(ARGS)
	@# the lobby's tests listen to sound in real time: nothing else beside them
	$(GATE) -n $$(($(CORES) + 2)) tests/display $(ARGS)

soak: dev build/emupos/bin/emupos node_modules/chromium-81/bin node_modules/chromium-88/bin ## run what `test` shortens or leaves out: each size and mode, more old browsers, simulated printers (SIMULATOR_PYTHON >= 3.13)
	RAMAH_SOAK=1 RAMAH_EMUPOS="$(CURDIR)/build/emupos/bin/emupos" RAMAH_CHROMIUM="$$(tests/get-chromium)" $(NODE_ENV) \
		$(BIN)/python -m pytest tests/kiosk/test_reach.py tests/kiosk/test_accessible.py tests/e2e/test_cut_at_any_moment.py tests/browsers \
		tests/server/test_queue_machine.py tests/vectors/test_hall_day.py \
		tests/printer/test_emupos.py tests/server/storage/test_before_large.py $(ARGS)
	RAMAH_SOAK=1 RAMAH_CHROMIUM="$$(tests/get-chromium)" $(NODE_ENV) $(BIN)/python -m pytest -m soak $(ARGS)
	@# every call of the API once more, over PostgreSQL
	RAMAH_TEST_STORE=postgresql $(BIN)/python -m pytest -n $(CORES) --dist loadfile $(OVER_POSTGRES) $(ARGS)

# Browsers between the oldest, which `test` drives, and today's; 40 MB each.
node_modules/chromium-81/bin: PACKAGE := chrome-aws-lambda@3.0.4
node_modules/chromium-88/bin: PACKAGE := chrome-aws-lambda@5.5.0
node_modules/chromium-81/bin node_modules/chromium-88/bin: | node_modules/.installed
	mkdir -p build $(@D)
	cd build && PATH="$(CURDIR)/$(BIN):$$PATH" npm pack --loglevel=error $(PACKAGE) >/dev/null
	tar -xzf build/$(subst @,-,$(PACKAGE)).tgz -C $(@D) --strip-components=1

# In an environment of its own: it wants another Python than Ramah.
build/emupos/bin/emupos:
	"$(SIMULATOR_PYTHON)" -m venv --clear build/emupos
	build/emupos/bin/python -m pip --disable-pip-version-check --no-input install -qq emupos==0.4.0

lint: .venv/.dev node_modules/.installed ## check style, types of Python and of the pages' JavaScript
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(if $(PY_PATHS),$(BIN)/mypy $(PY_PATHS),@echo "mypy: no Python yet")
	$(BIN)/lint-imports --no-cache
	@$(BIN)/node node_modules/typescript/bin/tsc --version >/dev/null || \
		{ echo "TypeScript does not start: rm -r node_modules, then make dev" >&2; exit 1; }
	$(if $(JS_FOUND),$(BIN)/node node_modules/typescript/bin/tsc --noEmit,@echo "tsc: no JavaScript yet")
	$(BIN)/node node_modules/eslint/bin/eslint.js --max-warnings 0 '*/static/**/*.js'
	$(BIN)/node node_modules/stylelint/bin/stylelint.mjs --max-warnings 0 '*/static/**/*.css'

format: .venv/.dev ## put the Python in the project's one format
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format

docs: .venv/.runtime ## write the reference pages and the guides of other languages anew
	$(BIN)/python -m server.reference
	$(BIN)/python -m web.guides
	$(BIN)/python -m web.sheet

bench: .venv/.dev ## measure against the budgets (ARGS="name")
	$(BIN)/python -m bench $(ARGS)

lock: .venv/.dev ## choose newest versions again and write all lock files (with Python 3.11)
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
		{ echo "Lock with the oldest Python, its set serves the newer ones: make clean; make lock PYTHON=python3.11" >&2; exit 1; }
	cd requirements && $(subst $(BIN),../$(BIN),$(COMPILE)) --output-file runtime.txt runtime.in
	cd requirements && $(subst $(BIN),../$(BIN),$(COMPILE)) --output-file dev.txt dev.in
	$(NODE_ENV) $(BIN)/npm update --package-lock-only --ignore-scripts

clean: ## remove .venv, node_modules and caches (never the data folder)
	rm -rf .venv node_modules build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find $(wildcard $(ROOMS) tests bench) -name __pycache__ -type d -prune -exec rm -rf {} +

# ---- below: files that mark a finished step, so that doing it again is instant

# The first Python that is new enough and can make environments; else say what is missing.
.venv/bin/python:
	@good='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'; \
	for python in $(or $(PYTHON),python3 python3.13 python3.12 python3.11); do \
		if "$$python" -c "$$good" >/dev/null 2>&1; then \
			echo "Making .venv with $$("$$python" --version)"; \
			exec "$$python" -m venv --clear .venv; \
		fi; \
	done; \
	for python in $(or $(PYTHON),python3 python3.13 python3.12 python3.11); do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue; \
		version=$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
		echo "Python $$version is here, but its venv part is missing." >&2; \
		echo "On Debian or Ubuntu: apt-get install python3-venv   (or python$$version-venv)" >&2; \
		exit 1; \
	done; \
	found=$$($(or $(PYTHON),python3) --version 2>&1) || found="no Python"; \
	echo "Ramah needs Python 3.11 or newer; found: $$found." >&2; \
	echo "Install a newer one, or name it: make setup PYTHON=/path/to/python3.13" >&2; \
	exit 1

.venv/.runtime: .venv/bin/python requirements/runtime.txt pyproject.toml
	@echo "Installing the program (about half a minute the first time)"
	@$(PIP) install -qq --require-hashes -r requirements/runtime.txt
	@$(PIP) install -qq --no-build-isolation --no-deps -e .
	@$(PIP) check -q
	@touch $@

# --no-build-isolation: the one source package (docopt) is built with the setuptools of the lock.
.venv/.dev: .venv/.runtime requirements/dev.txt
	@echo "Installing the development tools (about a minute the first time)"
	@$(PIP) install -qq --require-hashes --no-build-isolation -r requirements/dev.txt
	@$(PIP) check -q
	@touch $@

node_modules/.installed: package-lock.json package.json .npmrc | .venv/.dev
	@$(NODE_ENV) $(BIN)/npm ci --omit=optional --ignore-scripts --no-update-notifier --loglevel=error
	@touch $@
