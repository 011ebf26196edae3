"""Writes the frames that a trained run predicts, as GIF, MP4 and a strip of images.

Usage:

    python -m keras_drnet.generate_video --run_dir=runs/quickstart --num_future=500
"""

import pathlib

from absl import flags

from keras_drnet import cli
from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.data.load import load_source
from keras_drnet.data.pipeline.sampling import clip_frames
from keras_drnet.inference.load import load_predictor
from keras_drnet.visualization import sample_grids

_RUN_DIR = cli.run_dir_flag()
_OUTPUT_DIR = cli.output_dir_flag("generated")
_DATA_DIR = cli.data_dir_flag()
_NUM_FUTURE = cli.num_future_flag(15)
_NUM_CLIPS = flags.DEFINE_integer(
    "num_clips", 8, "Number of clips, side by side.", lower_bound=1, upper_bound=64
)
_FIRST_CLIP = cli.first_clip_flag()
_SCALE = flags.DEFINE_integer(
    "scale", 2, "Factor by which frames are enlarged.", lower_bound=1
)


def main():
    """Predict frames and write them."""
    run = RunFolder(_RUN_DIR.value)
    config = run.config(data_dir=_DATA_DIR.value)
    predictor = load_predictor(run)
    clips = clip_frames(
        load_source(config, "test"), _FIRST_CLIP.value, _NUM_CLIPS.value
    )
    output_dir = pathlib.Path(_OUTPUT_DIR.value or run.output_path("generated"))
    name = f"future_{_NUM_FUTURE.value:04d}"
    paths = sample_grids.write_videos(
        predictor,
        clips[:, : config.data.num_past],
        _NUM_FUTURE.value,
        [output_dir / f"{name}.gif", output_dir / f"{name}.mp4"],
        strip=output_dir / f"{name}.png",
        frame_rate=config.data.frame_rate,
        scale=_SCALE.value,
    )
    for path in paths:
        print(path)


def entry_point():
    """Run the program from the command line."""
    cli.run(main)


if __name__ == "__main__":
    entry_point()
