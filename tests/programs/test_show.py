"""`show`: presets, packaged runs, and one run."""

from keras_drnet import pretrained
from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.config.presets import PRESETS
from tests.support.processes import run


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
