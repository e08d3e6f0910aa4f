# `make help` lists what there is. Settings come from the environment or from the command line:
# make run PORT=8051. PYTHON names the Python to use (3.11 or later).

SHELL := /bin/sh
.DEFAULT_GOAL := help
# Targets come one after the other, unless a recipe says that they need nothing of each other.
ifneq ($(AT_ONCE),yes)
.NOTPARALLEL:
endif
.DELETE_ON_ERROR:

PYTHON ?=
export PYTHON
# Hundreds of servers start here, and each reads what the first one has compiled.
test test-core faults fuzz bench soak pictures: export PYTHONDONTWRITEBYTECODE :=

KAFKA_VERSIONS := 4.3.1 3.9.1
JARS := $(KAFKA_VERSIONS:%=tests/brokers/kafka/jars/%)
FLINK_JARS := ops/flink/jars
PYTHON_FOLDERS = $(patsubst %/,%,$(sort $(dir $(wildcard \
	dash_app/*.py tests/*.py bench/*.py ops/*.py examples/*/*.py))))
NODE_PACKAGES := node_modules/.package-lock.json
JS_TESTS = $(wildcard tests/js/*.test.js)
CORE := not browser and not containers and not faults and not flink and not install and not kafka \
	and not nginx and not slow
# Each worker takes one file after another; `auto` are one more than processors, since many tests wait.
WORKERS := --dist loadfile -n
# To look for them in all files takes some seconds.
ALONE = $(or $(ARGS),$(shell grep -rl 'mark\.alone' tests --include='*.py'))
# Of the tests that ARGS chooses, none may be among those that a command runs (exit code 5).
OR_NONE = $(if $(ARGS),|| test $$? -eq 5)
# The Pythons that apache-flink has packages for.
FLINK_PYTHON = $(if $(PYTHON),$(PYTHON),python3.12 python3.11)
SOAK_MINUTES ?= 60
provide = @python=$$(sh ops/find_python.sh "$(PYTHON)") && "$$python" ops/venv.py

.PHONY: run present demo new audit doctor flink test test-core faults fuzz bench soak pictures lint format \
	jars lock audit-deps clean help venv venv-test venv-flink tools test-fetched bench-fetched \
	bench-tools

run: venv ## Serve the clicker and the dashboard on this machine (PORT=8050)
	@exec .venv/bin/python -m dash_app

present: venv ## Serve to the phones in the room, with a join address and its QR code
	@exec .venv/bin/python -m dash_app present

demo: venv ## Show a simulated crowd on a temporary database
	@exec .venv/bin/python -m dash_app demo

new: venv ## Start with zero clicks: rename the database, delete nothing
	@exec .venv/bin/python -m dash_app new

audit: venv ## Count the whole log anew and compare it with sites (URLS="http://…")
	@exec .venv/bin/python -m dash_app audit $(URLS)

doctor: venv ## Check settings, clicks, network and port, each with the way out
	@exec .venv/bin/python -m dash_app doctor

flink: venv-flink $(FLINK_JARS) ## Count with Apache Flink on this machine, for sites with COUNTS_FROM=flink
	@exec sh ops/flink/start.sh

test: tools ## Run everything: lint, JavaScript, Kafka, browsers (as root: installs its tools)
	@$(MAKE) --no-print-directory -j2 AT_ONCE=yes lint test-fetched
	@node --test --test-concurrency=2 --test-reporter=dot $(JS_TESTS)
	@.venv-test/bin/python -m pytest -m alone $(ALONE) $(OR_NONE)
	@.venv-test/bin/python -m pytest -m "not alone" $(WORKERS) auto $(ARGS) $(OR_NONE)

test-core: venv-test ## Run the quick tests that need Python only
	@exec .venv-test/bin/python -m pytest -m "$(CORE)" $(WORKERS) auto $(ARGS)

faults: tools venv-test $(JARS) ## Kill, freeze and cut off everything, 12 to 20 minutes long (FAULTS_SEED=n repeats a run)
	@FAULTS=whole exec .venv-test/bin/python -m pytest tests/faults $(ARGS)

fuzz: venv-test jars ## Try 100,000 records and requests, and ask each route 2,000 times (an hour)
	@FUZZ=all .venv-test/bin/python -m pytest tests/fuzz $(ARGS)

bench: bench-tools ## Measure beside the textbook and the limit (ONLY=1,3,8)
	@$(MAKE) --no-print-directory -j2 AT_ONCE=yes venv-test $(NODE_PACKAGES) bench-fetched
	@exec .venv-test/bin/python -m bench --only "$(ONLY)"

soak: tools venv-test $(firstword $(JARS)) ## See whether anything grows or is lost, an hour long (SOAK_MINUTES=5)
	@exec .venv-test/bin/python -m bench.soak --minutes "$(SOAK_MINUTES)"

pictures: tools venv-test $(NODE_PACKAGES) ## Take a picture of every state of the pages into var/pictures/, and renew those in docs/pictures/
	@PICTURES=all .venv-test/bin/python -m pytest tests/browser $(ARGS) \
		-k "fits_every or every_screen or words_of_its_own or of_the_glass or printed_report or without_javascript or walks_to_its_bin"
	@.venv-test/bin/python -m tests.browser.kept_pictures

lint: venv-test $(NODE_PACKAGES) ## Check style, types and the layers of the house
	@.venv-test/bin/ruff check .
	@.venv-test/bin/ruff format --check .
	@.venv-test/bin/mypy $(PYTHON_FOLDERS)
	@.venv-test/bin/lint-imports
	@node_modules/.bin/eslint --max-warnings 0 assets tests/js eslint.config.js

format: venv-test ## Mend style where a program can
	@.venv-test/bin/ruff check --fix .
	@.venv-test/bin/ruff format .

jars: $(JARS) ## Fetch the Kafka brokers that the tests start, once

lock: ## Write the lock files anew, and the list of the image's packages (UPGRADE=--upgrade: newest versions)
	@python=$$(sh ops/find_python.sh "$(PYTHON)") && "$$python" -m venv .venv-lock
	@.venv-lock/bin/python -m pip install -q "uv>=0.13,<0.14"
	@for part in requirements-runtime requirements ops/flink/requirements; do \
		.venv-lock/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
			--no-annotate --no-emit-index-url --custom-compile-command "make lock" \
			$(UPGRADE) $$part.txt -o $$part.lock || exit 1; \
	done
	@.venv-lock/bin/uv venv -q --clear --python .venv-lock .venv-image
	@.venv-lock/bin/uv pip install -q --python .venv-image --require-hashes -r requirements-runtime.lock
	@.venv-lock/bin/python -m pip install -q "cyclonedx-bom>=7.5,<8"
	@.venv-lock/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
		--of JSON -o ops/sbom.cdx.json .venv-image
	@npm install --package-lock-only

audit-deps: ## Ask an advisory service about every package of the image, by hand
	@python=$$(sh ops/find_python.sh "$(PYTHON)") && "$$python" -m venv .venv-audit
	@.venv-audit/bin/python -m pip install -q "pip-audit>=2.10.1,<3"
	@.venv-audit/bin/pip-audit --strict --disable-pip --require-hashes -r requirements-runtime.lock

clean: ## Remove everything that make made, except the clicks in var/
	@rm -rf .venv .venv.d .venv-test .venv-test.d .venv-flink .venv-flink.d .venv-lock .venv-image .venv-audit \
		tests/brokers/kafka/jars ops/flink/jars build dist \
		.mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .nginx node_modules
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

venv:
	$(provide) .venv requirements-runtime.lock

venv-test:
	$(provide) .venv-test requirements.lock

venv-flink:
	@python=$$(sh ops/find_python.sh "$(FLINK_PYTHON)") && "$$python" ops/venv.py .venv-flink ops/flink/requirements.lock

tools:
	@sh ops/test_tools.sh

# npm writes this file last.
$(NODE_PACKAGES): package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing; it comes with Node 20.19 or later." >&2; exit 2; }
	@echo "Installing the packages of $< into node_modules (once)…" && npm ci && touch $@

bench-tools:
	@sh ops/test_tools.sh wrk

# One after the other: the cache of Maven does not stand two at once.
test-fetched:
	@$(MAKE) --no-print-directory AT_ONCE=no venv-flink $(JARS) $(FLINK_JARS)

# Without Flink its rows alone are not measured.
bench-fetched:
	@$(MAKE) --no-print-directory $(firstword $(JARS))
	@case ",$(ONLY)," in ,,|*,18,*|*,19,*|*,20,*) \
		$(MAKE) --no-print-directory AT_ONCE=no venv-flink $(FLINK_JARS) || :;; esac

# Complete or absent: fetched beside its place and moved there in one step.
tests/brokers/kafka/jars/%:
	@mkdir -p $(@D) && part=$$(mktemp -d $(abspath $@).part.XXXXXX) && \
	echo "Fetching Kafka $* (once)…" && \
	mvn --batch-mode --quiet --strict-checksums --file tests/brokers/kafka/pom.xml -Dkafka.version=$* \
		dependency:copy-dependencies -DoutputDirectory=$$part && \
	{ mv -T $$part $@ 2>/dev/null || { test -d $@ && rm -rf $$part; }; }

$(FLINK_JARS):
	@mkdir -p $(@D) && part=$$(mktemp -d $(abspath $@).part.XXXXXX) && \
	echo "Fetching Flink's connector to Kafka (once)…" && \
	mvn --batch-mode --quiet --strict-checksums --file ops/flink/pom.xml \
		dependency:copy-dependencies -DoutputDirectory=$$part && \
	{ mv -T $$part $@ 2>/dev/null || { test -d $@ && rm -rf $$part; }; }
