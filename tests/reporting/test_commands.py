"""The commands that a report gives."""

from keras_drnet.config.presets import BASELINES, PRESETS
from keras_drnet.reporting import commands


def test_the_training_command_gives_the_configuration(tmp_path):
    for config in (
        PRESETS["kth_small"]().with_overrides(["data.data_dir=my clips", "seed=3"]),
        BASELINES["mcnet"](PRESETS["quickstart"]()),
        PRESETS["tiny"]().with_overrides(["pose.free_running=true"]),
        PRESETS["moving_mnist_keypoints_small"]().with_overrides(["rollout.epochs=0"]),
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
