"""Runs pytest as Bazel's tests are run: with a report, and no traces in the tree."""

import os
import sys

import pytest

if __name__ == "__main__":
    report = f"--junitxml={os.environ['XML_OUTPUT_FILE']}"
    sys.exit(pytest.main(["-p", "no:cacheprovider", report, *sys.argv[1:]]))
