"""Processes on this machine that train together, as TF_CONFIG tells them."""

import json
import os
import socket
import subprocess
import sys

from tests.support.paths import ROOT


def start_workers(*words, number=2):
    """Starts `python words...` once for each worker; returns the processes."""
    ports = free_ports(number)
    cluster = {"worker": [f"127.0.0.1:{port}" for port in ports]}
    workers = []
    for index in range(number):
        config = {"cluster": cluster, "task": {"type": "worker", "index": index}}
        workers.append(
            subprocess.Popen(
                [sys.executable, *map(str, words)],
                cwd=ROOT,
                env=os.environ | {"TF_CONFIG": json.dumps(config)},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    return workers


def free_ports(number):
    """Returns ports that were free a moment ago."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def wait_for_workers(workers, timeout=600):
    """Returns `(exit status, errors)` of each."""
    try:
        errors = [worker.communicate(timeout=timeout)[1] for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
    return list(zip([w.returncode for w in workers], errors, strict=True))
