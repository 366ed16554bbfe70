"""Benchmarks: archiver beside its peers, in turn, on one machine. `python -m bench` writes bench/RESULTS.md."""
