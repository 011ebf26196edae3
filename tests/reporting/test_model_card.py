"""The card of a shared run: a header that the Hub reads, and the run's own numbers."""

import json
import re

import pytest
import yaml

from keras_drnet import pretrained
from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.config.presets import BASELINES, PRESETS
from keras_drnet.reporting.model_card import Card, build
from keras_drnet.reporting.results import read_results
from tests.support.networks import lively_networks, save_run
from tests.support.processes import run
from tests.support.results import PROBES, metrics

ADDRESS = "hf://us/tiny"


def read(text):
    """Returns the header of a card, its body, and the cells of its tables."""
    _, header, body = text.split("---\n", 2)
    lines = [line.strip("| ").split(" | ") for line in body.splitlines()]
    return yaml.safe_load(header), body, {row[0]: row[1:] for row in lines}


def check_numbers(text, measured):
    """Checks that the numbers of a card are those of `metrics.json`."""
    _, _, rows = read(text)
    names = {"copy_last_frame": "Copy of the last frame", measured["method"]: "DrNet"}
    steps = [int(head.removeprefix("+")) for head in rows["Method"]]
    assert steps == [
        s for s in (1, 5, 10, 20, 50) if s <= measured["clips"]["num_future"]
    ]
    for key, name in names.items():
        curves = measured["prediction"][key]
        found = [cell.replace("**", "").split(" / ") for cell in rows[name]]
        assert found == [
            [f"{curves['psnr'][s - 1]:.2f}", f"{curves['ssim'][s - 1]:.3f}"]
            for s in steps
        ]


def test_a_card_has_what_the_hub_reads_and_the_numbers_of_the_files(make_run):
    measured = metrics(digits=PROBES["digits"])
    results = read_results(make_run("tiny", metrics=measured, probes=PROBES))
    card = Card(ADDRESS, "cc-by-4.0", "Free: ask them.", "the digits")
    text = build(results, card)
    header, body, rows = read(text)
    assert header == {
        "license": "cc-by-4.0",
        "library_name": "keras",
        "tags": ["video-prediction", "drnet", "keras_drnet", "disentanglement"],
    }
    check_numbers(text, measured)
    assert rows["DrNet"][0] == "**24.00** / **0.800**"
    assert rows["digit_1 (static)"] == [
        "10.0 %",
        "91.2 %",
        "93.4 %",
        "11.3 %",
        "15.7 %",
    ]
    assert rows["of these, in the predicted frame"] == ["45.6 %", "32.1 %"]
    assert "**Terms of the data**: Free: ask them." in body
    assert "All methods on the same 64 held-out clips" in body and "95 %" not in body
    assert f'keras_drnet.load("{ADDRESS}")' in body
    for command in (
        "train --run_dir=runs/tiny --preset=tiny --data_dir='the digits'",
        f"evaluate --run_dir={ADDRESS} --num_clips=64 --num_future=12 --data_dir='the",
        f"probe --run_dir={ADDRESS} --num_digit_clips=64 --data_dir='the digits'",
    ):
        assert f"\npython -m keras_drnet.{command}" in body
    assert len(text.splitlines()) < 90


@pytest.mark.parametrize("baseline", [None, *BASELINES])
def test_a_card_without_results_says_what_was_trained(make_run, baseline):
    config = PRESETS["tiny"]()
    config = BASELINES[baseline](config) if baseline else config
    header, body, rows = read(build(read_results(make_run("a", config)), Card(ADDRESS)))
    assert "license" not in header and config.method_name in header["tags"]
    assert ("disentanglement" in header["tags"]) == (baseline is None)
    assert "## Results" not in body and "Method" not in rows
    assert "frames of 32x32 with 3 channels, 3 of them observed" in body
    assert "not stated here" in body and "\n\n\n" not in body


def test_a_header_holds_any_text(make_run):
    odd = "x: [1, 2]\ntags: {a: b} # no\n---"
    text = build(read_results(make_run("a")), Card(ADDRESS, license=odd))
    assert yaml.safe_load(text[4 : text.index("\nlibrary_name")])["license"] == odd


def test_release_writes_the_card_and_says_how_to_upload(tiny, tmp_path):
    folder = "/home/somebody/private/digits"
    config = tiny.with_overrides([f"data.data_dir={folder}"])
    own = save_run(tmp_path / "tiny", config, lively_networks(config))
    (own.path / "evaluation").mkdir()
    (own.path / "evaluation" / "metrics.json").write_text(json.dumps(metrics()))
    flags = [f"--run_dir={own.path}", f"--output_dir={tmp_path / 'my copy'}"]
    done = run("release", *flags, f"--share_as={ADDRESS}", "--license=mit")
    assert done.returncode == 0, done.stderr
    assert f"hf upload us/tiny '{tmp_path / 'my copy'}'\n" in done.stdout
    text = (tmp_path / "my copy" / "README.md").read_text()
    check_numbers(text, metrics())
    assert "--data_dir=digits" in text and "somebody" not in text
    assert "stage drnet, 1 steps" in text and read(text)[0]["license"] == "mit"


def test_release_leaves_nothing_behind_where_results_are_damaged(tiny, tmp_path):
    own = save_run(tmp_path / "tiny", tiny, lively_networks(tiny))
    flags = [f"--run_dir={own.path}", f"--output_dir={tmp_path / 'copy'}"]
    refused = run("release", *flags, "--share_as=us/tiny")
    assert refused.returncode == 2 and "expected hf://owner/name" in refused.stderr
    (own.path / "evaluation").mkdir()
    (own.path / "evaluation" / "metrics.json").write_text("{}")
    done = run("release", *flags)
    assert done.returncode == 2 and "metrics.json cannot be used" in done.stderr
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize("name", pretrained.names())
def test_the_card_of_a_packaged_run_has_its_numbers(name):
    packaged = RunFolder(f"{pretrained.PREFIX}{name}")
    text = (packaged.path / "README.md").read_text()
    check_numbers(
        text, json.loads((packaged.path / "evaluation/metrics.json").read_text())
    )
    terms = text.partition("**Terms of the data**: ")[2].partition("\n")[0]
    data_dir = re.search(r"--data_dir=(\S+)", text)[1]
    card = Card(packaged.argument, data_terms=terms, data_dir=data_dir)
    # Else write it again: release --run_dir and --share_as=pretrained:<name>.
    assert build(read_results(packaged), card) == text
