"""Benchmarks against stock Rasa, one table in one run: `make bench`."""
