"""The programs that evaluate, generate and draw, on run folders."""

import json
import pathlib

import pytest

from keras_drnet.config.presets import BASELINES
from keras_drnet.evaluation import digit_prediction
from keras_drnet.reporting.results import read_results
from keras_drnet.visualization.paper_figures import NAMES
from tests.support.networks import lively_networks, save_run
from tests.support.processes import run


@pytest.fixture
def trained(tiny, tmp_path):
    return save_run(tmp_path / "run", tiny, lively_networks(tiny))


def test_generate_video_writes_a_gif_an_mp4_and_a_strip(trained):
    result = run("generate_video", f"--run_dir={trained.path}", "--num_future=500")
    assert result.returncode == 0, result.stderr
    written = [pathlib.Path(line) for line in result.stdout.split()]
    assert [path.suffix for path in written] == [".gif", ".mp4", ".png"]
    assert all(path.stat().st_size > 500 for path in written)


def test_evaluate_writes_metrics_plots_and_images(trained):
    result = run("evaluate", f"--run_dir={trained.path}", "--num_clips=6")
    assert result.returncode == 0, result.stderr
    folder = trained.path / "evaluation"
    metrics = json.loads((folder / "metrics.json").read_text())
    assert set(metrics["prediction"]) == {"drnet", "copy_last_frame", "mean_frame"}
    for values in metrics["prediction"].values():
        assert len(values["psnr"]) == len(values["ssim"]) == 15
        assert all(0 < value <= 60 for value in values["psnr"])
    assert metrics["digits"]["steps"] == [1, 5, 10]
    assert "digits at step" in result.stdout and "sharpness" in result.stdout
    assert metrics["reconstruction_mse"] > 0
    assert 0 <= metrics["scene_accuracy"] <= 1
    assert {p.name for p in folder.iterdir()} == {
        "metrics.json",
        "prediction.png",
        "clips.png",
        "swap.png",
    }


def draw(run_dir, figure):
    flags = ["--num_future=5", "--bank_clips=2", "--num_clips=2", "--scale=1"]
    return run("draw", f"--run_dir={run_dir}", f"--figure={figure}", *flags)


@pytest.mark.parametrize(
    "figure", ["generation", pytest.param("all", marks=pytest.mark.slow)]
)
def test_draw_writes_figures(trained, figure):
    result = draw(trained.path, figure)
    assert result.returncode == 0, result.stderr
    written = {pathlib.Path(line).name for line in result.stdout.split()}
    assert written == {path.name for path in (trained.path / "figures").iterdir()}
    names = NAMES if figure == "all" else [figure]
    assert {f"{name}.png" for name in names} <= written
    assert {f"{name}.gif" for name in names if name != "neighbors"} <= written


def test_draw_accepts_the_old_name_of_a_figure(trained):
    result = draw(trained.path, "neighbours")
    assert result.returncode == 0, result.stderr
    assert "--figure=neighbours is now called --figure=neighbors." in result.stderr
    assert result.stdout.split() == [str(trained.path / "figures" / "neighbors.png")]


def test_draw_reports_an_unknown_figure(trained):
    result = draw(trained.path, "analogies")
    assert result.returncode == 2
    assert "Unknown figure 'analogies'" in result.stderr
    assert "Did you mean 'analogy'?" in result.stderr


def probe(run_dir):
    return run("probe", f"--run_dir={run_dir}", "--num_clips=40")


@pytest.mark.slow  # Two classifiers are trained.
@pytest.mark.parametrize("method", ["drnet", "mcnet"])
def test_probe_writes_what_it_prints(method, tiny, tmp_path):
    config = tiny if method == "drnet" else BASELINES[method](tiny)
    trained = save_run(tmp_path / "run", config, lively_networks(config))
    result = probe(trained.path)
    assert result.returncode == 0, result.stderr
    assert ("fresh scene discriminator" in result.stdout) == (method == "drnet")
    assert "digits at step" in result.stdout
    probes = read_results(trained).probes
    assert len(probes.digits.real) == len(digit_prediction.STEPS)


def test_probe_of_gray_digits_leaves_out_the_digits(tiny, tmp_path):
    gray = tiny.with_overrides(["data.num_channels=1"])
    trained = save_run(tmp_path / "run", gray, lively_networks(gray))
    result = probe(trained.path)
    assert result.returncode == 0, result.stderr
    probes = read_results(trained).probes
    assert probes.factors == {} and probes.digits is None
    assert 0 <= probes.fresh_scene_discriminator.accuracy <= 1


def test_probe_reports_a_run_with_neither_codes_nor_digits(tiny, tmp_path):
    config = BASELINES["mcnet"](tiny).with_overrides(["data.dataset=kth"])
    result = probe(save_run(tmp_path / "run", config, lively_networks(config)).path)
    assert result.returncode == 2
    assert "method 'mcnet'; only one of method 'drnet' can be probed" in result.stderr
