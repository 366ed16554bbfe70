"""A command's cost is that of all its processes."""

from __future__ import annotations

import sys

import pytest

from bench.measure import BenchError, measure

CHILD = "a = bytearray(60_000_000); import time; time.sleep(0.4)"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}], check=True)"
BUSY = "import time\nwhile time.process_time() < 0.3: pass"


@pytest.mark.parametrize("program", [CHILD, PARENT], ids=["its own", "a child's"])
def test_memory_is_that_of_all_its_processes(program: str) -> None:
    assert measure([sys.executable, "-c", program]).peak_mb > 60


def test_processor_time_is_that_of_its_children_too() -> None:
    words = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}], check=True)"
    cost = measure([sys.executable, "-c", words])
    assert cost.cpu_s >= 0.3
    assert cost.wall_s >= 0.3


def test_a_command_that_fails_is_no_result() -> None:
    with pytest.raises(BenchError, match=r"ended with 3: .*trouble"):
        measure([sys.executable, "-c", "import sys; sys.stderr.write('trouble'); sys.exit(3)"])


def test_a_code_may_be_fine() -> None:
    assert measure([sys.executable, "-c", "raise SystemExit(1)"], codes=(0, 1)).wall_s > 0


def test_the_environment_may_be_told() -> None:
    words = "import os; assert os.environ['BENCH'] == 'x' and 'PATH' in os.environ"
    assert measure([sys.executable, "-c", words], environment={"BENCH": "x"}).wall_s > 0
