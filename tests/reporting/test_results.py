"""Results read from files: damaged and older ones, and runs that do not compare."""

import json

import pytest

from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.config.overrides import from_dict
from keras_drnet.config.presets import BASELINES, PRESETS
from keras_drnet.errors import InputError
from keras_drnet.reporting.measurements import Clips, CodeProbes, Metrics
from keras_drnet.reporting.results import check_same_clips, read_results
from tests.support.results import CLIPS, PROBES, curves, metrics

UNEVEN = {"prediction": {"drnet": curves(24.0) | {"ssim": [0.5]}}}


def test_all_values_of_the_files_are_read(make_run):
    results = read_results(make_run("run", metrics=metrics(), probes=PROBES))
    assert isinstance(results.metrics, Metrics)
    assert results.metrics.prediction["copy_last_frame"].psnr == curves(22.0)["psnr"]
    ends = results.metrics.prediction["drnet"].ssim_interval[0]
    assert ends == tuple(curves(24.0)["ssim_interval"][0])
    assert (results.metrics.swap_mse, results.metrics.blank_mse) == (None, None)
    assert isinstance(results.probes, CodeProbes)
    digit = results.probes.factors["digit_1"]
    assert (digit.classes, digit.content.mlp, digit.pose.linear) == (10, 0.934, 0.113)
    assert results.probes.digits.within_3_pixels == [0.888, None]
    assert results.probes.judge["digit_1"].other is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"name": "run", "meth', "it is not JSON"),
        ("", "it is not JSON"),
        ("[1, 2]", "the file is not a JSON object"),
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


def test_probes_of_an_older_release_do_not_say_in_how_many_clips(make_run):
    digits = {k: v for k, v in PROBES["digits"].items() if k != "num_clips"}
    run = make_run("run", probes=PROBES | {"digits": digits})
    assert read_results(run).probes.digits.num_clips is None


def test_a_run_without_codes_must_have_digits(make_run):
    config = BASELINES["mcnet"](PRESETS["tiny"]())
    damaged = make_run("damaged", config, probes={})
    with pytest.raises(InputError, match="the file has no 'digits'"):
        read_results(damaged)


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
    results = [read_results(run) for run in (one, two)]
    with pytest.raises(InputError, match=message):
        check_same_clips(results)


def test_results_made_here_go_before_those_of_the_package(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = RunFolder("pretrained:moving_mnist")
    packaged = read_results(run)
    assert packaged.metrics.clips.count == 256
    here = tmp_path / "moving_mnist"
    (here / "evaluation").mkdir(parents=True)
    (here / "evaluation" / "metrics.json").write_text(json.dumps(metrics()))
    own = read_results(run)
    assert own.metrics.clips == from_dict(Clips, CLIPS, ignore_unknown=True)
    assert own.probes == packaged.probes
    assert own.figures.resolve() == here / "figures"
