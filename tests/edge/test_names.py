"""Names that do not exist, and name servers that fail: a real resolver and a real name server, in a namespace."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from archiver.model import Outcome

SCRIPT = Path(__file__).with_name("name_server.py")

needs_namespaces = pytest.mark.skipif(
    not (sys.platform == "linux" and os.geteuid() == 0 and shutil.which("unshare")) and not os.environ.get("CI"),
    reason="needs Linux, root and unshare, to give a process a network and a resolv.conf of its own",
)


@needs_namespaces
def test_each_failure_to_look_up_has_its_reason() -> None:
    """NXDOMAIN is strong evidence, SERVFAIL and silence are slow; a name may resolve to a private address."""
    command = ["unshare", "--net", "--mount", sys.executable, str(SCRIPT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "http://nxdomain.test/": [Outcome.UNREACHABLE, "dns_nxdomain"],
        "http://servfail.test/": [Outcome.UNREACHABLE, "dns_failure"],
        "http://silence.test/": [Outcome.UNREACHABLE, "dns_failure"],
        "http://nothing.test/": [Outcome.UNREACHABLE, "dns_failure"],
        "http://private.test/": [Outcome.SKIPPED, "private_address"],
        "http://a..b.test/": [Outcome.UNREACHABLE, "dns_nxdomain"],
    }
