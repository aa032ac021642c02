# photochrom's commands. Bare `make` lists them.

VENV   := .venv
BIN    := $(VENV)/bin
PYTHON ?= $(or $(shell command -v python3.11 2>/dev/null),python3)

# Extras of setup.cfg that each environment gets.
DEMO_EXTRAS := cpu,demo
FULL_EXTRAS := cpu,train,export,demo,test

# An install is done when its stamp is newer than what it was made from.
DEMO_STAMP := $(VENV)/.demo-installed
FULL_STAMP := $(VENV)/.full-installed

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-cluster test-gimp test-gpu setup setup-system lint format soak train reproduce translations screenshots \
    bundle wheel fuzz man sbom lock setup-locked \
    clean distclean

help:  ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(DEMO_STAMP)  ## Set up what colorizing needs and colorize real photographs into demo/
	$(BIN)/photochrom demo

# Most tests keep one core busy. Neighbours stay together, so that fixtures of a file are made once.
WORKERS ?= 2

test: lint  ## Set up everything, then run the linters, the type checker and the tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --reruns 1 -raR

# Where a Debian tree with GIMP 3 is kept: 670 MB, made once in about a minute.
GIMP_ROOT ?= /var/cache/photochrom/gimp-root

test-cluster: $(FULL_STAMP)  ## Test batches on a Ray cluster of two nodes on this machine (as root, on Linux)
	$(BIN)/python -m pytest -m cluster tests/cli/test_batch_cluster.py

test-gimp: $(FULL_STAMP)  ## Test the plug-in in the real GIMP 3 (as root, on Debian or Ubuntu)
	tests/gimp/make-root.sh $(GIMP_ROOT)
	PHOTOCHROM_GIMP_ROOT=$(GIMP_ROOT) $(BIN)/python -m pytest -m gimp --reruns 1 tests/gimp

DEVICE ?= cuda

test-gpu: $(FULL_STAMP)  ## Test a GPU and measure it: make test-gpu [DEVICE=cuda]; docs/gpu.md says what it needs
	PHOTOCHROM_TEST_DEVICE=$(DEVICE) $(BIN)/python -m pytest -m gpu tests/gpu
	$(BIN)/python benchmarks/gpu.py --device $(DEVICE) --json docs/gpu-$(DEVICE).json --plot docs/gpu-$(DEVICE).png

setup: $(FULL_STAMP)  ## Set up everything for development in .venv

setup-locked: | $(BIN)/python  ## Install the packages that supply/ci.txt pins, by their hashes
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r supply/ci.txt

# What Qt's wheel needs of a system without a desktop; a font, so that words are seen; a screen; a
# compiler for faults of disks; networks for a cluster's nodes.
SYSTEM := fonts-dejavu-core gcc iproute2 libc6-dev libdbus-1-3 libegl1 libfontconfig1 libgl1 \
    libglib2.0-0 libxkbcommon0 \
    libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 \
    libxcb-shape0 libxcb-xinerama0 libxkbcommon-x11-0 openbox xdotool xvfb
SUDO   := $(shell test "$$(id -u)" = 0 || echo sudo)

setup-system:  ## Install the system packages that tests need (Debian, Ubuntu)
	dpkg -s $(SYSTEM) >/dev/null 2>&1 || { $(SUDO) apt-get update && \
	    $(SUDO) apt-get install -y --no-install-recommends $(SYSTEM); }

lint: $(FULL_STAMP)  ## Check style, formatting, types and import contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint container/Dockerfile
	$(BIN)/python docs/man/make.py --check || { echo "make man, and commit docs/man/photochrom.1"; exit 1; }

soak: $(FULL_STAMP)  ## Kill and break work at random and at every step; 10,000 pictures, a film of an hour
	PHOTOCHROM_KILLS=50 $(BIN)/python -m pytest tests/cli/test_kill.py -k killed_at_a_random
	PHOTOCHROM_FILM_KILLS=200 $(BIN)/python -m pytest tests/cli/test_video.py -k killed_at_a_random
	PHOTOCHROM_PICTURES=10000 PHOTOCHROM_BATCH_KILLS=100 $(BIN)/python -m pytest tests/cli/test_batch_soak.py
	PHOTOCHROM_FAULTS=1000 $(BIN)/python -m pytest tests/runtime/batch/test_durability.py
	$(BIN)/python benchmarks/batch.py --pictures 10000 --rounds 1
	PHOTOCHROM_HOUR=1 $(BIN)/python -m pytest tests/cli/test_video_hour.py

man: $(FULL_STAMP)  ## Write the manual page from the command line's help
	$(BIN)/python docs/man/make.py

sbom: wheel $(FULL_STAMP)  ## Write dist/photochrom.cdx.json: what a release is made of (CycloneDX)
	rm -rf build/sbom && $(PYTHON) -m venv build/sbom
	build/sbom/bin/python -m pip install --quiet "$$(ls dist/photochrom-*.whl)[cpu,desktop,heif,jp2,raw]"
	build/sbom/bin/python -m pip uninstall --quiet --yes pip setuptools
	$(BIN)/cyclonedx-py environment --output-reproducible --of JSON \
	    -o dist/photochrom.cdx.json build/sbom/bin/python

lock: $(FULL_STAMP)  ## Write supply/ci.txt anew: every package of the tests with its version and hash
	$(BIN)/python supply/lock.py '.[$(FULL_EXTRAS)]' > supply/ci.txt.new
	mv supply/ci.txt.new supply/ci.txt

SECONDS ?= 3600

fuzz: $(FULL_STAMP)  ## Feed mutated files and messages to all parsers: make fuzz [SECONDS=3600]
	PYTHONPATH=tests $(BIN)/python -m fuzzing.campaign --seconds $(SECONDS)

format: $(FULL_STAMP)  ## Format the code and apply the linter's safe fixes
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

train: ARGS ?= --help
train: $(FULL_STAMP)  ## Train a generator: make train ARGS="..." (bare: photochrom-train's help)
	$(BIN)/photochrom-train $(ARGS)

# The method's own protocol: both training sets in both colour spaces, all else alike, judged on
# ImageNet's first 5,000 validation pictures. FID needs INCEPTION; KID is printed without it.
CONFIG     ?= coco8k
REPRODUCED ?= reproduced
RUNS       := coco-lab coco-luv imagenet-lab imagenet-luv

reproduce: $(FULL_STAMP)  ## Train and judge as the method does: make reproduce COCO=folder IMAGENET=folder [INCEPTION=file]
	@test -d "$(COCO)" && test -d "$(IMAGENET)" || { \
	    echo "Give both sets: make reproduce COCO=folder IMAGENET=folder [INCEPTION=file]"; exit 2; }
	$(call judged,coco-lab,$(COCO),coco-stuff,lab)
	$(call judged,coco-luv,$(COCO),coco-stuff,luv)
	$(call judged,imagenet-lab,$(IMAGENET),imagenet,lab)
	$(call judged,imagenet-luv,$(IMAGENET),imagenet,luv)
	$(BIN)/photochrom-train compare models $(RUNS:%=$(REPRODUCED)/%/evaluation) -o $(REPRODUCED)/comparison

# $(call judged,RUN,FOLDER,LAYOUT,SPACE): a run that was stopped goes on.
define judged
$(BIN)/photochrom-train train "$(2)" -o $(REPRODUCED)/$(1) --config $(CONFIG) \
    --set 'data.layout="$(3)"' --set 'color_space="$(4)"'
$(BIN)/photochrom-train evaluate $(REPRODUCED)/$(1)/last.pt "$(IMAGENET)" --layout imagenet --points 0 \
    $(if $(INCEPTION),--inception "$(INCEPTION)") -o $(REPRODUCED)/$(1)/evaluation
endef

WORDS := desktop/translations

translations: $(FULL_STAMP)  ## Bring the window's words into desktop/translations, and those into the package
	$(BIN)/pyside6-lupdate $$(find desktop -name '*.py' | sort) -no-obsolete -locations none \
	    -ts $(WORDS)/de.ts $(WORDS)/es.ts
	for one in de es; do \
	    $(BIN)/pyside6-lrelease $(WORDS)/$$one.ts -qm desktop/photochrom_desktop/i18n/$$one.qm || exit; done

screenshots: $(FULL_STAMP)  ## Take screenshots of the window into build/screenshots
	$(BIN)/python desktop/screenshots.py build/screenshots

BUNDLE ?= dist

bundle: $(FULL_STAMP)  ## Build a folder that needs no Python: dist/photochrom
	$(BIN)/pyinstaller --noconfirm --log-level ERROR --distpath "$(BUNDLE)" \
	    --workpath build/bundle desktop/bundle/photochrom.spec

wheel: $(BIN)/python  ## Build the wheel into dist/
	rm -rf build  # setuptools would pack files that were removed since the last build
	$(BIN)/python -m pip wheel --no-deps --wheel-dir dist .

clean:  ## Remove builds, caches and the demo's pictures
	rm -rf build dist demo runtime/*.egg-info *.egg-info
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -path ./$(VENV) -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean  ## Remove the environment .venv too
	rm -rf $(VENV)

$(BIN)/python:
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	    echo "No environment: Python 3.11 with its venv module is needed (Debian: apt install python3-venv)."; \
	    exit 1; }

$(DEMO_STAMP): setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --editable '.[$(DEMO_EXTRAS)]'
	touch $@

$(FULL_STAMP): setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --editable '.[$(FULL_EXTRAS)]'
	touch $@ $(DEMO_STAMP)
