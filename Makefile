# demo · test · test-unit · lint · bench · site: the commands a person types. Everything installs itself into .venv.
# wheel-test · wheel-newest · test-newest · test-python · test-published · test-chemprop · test-lowest: each in a fresh environment .venv-NAME of its own.

# PyTDC and DeepChem, the witnesses of the tests, exist for Python 3.11: it is taken where it is there.
first = $(shell for it in $(1); do $$it -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$it && break; done)
named = python$(1) $(wildcard $(HOME)/.pyenv/versions/$(1).*/bin/python$(1))
every = $(foreach it,$(1),$(call named,$(it))) python3
override PYTHON := $(call first,$(if $(PYTHON),$(if $(filter 3.%,$(PYTHON)),$(call named,$(PYTHON)),$(PYTHON)),\
	$(call every,3.11 3.12 3.13 3.14)))
NEWEST = $(call first,$(call every,3.14 3.13 3.12 3.11))
$(if $(PYTHON),,$(error no Python from 3.11 on is here: make PYTHON=/path/to/python))
BIN := .venv/bin
READY := .venv/.ready
DEMO := .venv/.demo
AXE := tests/browser/node_modules/.ready
, := ,
TORCH := $(shell grep '^torch==' constraints.txt)
CHEMPROP := $(shell grep '^chemprop==' constraints.txt)
# The exact versions are those of Python 3.11; others have the newest that they admit.
VERSIONS = $(shell $(PYTHON) -c 'import sys; print("--constraint constraints.txt" if sys.version_info < (3, 12) else "$(TORCH)")')
UNIT = -m pytest -n 2 --dist loadfile -m "not published and not slow and not browser$(1)"

.PHONY: demo test test-unit coverage lint bench reports site dist wheel-test wheel-newest test-newest test-python \
	test-published test-chemprop test-lowest clean
.DELETE_ON_ERROR:

demo: $(DEMO)  ## audit the embedded synthetic benchmark and leave demo/report.html
	$(BIN)/mtl-audit overlap synthetic --cache-dir demo/cache
	$(BIN)/mtl-audit analyze synthetic --dataset-option compounds=1200 --seeds 2 \
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

site: $(READY)  ## the documentation as web pages: site/index.html
	$(BIN)/python -m sphinx --quiet --fail-on-warning --keep-going -c docs . site

# An environment that sees nothing of the others: $(call fresh,NAME,WHAT PIP INSTALLS[,PYTHON]).
define fresh
	$(or $(3),$(PYTHON)) -m venv --clear .venv-$(1)
	.venv-$(1)/bin/python -m pip install --quiet --upgrade pip
	.venv-$(1)/bin/python -m pip install --quiet $(2)
endef
INSTALLED = MTL_AUDIT_INSTALLED=.venv-$(1)/bin/python $(BIN)/python -m pytest -q tests/installed_wheel.py

dist: $(READY)  ## the source distribution and the wheel
	rm -rf dist
	$(BIN)/python -m hatchling build
	$(BIN)/python -m twine check --strict dist/*

wheel-test: dist  ## the wheel without any extra, then with the one for training, with the versions of constraints.txt
	$(call fresh,wheel,--constraint constraints.txt pytest dist/*.whl)
	MTL_AUDIT_LIGHT=1 $(call INSTALLED,wheel)
	.venv-wheel/bin/python -m pip install --quiet --constraint constraints.txt "$$(echo dist/*.whl)[train]"
	$(call INSTALLED,wheel)

wheel-newest: dist  ## the wheel with all extras and the newest versions that they admit; only torch is held
	$(call fresh,wheel-newest,'$(TORCH)' pytest "$$(echo dist/*.whl)[all]")
	$(call INSTALLED,wheel-newest)

test-newest:  ## the unit shelf where no PyTDC holds numpy below 2, pandas below 3 and rdkit at 2023
	$(call fresh,newest,'$(TORCH)' --editable '.[train$(,)chembl$(,)chembl-structure$(,)excel$(,)distributed$(,)dev]')
	.venv-newest/bin/python $(call UNIT, and not extras)

test-python:  ## the unit and the published shelf on another Python, with the newest versions: make test-python PYTHON=3.13
	$(call fresh,python,'$(TORCH)' --editable '.[train$(,)chembl$(,)chembl-structure$(,)excel$(,)distributed$(,)dev]')
	.venv-python/bin/python -m pytest -n 2 --dist loadfile -m "not slow and not browser and not extras"

test-published:  ## the published files on the newest Python that is there, without torch, PyTDC and DeepChem
	$(call fresh,published,pytest pytest-timeout pytest-xdist hypothesis --editable .,$(NEWEST))
	OMP_NUM_THREADS=1 .venv-published/bin/python -m pytest -n 2 --dist loadfile -m "published and not extras" \
		$(addprefix tests/plugins/test_,tdc.py moleculenet.py qm9.py sider.py tox21adme.py) \
		tests/docs/test_published_figures.py tests/test_golden.py

test-chemprop:  ## the encoder chemprop, beside the RDKit that chemprop wants
	$(call fresh,chemprop,'$(TORCH)' '$(CHEMPROP)' pytest pytest-timeout hypothesis --editable '.[chemprop]')
	OMP_NUM_THREADS=1 .venv-chemprop/bin/python -m pytest tests/plugins/chemprop_installed.py

test-lowest:  ## the unit shelf with the lowest versions that pyproject.toml states
	$(call fresh,lowest,--constraint lower-bounds.txt --editable '.[all$(,)dev]')
	.venv-lowest/bin/python $(call UNIT)

clean:
	rm -rf .venv .venv-* demo dist site .coverage .coverage.*

$(DEMO): pyproject.toml constraints.txt
	@echo "Installing mtl-audit and torch into .venv with $(PYTHON): some minutes the first time."
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install $(VERSIONS) --editable '.[train]' --progress-bar on | grep -v '^Requirement already'
	touch $(DEMO)

$(READY): pyproject.toml constraints.txt
	@echo "Installing everything into .venv with $(PYTHON): some minutes the first time."
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet $(VERSIONS) --editable '.[all,dev]'
	touch $(READY) $(DEMO)

$(AXE): tests/browser/package-lock.json
	npm ci --prefix tests/browser --no-audit --no-fund
	touch $(AXE)
