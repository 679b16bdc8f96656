# Everything a person types. Needs Python 3.11 or newer with pip and venv, and make.
PYTHON ?= python3
ARGS ?=
VENV := .venv
RUN := $(VENV)/bin/python
STAMP := $(VENV)/.installed
LOCK := requirements/dev.lock
SOURCES := manage.py portal procedures dossiers counters payments tests

.PHONY: setup demo test check bench storm stop clean help

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' $(MAKEFILE_LIST)

setup: $(STAMP)  ## the virtual environment with the locked packages

$(STAMP): $(LOCK) Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 or newer is needed: install it, then run 'make $(MAKECMDGOALS) PYTHON=python3.11'."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || [ -x $(RUN) ] || \
	  { echo "Python's venv module is missing: run 'apt-get install python3-venv', then 'make $(MAKECMDGOALS)' again."; exit 1; }
	@hash=$$($(PYTHON) -c 'import hashlib,sys; print(hashlib.sha256(open("$(LOCK)","rb").read()).hexdigest())'); \
	if [ "$$(cat $(STAMP) 2>/dev/null)" != "$$hash" ] || [ ! -x $(RUN) ]; then \
	  echo "Installing the locked packages into $(VENV) (half a minute) …"; \
	  [ -x $(RUN) ] || $(PYTHON) -m venv $(VENV) && \
	  $(RUN) -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r $(LOCK) && \
	  $(RUN) -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "motcua.pth").write_text(str(pathlib.Path.cwd()) + "\n")' && \
	  echo "$$hash" > $(STAMP) || { echo "The packages could not be installed: see pip's message above."; exit 1; }; \
	else touch $(STAMP); fi

demo: $(STAMP)  ## everything up, the main job run and shown; ARGS="--once" stops after it
	@$(RUN) manage.py demo $(ARGS)

test: $(STAMP)  ## the whole test suite; ARGS="tests/dossiers -k accept" for a part
	@$(RUN) -m pytest -n 2 --dist loadgroup $(ARGS)

check: $(STAMP)  ## lint, types, architecture, migrations, deployment settings, competence on a sample of communes
	@$(RUN) -m portal.devtools.checks $(ARGS)

bench: $(STAMP)  ## benchmarks with their ratios
	@$(RUN) -m tests.benchmarks $(ARGS)

storm: $(STAMP)  ## kill processes at random under load and count what was lost
	@$(RUN) -m tests.storm $(ARGS)

stop: $(STAMP)  ## stop the embedded PostgreSQL and Valkey
	@$(RUN) -m portal.devtools.services stop
	@MOTCUA_FLAVOUR=test $(RUN) -m portal.devtools.services stop
