"""Parsers of files from outside: whatever a file holds, it is read or refused.

`make fuzz` runs the same for long. A file that brought down a parser is kept in
`corpus/<parser>/`, and tried first from then on.
"""

import os
import pathlib
import signal
import tempfile

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS

CORPUS = pathlib.Path(__file__).with_name("corpus")
KEPT = sorted(CORPUS.glob("*/*"))
MOST_SECONDS = 60  # For a file of a few kilobytes: more is a parser that hangs.


def check(name, content):
    """Fails if a parser neither reads nor refuses a file."""
    target = TARGETS[name]

    def hang(*_):
        raise AssertionError(f"{name} hangs")

    before = signal.signal(signal.SIGALRM, hang)
    signal.alarm(MOST_SECONDS)
    try:
        with tempfile.TemporaryDirectory() as folder:
            target.parse(pathlib.Path(folder), content)
    except Exception as error:
        if type(error) not in target.refused:
            raise
        assert str(error)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("name", TARGETS)
def test_a_valid_file_is_read(name, tmp_path):
    TARGETS[name].parse(tmp_path, TARGETS[name].valid)


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.name)
def test_what_brought_down_a_parser_no_longer_does(path):
    check(path.parent.name, path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
@settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", 100)),
    derandomize="FUZZ_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_a_changed_file_is_read_or_refused(name, data):
    content = data.draw(TARGETS[name].change(TARGETS[name].valid))
    try:
        check(name, content)
    except Exception:
        # Hypothesis ends with the shortest such file.
        path = pathlib.Path(tempfile.gettempdir(), f"{name}.fuzz")
        path.write_bytes(content)
        note(f"Its bytes are in {path}.")
        raise
