"""Many command lines of a program in one process: TensorFlow takes seconds to start."""

import json
import subprocess
import sys

from tests.support.paths import ROOT

SCRIPT = """
import contextlib, importlib, io, json, sys
from absl import flags
program = importlib.import_module(sys.argv[1])
for arguments in json.load(sys.stdin):
    sys.argv = ["program", *arguments]
    error, code = io.StringIO(), 0
    with contextlib.redirect_stderr(error):
        try:
            program.entry_point()
        except SystemExit as end:
            code = end.code
    print(json.dumps([code, error.getvalue()]))
    flags.FLAGS.unparse_flags()
"""


def try_command_lines(module, command_lines):
    """Runs a program with each list of flags; returns exit codes and error messages."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, module],
        input=json.dumps(command_lines),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
