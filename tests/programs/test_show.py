"""`show`: presets, packaged runs, and one run, in words and in the browser."""

import contextlib
import os
import signal
import subprocess
import sys
import urllib.request

import pytest

from keras_drnet import pretrained
from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.config.presets import PRESETS
from keras_drnet.processes.child import python_environment
from tests.support.networks import lively_networks, save_run
from tests.support.paths import ROOT
from tests.support.processes import run, wait_for


def test_presets_and_packaged_runs_are_listed():
    text = run("show").stdout
    for name in (*PRESETS, *pretrained.names()):
        assert f"\n  {name}" in text


def test_a_preset_is_described_with_what_it_changes():
    text = run("show", "--preset=tiny").stdout
    assert text.startswith(PRESETS["tiny"].__doc__.partition("\n")[0])
    assert "\n  data.image_size=32\n" in text
    assert "data.frame_rate" not in text


def test_a_run_is_described_with_the_steps_of_its_stages(tmp_path, tiny):
    new = RunFolder(tmp_path / "new")
    new.create(tiny.with_overrides(["pose.learning_rate=0.5"]))
    text = run("show", f"--run_dir={new.path}").stdout
    assert "drnet on moving_mnist." in text
    assert "stage drnet: step 0 of 12, 0 minutes" in text
    assert "\n  pose.learning_rate=0.5\n" in text


def test_two_subjects_at_once_are_refused():
    done = run("show", "--preset=tiny", "--run_dir=x")
    assert done.returncode == 2 and "expected one of them" in done.stderr


def test_a_browser_needs_a_run():
    done = run("show", "--browser")
    assert done.returncode == 2 and "give it as --run_dir" in done.stderr


# `show` with a page that stands in for the one that `make web` builds.
SHOW = """\
import pathlib, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # Shells may ignore it.
from keras_drnet.reporting import demo_server
demo_server.PAGE = pathlib.Path(sys.argv.pop(1))
from keras_drnet import show
show.entry_point()
"""


@pytest.fixture
def page(tmp_path):
    page = tmp_path / "page"
    page.mkdir()
    (page / "index.html").write_text("the page")
    return page


@contextlib.contextmanager
def show(page, run_dir, tmp_path):
    """Starts `show --browser`; what it opens is written to the file `opened`."""
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {tmp_path / "opened"}\n')
    browser.chmod(0o755)
    with subprocess.Popen(
        [sys.executable, "-c", SHOW, page, f"--run_dir={run_dir}", "--browser"],
        cwd=ROOT,
        env=python_environment(BROWSER=f"{browser} %s"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def fetch(process):
    line = process.stdout.readline()
    while "is shown at" not in line:
        assert line, process.communicate()[1]
        line = process.stdout.readline()
    address = line.split("shown at ")[1].split()[0]
    opened = [
        urllib.request.urlopen(address + name, timeout=30).read().decode()
        for name in ("", "bundles/index.json", "bundles/mine/signatures.json")
    ]
    return address, opened


def test_a_run_is_shown_in_the_browser_until_ctrl_c(page, tmp_path, tiny):
    mine = RunFolder(tmp_path / "mine")
    mine.create(tiny)
    bundle = mine.path / "bundle"
    bundle.mkdir()
    for name in ("manifest.json", "signatures.json", "drnet.tflite"):
        (bundle / name).write_text(name)
    with show(page, mine.path, tmp_path) as process:
        address, texts = fetch(process)
        wait_for(process, tmp_path / "opened")
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=60)
    assert texts == ["the page", '{"bundles": ["mine"]}', "signatures.json"]
    assert (tmp_path / "opened").read_text() == address
    assert process.returncode == 0, errors
    assert rest == "Stopped.\n" and "Traceback" not in errors


def test_a_run_that_cannot_be_exported_is_reported(page, tmp_path, tiny):
    new = RunFolder(tmp_path / "mine")
    new.create(tiny)
    with show(page, new.path, tmp_path) as process:
        _, errors = process.communicate(timeout=600)
    assert process.returncode == 2
    assert "no checkpoint of stage" in errors and "was not exported" in errors


@pytest.mark.slow
def test_a_run_without_a_bundle_is_exported_once_and_anew_when_it_has_changed(
    page, tmp_path, tiny
):
    mine = save_run(tmp_path / "mine", tiny, lively_networks(tiny))
    own = mine.path / "browser_bundle"
    made = []
    for _ in range(3):
        with show(page, mine.path, tmp_path) as process:
            assert '"name": "mine"' in fetch(process)[1][2]
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
        made.append((own / "manifest.json").stat().st_mtime_ns)
        if len(made) == 2:  # As if a later checkpoint had come.
            for checkpoint in mine.path.glob("*/step_*"):
                os.utime(checkpoint)
    assert made[0] == made[1] < made[2]
