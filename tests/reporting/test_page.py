"""The HTML report: it shows all numbers, escapes them, and needs no other file."""

import datetime

import numpy as np
import pytest

from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.config.presets import BASELINES, PRESETS
from keras_drnet.errors import InputError
from keras_drnet.reporting import commands
from keras_drnet.reporting import page as report_page
from keras_drnet.reporting.results import check_same_clips, read_results
from keras_drnet.visualization.frame_grid import write_png
from tests.support.html_page import Page
from tests.support.results import CLIPS, PROBES, metrics

DATE = datetime.date(2030, 2, 3)


def build_page(*runs):
    results = [read_results(run) for run in runs]
    check_same_clips(results)
    return report_page.build(results, {"decoder": 1234567}, DATE)


def test_every_number_is_on_the_page(make_run):
    page = Page(build_page(make_run("run", metrics=metrics(), probes=PROBES)))
    for number in (
        "24.00",  # PSNR at +1, with its interval, at +5 and +10; SSIM.
        "23.50 to 24.50",
        "23.60",
        "23.10",
        "0.800",
        "0.790 to 0.810",
        "0.00345",
        "68.1 %",
        "10.0 %",
        "91.2 %",
        "15.7 %",
        "0.934",
        "57.1 %",
        "98.7 %",
        "65.4 %",
        "32.1 %",
        "0.810",
        "0.930",
        "1,234,567",
        "2030-02-03",
        "64 held-out clips",
        "digit_1 (static)",
    ):
        assert number in page.text, number
    assert "+20" not in page.text  # There are 12 steps.
    for key in ("similarity_weight", "num_filters", "integer_velocity"):
        assert key in page.text  # The whole configuration.
    for program in ("train", "evaluate", "probe", "draw", "report"):
        assert f"python -m keras_drnet.{program} --run_dir=" in page.text
    assert "--num_clips=64 --num_future=12" in page.text


def test_the_best_of_a_column_is_bold(make_run):
    config = BASELINES["autoencoder_lstm"](PRESETS["tiny"]())
    ours = metrics()
    ours["prediction"]["drnet"]["psnr"][4] = 25.5
    theirs = metrics("autoencoder_lstm", 24.7)
    page = Page(
        build_page(
            make_run("run", metrics=ours),
            make_run("baseline", config, metrics=theirs),
        )
    )
    assert page.bold[:3] == ["25.50", "24.70", "23.80"]  # By row; +1, +5, +10.
    assert "Auto-encoder + LSTM" in page.text
    assert page.shown.count("Copy of the last frame") == 2  # Once a table.


def test_a_run_without_codes_has_its_digits_alone(make_run):
    config = BASELINES["mcnet"](PRESETS["tiny"]())
    digits = PROBES["digits"]
    run = make_run("run", metrics=metrics(), probes=PROBES)
    mcnet = make_run(
        "mcnet",
        config,
        metrics=metrics("mcnet"),
        probes={"digits": digits | {"num_clips": 512}},
    )
    page = Page(build_page(run, mcnet))
    assert "Digits: MCNet" in page.text
    caption = "Digits in predicted frames, as a classifier reads them"
    for count in (64, 512):
        assert page.text.count(f"{caption}, {count} held-out clips") == 1
    assert page.shown.count("45.6 %") == 2  # Of either run.
    without_count = {key: digits[key] for key in digits if key != "num_clips"}
    old = make_run("old", config, probes={"digits": without_count})
    assert f"{caption} Digits" in Page(build_page(old)).text
    assert "--num_digit_clips" not in Page(build_page(old)).text
    without = make_run("bare", config, metrics=metrics("mcnet"))
    command = f"To do it: {commands.probe(without.path)}"
    assert f"Not probed yet. {command}" in Page(build_page(without)).text
    kth = config.with_overrides(["data.dataset=kth"])
    nothing = make_run("kth", kth, metrics=metrics("mcnet"))
    assert commands.probe(nothing.path) not in Page(build_page(nothing)).text


def test_two_runs_of_one_method_are_told_apart(make_run):
    one, two = (make_run(name, metrics=metrics()) for name in ("one", "two"))
    assert "DrNet (two)" in Page(build_page(one, two)).text
    alike = [make_run(f"{parent}/two", metrics=metrics()) for parent in "ab"]
    text = Page(build_page(one, *alike)).text
    assert "DrNet (two)" in text and f"DrNet ({alike[1].path})" in text
    with pytest.raises(InputError, match=f"The run {two.path} is given twice"):
        build_page(one, two, two)


def test_the_page_needs_no_other_file_and_escapes_its_text(make_run, monkeypatch):
    name = "<script>alert('1&2')</script>"
    probes = PROBES | {"factors": {name: PROBES["factors"]["digit_1"]}}
    run = make_run("<b>&", metrics=metrics(), probes=probes)
    pictures = run.path / "figures"
    write_png(pictures / "analogy.png", np.zeros((8, 8, 3), np.uint8))
    (pictures / "analogy.mp4").write_bytes(b"video")
    text = build_page(run)
    page = Page(text)
    names = {name for name, _ in page.tags}
    assert not names & {"script", "link", "iframe", "object", "b"}
    for name_of_tag, attributes in page.tags:
        assert not any(key.startswith("on") for key in attributes)
        for key in ("src", "href", "poster", "srcset"):
            assert attributes.get(key, "data:").startswith("data:")
        if name_of_tag == "img":
            assert len(attributes["alt"]) > 10
    assert "http" not in text and "url(" not in text and "@import" not in text
    assert f"{name} (static)" in page.text
    videos = [a["src"] for tag, a in page.tags if tag == "video"]
    assert videos == ["data:video/mp4;base64,dmlkZW8="]
    monkeypatch.setattr(report_page, "MAX_VIDEO_BYTES", 4)
    page_of_large = Page(build_page(run))
    assert "video" not in {tag for tag, _ in page_of_large.tags}
    assert str(pictures / "analogy.mp4") in page_of_large.text
    scopes = [a.get("scope") for tag, a in page.tags if tag == "th"]
    assert set(scopes) == {"col", "row"}
    assert ("html", {"lang": "en"}) in page.tags


def test_what_is_missing_is_named_with_its_command(make_run):
    run = make_run("run")
    page = Page(build_page(run))
    for program in ("evaluate", "probe"):
        command = f"python -m keras_drnet.{program} --run_dir={run.path}"
        assert f"yet. To do it: {command}" in page.text
    draw = commands.draw(run.path, figure="analogy")
    assert f"There is no analogy figure yet. To do it: {draw}" in page.text
    other = make_run("other", metrics=metrics())
    text = Page(build_page(other, run)).text
    assert "DrNet (run) is not measured yet" in text
    assert f"--run_dir={run.path} --num_clips=64 --num_future=12" in text


def test_intervals_are_explained(make_run):
    digits = make_run("digits", metrics=metrics())
    assert "the same 64 held-out clips, 3 frames" in Page(build_page(digits)).text
    kth = PRESETS["tiny"]().with_overrides(["data.dataset=kth"])
    old = make_run("old", kth, metrics=metrics())
    assert "64 windows of held-out recordings" in Page(build_page(old)).text
    assert "too narrow where windows are of one recording" in Page(build_page(old)).text
    new = make_run("new", kth, metrics=metrics(clips=CLIPS | {"recordings": 27}))
    assert "64 windows of 27 held-out recordings" in Page(build_page(new)).text
    assert "too narrow" not in Page(build_page(new)).text


def test_a_run_of_the_package_shows_what_was_made_of_it_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    figure = tmp_path / "moving_mnist" / "figures" / "analogy.png"
    write_png(figure, np.zeros((2, 2, 3), np.uint8))
    page = Page(build_page(RunFolder("pretrained:moving_mnist")))
    assert "There is no analogy figure" not in page.text
    assert "keras_drnet.draw --run_dir=pretrained:moving_mnist" in page.text
    assert "keras_drnet.train --run_dir=pretrained" not in page.text
