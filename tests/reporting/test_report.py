"""The report: every number of the files is on it, and nothing comes from outside."""

import datetime
import html.parser
import json
import subprocess
import sys

import numpy as np
import pytest

from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.config.presets import BASELINES, PRESETS
from keras_drnet.errors import InputError
from keras_drnet.reporting import commands, markdown
from keras_drnet.reporting import page as report_page
from keras_drnet.reporting.results import check_same_clips, read_results
from keras_drnet.visualization.frame_grid import write_png
from tests.support.paths import ROOT

DATE = datetime.date(2030, 2, 3)
CLIPS = {
    "split": "test",
    "first": 0,
    "count": 64,
    "num_past": 3,
    "num_future": 12,
    "seed": 0,
    "sha256": "ab12",
}
SCORES = {
    "content": {"linear": 0.912, "mlp": 0.934},
    "pose": {"linear": 0.113, "mlp": 0.157},
}
PROBES = {
    "dataset": "moving_mnist",
    "seed": 0,
    "num_train_clips": 100,
    "num_test_clips": 77,
    "factors": {"digit_1": {"kind": "static", "classes": 10, "chance": 0.1} | SCORES},
    "quantities": {"x_1": {"kind": "dynamic"} | SCORES},
    "fresh_scene_discriminator": {"accuracy": 0.571, "floor": None},
    "judge": {"digit_1": {"kind": "static", "real": 0.987, "swapped": 0.654}},
    "digits": {
        "steps": [1, 500],
        "real": [0.991, 0.992],
        "generated_given_real": [0.456, 0.321],
        "within_3_pixels": [0.888, None],
    },
    "neighbours": {"pixel_ratio": 0.81, "pose_ratio": 0.93},
}


def curves(first):
    """Returns measures that fall from `first` decibels, a tenth each step."""
    psnr = [first - 0.1 * step for step in range(12)]
    ssim = [value / 30 for value in psnr]
    return {
        "psnr": psnr,
        "psnr_interval": [[value - 0.5, value + 0.5] for value in psnr],
        "ssim": ssim,
        "ssim_interval": [[value - 0.01, value + 0.01] for value in ssim],
        "sharpness": [0.5] * 12,
    }


def metrics(method="drnet", first=24.0, **changes):
    return {
        "name": "run",
        "method": method,
        "dataset": "moving_mnist",
        "clips": CLIPS,
        "prediction": {method: curves(first), "copy_last_frame": curves(22.0)},
        "reconstruction_mse": 0.00345,
        "swap_mse": None,
        "scene_accuracy": 0.681,
    } | changes


@pytest.fixture
def make_run(tmp_path):
    def make(name, config=None, **files):
        run = RunFolder(tmp_path / name)
        run.create(config or PRESETS["tiny"]())
        (run.path / "evaluation").mkdir()
        for file, content in files.items():
            text = content if isinstance(content, str) else json.dumps(content)
            (run.path / "evaluation" / f"{file}.json").write_text(text)
        return run

    return make


class Page(html.parser.HTMLParser):
    """A page as a browser sees it: what it shows and what it refers to."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.shown, self.bold, self.open = [], [], [], []
        self.feed(text)
        self.close()
        assert not self.open
        self.text = " ".join(self.shown)

    def handle_starttag(self, name, attributes):
        self.tags.append((name, dict(attributes)))
        if name not in ("meta", "img"):
            self.open.append(name)

    def handle_endtag(self, name):
        assert self.open.pop() == name

    def handle_data(self, data):
        if "style" not in self.open and data.strip():
            self.shown.append(data.strip())
            if "strong" in self.open:
                self.bold.append(data)


def build(*runs):
    results = [read_results(run) for run in runs]
    check_same_clips(results)
    return report_page.build(results, {"decoder": 1234567}, DATE)


def test_every_number_is_on_the_page(make_run):
    page = Page(build(make_run("run", metrics=metrics(), probes=PROBES)))
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


def test_the_best_of_a_column_is_bold_whoever_it_is(make_run):
    config = BASELINES["autoencoder_lstm"](PRESETS["tiny"]())
    ours = metrics()
    ours["prediction"]["drnet"]["psnr"][4] = 25.5
    theirs = metrics("autoencoder_lstm", 24.7)
    page = Page(
        build(
            make_run("run", metrics=ours),
            make_run("baseline", config, metrics=theirs),
        )
    )
    assert page.bold[:3] == ["25.50", "24.70", "23.80"]  # By row; +1, +5, +10.
    assert "Auto-encoder + LSTM" in page.text
    assert page.shown.count("Copy of the last frame") == 2  # Once a table.


def test_the_numbers_are_in_the_markdown_too(make_run):
    counts = {"train_steps": {"drnet": 3000}, "train_seconds": {"drnet": 4000.0}}
    runs = [
        make_run("run", metrics=metrics(**counts), probes=PROBES),
        make_run("other", metrics=metrics(first=23.0)),
    ]
    text = markdown.build([read_results(run) for run in runs])
    rows = [line.strip("| ").split(" | ") for line in text.splitlines()]
    assert ["Method", "+1", "+5", "+10"] in rows
    best = ["**24.00** (23.50 to 24.50)", "**23.60** (23.10 to 24.10)"]
    assert ["DrNet", *best, "**23.10** (22.60 to 23.60)"] in rows
    assert ["digit_1", "98.7 %", "65.4 %", "\N{EN DASH}"] in rows
    assert ["Stage drnet", "3,000 steps in 1 h 7 min"] in rows
    assert len({len(row) for row in rows if row[0].startswith("DrNet")}) == 1
    # A place on this machine would change the text from one machine to the next.
    assert str(runs[0].path.parent) not in text
    assert "python -m keras_drnet.train --run_dir=runs/other --preset=tiny" in text


def test_of_a_run_without_codes_there_are_the_digits_alone(make_run):
    config = BASELINES["mcnet"](PRESETS["tiny"]())
    digits = {"digits": PROBES["digits"] | {"num_clips": 512}}
    run = make_run("run", metrics=metrics(), probes=PROBES)
    mcnet = make_run("mcnet", config, metrics=metrics("mcnet"), probes=digits)
    page = Page(build(run, mcnet))
    assert "Digits: MCNet" in page.text
    for count in (64, 512):  # A file that does not say is an old one.
        assert page.text.count(f"in generated frames, {count} held-out clips") == 1
    assert page.shown.count("45.6 %") == 2  # Of either run.
    text = markdown.build([read_results(run), read_results(mcnet)])
    assert text.count("within 3 pixels of 64") == 2
    command = "python -m keras_drnet.probe --run_dir=runs/mcnet --num_digit_clips=512"
    assert command in text
    without = make_run("bare", config, metrics=metrics("mcnet"))
    command = f"To do it: {commands.probe(without.path)}"
    assert f"Not probed yet. {command}" in Page(build(without)).text
    kth = config.with_overrides(["data.dataset=kth"])
    nothing = make_run("kth", kth, metrics=metrics("mcnet"))
    assert commands.probe(nothing.path) not in Page(build(nothing)).text
    damaged = make_run("damaged", config, probes={})
    with pytest.raises(InputError, match="the file has no 'digits'"):
        read_results(damaged)


def test_two_runs_of_one_method_are_told_apart(make_run):
    one, two = (make_run(name, metrics=metrics()) for name in ("one", "two"))
    assert "DrNet (two)" in Page(build(one, two)).text
    alike = [make_run(f"{parent}/two", metrics=metrics()) for parent in "ab"]
    text = Page(build(one, *alike)).text
    assert "DrNet (two)" in text and f"DrNet ({alike[1].path})" in text
    with pytest.raises(InputError, match=f"The run {two.path} is given twice"):
        build(one, two, two)


def test_the_page_is_all_there_is_and_escapes_what_it_shows(make_run, monkeypatch):
    name = "<script>alert('1&2')</script>"
    probes = PROBES | {"factors": {name: PROBES["factors"]["digit_1"]}}
    run = make_run("<b>&", metrics=metrics(), probes=probes)
    pictures = run.path / "figures"
    write_png(pictures / "analogy.png", np.zeros((8, 8, 3), np.uint8))
    (pictures / "analogy.mp4").write_bytes(b"video")
    text = build(run)
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
    monkeypatch.setattr(report_page, "MOST_BYTES", 4)
    page_of_large = Page(build(run))
    assert "video" not in {tag for tag, _ in page_of_large.tags}
    assert str(pictures / "analogy.mp4") in page_of_large.text
    scopes = [a.get("scope") for tag, a in page.tags if tag == "th"]
    assert set(scopes) == {"col", "row"}
    assert ("html", {"lang": "en"}) in page.tags


def test_what_is_missing_is_named_with_its_command(make_run):
    run = make_run("run")
    page = Page(build(run))
    for program in ("evaluate", "probe"):
        command = f"python -m keras_drnet.{program} --run_dir={run.path}"
        assert f"yet. To do it: {command}" in page.text
    draw = commands.draw(run.path, figure="analogy")
    assert f"There is no analogy figure yet. To do it: {draw}" in page.text
    other = make_run("other", metrics=metrics())
    text = Page(build(other, run)).text
    assert "DrNet (run) is not measured yet" in text
    assert f"--run_dir={run.path} --num_clips=64 --num_future=12" in text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sha256": "cd34", "count": 9}, "evaluate --run_dir=.*two --num_clips=64"),
        ({"sha256": "cd34", "seed": 5}, "Its seed is 5, not 0: train it with --over"),
        ({"num_past": 2}, "64 clips, 2 frames observed.*Its data are others, or its"),
    ],
)
def test_runs_measured_on_other_clips_are_refused(make_run, change, message):
    one = make_run("one", metrics=metrics())
    two = make_run("two", metrics=metrics(clips=CLIPS | change))
    with pytest.raises(InputError, match=message):
        build(one, two)


def test_what_an_interval_allows_for_is_said(make_run):
    digits = make_run("digits", metrics=metrics())
    assert "the same 64 held-out clips, 3 frames" in Page(build(digits)).text
    kth = PRESETS["tiny"]().with_overrides(["data.dataset=kth"])
    old = make_run("old", kth, metrics=metrics())
    assert "64 windows of held-out recordings" in Page(build(old)).text
    assert "too narrow where windows are of one recording" in Page(build(old)).text
    new = make_run("new", kth, metrics=metrics(clips=CLIPS | {"recordings": 27}))
    assert "64 windows of 27 held-out recordings" in Page(build(new)).text
    assert "too narrow" not in Page(build(new)).text


def test_of_a_run_that_comes_with_the_package_the_newest_is_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = RunFolder("pretrained:moving_mnist")
    came = read_results(run)
    assert came.metrics["clips"]["count"] == 256
    here = tmp_path / "moving_mnist"
    (here / "evaluation").mkdir(parents=True)
    (here / "evaluation" / "metrics.json").write_text(json.dumps(metrics()))
    write_png(here / "figures" / "analogy.png", np.zeros((2, 2, 3), np.uint8))
    own = read_results(run)
    assert own.metrics["clips"] == CLIPS and own.probes == came.probes
    page = Page(build(run))
    assert "There is no analogy figure" not in page.text
    assert "keras_drnet.draw --run_dir=pretrained:moving_mnist" in page.text


UNEVEN = {"prediction": {"drnet": curves(24.0) | {"ssim": [0.5]}}}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"name": "run", "meth', "it is not JSON"),
        ("", "it is not JSON"),
        ("[1, 2]", "the file is not a dict"),
        ({"name": "run"}, "the file has no 'method'"),
        (metrics(clips={}), "clips has no 'count'"),
        (metrics(reconstruction_mse="good"), "reconstruction_mse is 'good'"),
        (metrics(prediction={"a": curves(2) | {"psnr": [None]}}), r"a\.psnr\[0\] is"),
        (metrics(**UNEVEN), "the lists of prediction.drnet have different lengths"),
    ],
)
def test_a_damaged_file_is_named(make_run, content, message):
    run = make_run("run", metrics=content)
    with pytest.raises(InputError, match=message) as caught:
        read_results(run)
    assert str(run.path / "evaluation" / "metrics.json") in str(caught.value)
    assert f"keras_drnet.evaluate --run_dir={run.path}" in str(caught.value)


def test_damaged_probes_are_named(make_run):
    probes = PROBES | {"factors": {"digit_1": {"kind": "static"}}}
    run = make_run("run", probes=probes)
    with pytest.raises(InputError, match=r"probes\.json.*factors\.digit_1 has no"):
        read_results(run)


def test_the_training_command_gives_the_configuration(tmp_path):
    for config in (
        PRESETS["kth_small"]().with_overrides(["data.data_dir=my clips", "seed=3"]),
        BASELINES["mcnet"](PRESETS["quickstart"]()),
        PRESETS["tiny"]().with_overrides(["pose.closed_loop=true"]),
        PRESETS["moving_mnist_small"]().with_overrides(["rollout.epochs=0"]),
    ):
        words = commands.shlex.split(commands.train(tmp_path, config))
        flags = dict(
            word.removeprefix("--").split("=", 1)
            for word in words
            if word.startswith("--") and "override" not in word
        )
        change = BASELINES.get(flags.get("baseline"), lambda preset: preset)
        overrides = [w.split("=", 1)[1] for w in words if w.startswith("--override=")]
        rebuilt = change(PRESETS[flags["preset"]]()).with_overrides(overrides)
        assert rebuilt == config and len(overrides) <= 2
        assert flags["run_dir"] == str(tmp_path)


def report(run, *flags):
    command = [sys.executable, "-m", "keras_drnet.report", f"--run_dir={run.path}"]
    return subprocess.run(
        [*command, *flags], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_program_writes_the_page_whole_or_not_at_all(make_run):
    run = make_run("run", metrics=metrics(), probes=PROBES)
    done = report(run)
    assert done.returncode == 0, done.stderr
    path = run.path / "report.html"
    assert done.stdout.strip() == str(path)
    assert "24.00" in Page(path.read_text()).text
    assert not list(run.path.glob("report.html?*"))
    refused = report(run, f"--output={run.path}/report.pdf")
    assert refused.returncode == 2
    assert "Unknown suffix of --output '.pdf'; expected one of" in refused.stderr
    assert not (run.path / "report.pdf").exists()
