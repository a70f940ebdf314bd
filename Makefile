# Everything is done by the folder setup/, which needs nothing but some Python 3.8 or newer.
PYTHON ?= python3
.DEFAULT_GOAL := help
.PHONY: help run setup test check bench lock clean

help:
	@echo 'make run     set up what is missing, then serve: http://127.0.0.1:8000'
	@echo 'make test    set up what is missing, then run every test, in the browser too'
	@echo 'make check   formatter, linter, types, docs against the code'
	@echo 'make bench   the benchmark against stock Rasa'
	@echo 'make setup   set up without serving'
	@echo 'make lock    resolve the pinned versions anew'
	@echo 'make clean   remove everything that was built; data in var/ stays'

run setup test check bench lock clean:
	@command -v $(PYTHON) >/dev/null || { echo 'make $@: there is no $(PYTHON) here: install Python 3.11 and 3.10, then run it again.' >&2; exit 1; }
	@exec $(PYTHON) -m setup $@
