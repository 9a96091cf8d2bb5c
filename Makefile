# demo · test · test-unit · lint · bench: the commands a person types. Everything installs itself into .venv.
# wheel-test · wheel-newest · test-newest · test-lowest: each in a fresh environment .venv-NAME of its own.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := .venv/.ready
AXE := tests/browser/node_modules/.ready
, := ,
TORCH := $(shell grep '^torch==' constraints.txt)
UNIT = -m pytest -n 2 --dist loadfile -m "not published and not slow and not browser$(1)"

.PHONY: demo test test-unit coverage lint bench reports dist wheel-test wheel-newest test-newest test-lowest clean
.DELETE_ON_ERROR:

demo: $(READY)  ## audit the embedded synthetic benchmark and leave demo/report.html
	$(BIN)/mtl-audit overlap synthetic --cache-dir demo/cache
	$(BIN)/mtl-audit analyze synthetic --dataset-option compounds=1200 --repeats 3 \
		--cache-dir demo/cache --output demo --force
	@echo "Open demo/report.html in a browser."

test: $(READY) $(AXE)  ## all shelves; the published shelf runs where MTL_AUDIT_MIRROR or ../shared/data is found
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-unit: $(READY)  ## the unit shelf: seconds, no data, no network
	$(BIN)/python $(call UNIT)

coverage: $(READY)  ## which lines the unit shelf runs, in its child processes too
	$(BIN)/coverage erase
	$(BIN)/coverage run $(call UNIT)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)
	$(BIN)/python -m benchmarks

reports: $(READY)  ## audit the published benchmarks again into reports/
	$(BIN)/python reports/build.py

# An environment that sees nothing of the others: $(call fresh,NAME,WHAT PIP INSTALLS).
define fresh
	$(PYTHON) -m venv --clear .venv-$(1)
	.venv-$(1)/bin/python -m pip install --quiet --upgrade pip
	.venv-$(1)/bin/python -m pip install --quiet $(2)
endef
INSTALLED = MTL_AUDIT_INSTALLED=.venv-$(1)/bin/python $(BIN)/python -m pytest -q tests/installed_wheel.py

dist: $(READY)  ## the source distribution and the wheel
	rm -rf dist
	$(BIN)/python -m hatchling build

wheel-test: dist  ## the wheel without any extra, with the versions of constraints.txt
	$(call fresh,wheel,--constraint constraints.txt pytest dist/*.whl)
	$(call INSTALLED,wheel)

wheel-newest: dist  ## the wheel with all extras and the newest versions that they admit; only torch is held
	$(call fresh,wheel-newest,'$(TORCH)' pytest "$$(echo dist/*.whl)[all]")
	$(call INSTALLED,wheel-newest)

test-newest:  ## the unit shelf where no PyTDC holds numpy below 2, pandas below 3 and rdkit at 2023
	$(call fresh,newest,'$(TORCH)' --editable '.[chembl$(,)excel$(,)distributed$(,)dev]')
	.venv-newest/bin/python $(call UNIT, and not extras)

test-lowest:  ## the unit shelf with the lowest versions that pyproject.toml states
	$(call fresh,lowest,--constraint lower-bounds.txt --editable '.[all$(,)dev]')
	.venv-lowest/bin/python $(call UNIT)

clean:
	rm -rf .venv .venv-* demo dist .coverage .coverage.*

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[all,dev]'
	touch $(READY)

$(AXE): tests/browser/package-lock.json
	npm ci --prefix tests/browser --no-audit --no-fund
	touch $(AXE)
