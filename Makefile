# demo · test · test-unit · lint · bench: the commands a person types. Everything installs itself into .venv.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := .venv/.ready

.PHONY: demo test test-unit lint bench reports clean
.DELETE_ON_ERROR:

demo: $(READY)  ## audit the embedded synthetic benchmark and leave demo/report.html
	$(BIN)/mtl-audit overlap synthetic --cache-dir demo/cache
	$(BIN)/mtl-audit analyze synthetic --dataset-option compounds=1200 --repeats 3 \
		--cache-dir demo/cache --output demo --force
	@echo "Open demo/report.html in a browser."

test: $(READY)  ## all shelves; the published shelf runs where MTL_AUDIT_MIRROR or ../shared/data is found
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-unit: $(READY)  ## the unit shelf: seconds, no data, no network
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not published and not slow"

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(READY)
	$(BIN)/python -m benchmarks

reports: $(READY)  ## audit the published benchmarks again into reports/
	$(BIN)/python reports/build.py

clean:
	rm -rf .venv demo dist

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[all,dev]'
	touch $(READY)
