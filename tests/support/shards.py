"""Preparation of videos as shards, as programs and in this process."""

from keras_drnet.config.presets import PRESETS
from tests.support.processes import run_module

NUM_VIDEOS = 9


def config(data_dir, *overrides):
    return PRESETS["tiny"]().with_overrides(
        [
            "data.dataset=video_folder",
            f"data.data_dir={data_dir}",
            "data.frame_rate=25",
            "data.test_fraction=0.3",
            *overrides,
        ]
    )


def run(*flags, **kwargs):
    return run_module("keras_drnet.prepare", *flags, **kwargs)


def flags(videos, output, *more):
    return [
        "--preset=tiny",
        "--dataset=video_folder",
        "--override=data.frame_rate=25",
        "--override=data.test_fraction=0.3",
        "--items_per_shard=2",
        f"--input={videos}",
        f"--output={output}",
        *more,
    ]


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
