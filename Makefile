# Each target makes its own .venv from the requirements files, and again when they changed.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo services fuzz mariadb test test-acceptance test-hive monitor-demo monitor-selftest lint lock wheel image reading bench chaos chaos-selftest mutants fidelity clean

# make demo ARGS=events: rows to NATS, which needs a mariadbd; ARGS=changes: row changes to EventBridge.
# ARGS=monitor: faults between Oracle and a lake, each found and healed. ARGS=all: everything at once.
# ARGS="all --minutes 60": the same for an hour, in which nothing may grow.
demo: .venv/run.stamp $(if $(filter events all,$(ARGS)),mariadb)
	$(BIN)/python cdc_service.py $(if $(filter monitor,$(ARGS)),monitor demo,demo $(ARGS))

# The same as make demo ARGS=monitor.
monitor-demo: .venv/run.stamp
	$(BIN)/python cdc_service.py monitor demo

# What tests need beside Python: Debian's mariadbd, without its service, and Chromium with axe-core for
# the monitor's page. Where they can't be installed, the tests that need them are skipped, or fail with
# REQUIRE_MARIADB=1 and REQUIRE_BROWSER=1. The demo of events needs the first alone.
services:
	@sh standins/services.sh browser

mariadb:
	@sh standins/services.sh

# The suite: about two minutes on two processors with nothing else to do. Compiled modules are kept: without them
# each worker compiles all tests again.
test: export PYTHONDONTWRITEBYTECODE =
test: .venv/dev.stamp services
	$(BIN)/python -m pytest -n 5 --dist worksteal $(or $(ARGS),--ignore=tests/acceptance)

# Whole programs as their users start them: services, demos, packages, npm, the monitor's page in a browser.
test-acceptance: export PYTHONDONTWRITEBYTECODE =
test-acceptance: export TEST_ALL_AT_ONCE = 1
test-acceptance: .venv/dev.stamp services
	$(BIN)/python -m pytest -n 5 --dist worksteal tests/acceptance $(ARGS)

# The monitor's Hive edge and runbooks on a genuine HiveServer2: PyPI's pyspark, which needs Java. One to
# two minutes, and one more to install it the first time. Without Java a line says that it was skipped.
test-hive: .venv/dev.stamp
	@sh standins/hive.sh $(ARGS)

# All rows, or some: make bench ONLY=drain; QUICK=1: smaller sizes, fewer runs.
bench: .venv/dev.stamp services
	$(BIN)/python -m bench $(if $(QUICK),--quick) $(addprefix --only ,$(ONLY)) $(ARGS)

# Rounds of faults against the real service; a failed one prints the command that repeats it.
# ARGS=events: rounds of events, between Oracle, NATS and MariaDB.
RUNS ?= 25
SEED ?= 1
chaos: .venv/dev.stamp services
	$(BIN)/python -m tests.chaos --runs $(RUNS) --seed $(SEED) $(ARGS)

# Is the judge awake? The service is broken on purpose, and each way must be found.
chaos-selftest: .venv/dev.stamp services
	$(BIN)/python -m tests.chaos selftest $(ARGS)

# Bytes that others write, made at random, for each decoder in turn: make fuzz ARGS="results letters"
# MINUTES=10. Ends with what was found; the input stays, and `--input FILE` takes it again.
MINUTES ?= 10
fuzz: .venv/fuzz.stamp
	$(BIN)/python -m tests.fuzz --minutes $(MINUTES) $(ARGS)

# Would a test notice? Guards are taken out one at a time, then mutmut changes the rules.
# SAMPLE=10 SEED=1: ten of the guards by chance, and no rules.
mutants: $(if $(SAMPLE)$(ARGS),.venv/dev.stamp,.venv/mutants.stamp) services
	$(BIN)/python -m tests.mutants $(if $(SAMPLE),--sample $(SAMPLE) --seed $(SEED)) $(ARGS)
	$(if $(SAMPLE)$(ARGS),,$(BIN)/python -m tests.mutants.rules)

# The same for the monitor's judge: twelve mistakes that tools like it are known for, each to be caught.
monitor-selftest: .venv/dev.stamp
	$(BIN)/python -m tests.mutants --group monitor-judge $(ARGS)

# How near is the stand-in's SQL to Oracle's: a table by area, exit 1 for one wrong answer.
fidelity: .venv/dev.stamp
	$(BIN)/python -m tests.fidelity $(ARGS)

# How the code reads, in numbers: make reading ARGS="--offenders oralite" prints what is over a budget.
reading: .venv/dev.stamp
	$(BIN)/python -m tests.reading $(ARGS)

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m tests.reading --check
	$(BIN)/cfn-lint deploy/pipeline/template.yaml
	$(BIN)/mypy --strict oracle_cdc oralite awslite trinolite sync_monitor config.py cdc_service.py

# Version and hashes of all that the requirements files bring, for Python 3.10 and newer. What is
# locked stays as long as the files allow it: ARGS=--upgrade renews it, ARGS="--upgrade-package NAME" one.
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.10 --generate-hashes \
	--custom-compile-command "make lock" $(ARGS)
LOCKED := requirements requirements-build requirements-events requirements-lambda \
	requirements-monitor requirements-run requirements-triage
lock: .venv/lock.stamp
	$(LOCK) requirements-dev.txt --output-file requirements-dev.lock
	for each in $(LOCKED); do \
		$(LOCK) $$each.txt --constraint requirements-dev.lock --output-file $$each.lock || exit 1; \
	done

# dist/*.whl, for `pip install` where there is no checkout.
wheel: .venv/dev.stamp
	$(BIN)/python -m hatchling build -t wheel

# The image of the Dockerfile, with docker or buildah: make image IMAGE=name:tag ARGS="--build-arg ..."
IMAGE ?= oracle-cdc-sqs
image:
	@sh deploy/build_image.sh $(IMAGE) $(ARGS)

clean:
	rm -rf .venv

.venv/run.stamp: requirements.txt requirements-run.txt requirements-events.txt requirements-monitor.txt
	@echo "Making .venv and installing the packages of requirements.txt there: a minute or two, once"
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/dev.stamp: requirements-dev.txt requirements-monitor.txt requirements-triage.txt .venv/run.stamp
	@echo "Installing the packages of requirements-dev.txt into .venv: a minute or two, once"
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

.venv/fuzz.stamp: requirements-fuzz.txt .venv/dev.stamp
	@echo "Installing the packages of requirements-fuzz.txt into .venv, once"
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-fuzz.txt
	touch $@

.venv/lock.stamp: requirements-lock.txt .venv/run.stamp
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-lock.txt
	touch $@

.venv/mutants.stamp: requirements-mutants.txt .venv/dev.stamp
	@echo "Installing the packages of requirements-mutants.txt into .venv, once"
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-mutants.txt
	touch $@
