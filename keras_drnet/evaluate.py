"""Measures a trained run on held-out clips: `metrics.json` and plots.

Usage:

    python -m keras_drnet.evaluate --run_dir=runs/quickstart
"""

import json
import pathlib

from absl import flags

from keras_drnet import cli
from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.data.load import load_source
from keras_drnet.data.pipeline.sampling import clip_frames
from keras_drnet.evaluation import prediction
from keras_drnet.inference.baselines import CopyLastFrame, MeanFrame
from keras_drnet.inference.load import load_predictor
from keras_drnet.storage import files
from keras_drnet.visualization import metric_curves, sample_grids
from keras_drnet.visualization.frame_grid import write_png

_RUN_DIR = cli.run_dir_flag()
_OUTPUT_DIR = cli.output_dir_flag("evaluation")
_DATA_DIR = cli.data_dir_flag()
_NUM_CLIPS = flags.DEFINE_integer(
    "num_clips", 256, "Held-out clips to measure on.", lower_bound=2
)
_NUM_FUTURE = cli.num_future_flag(15)

MEAN_FRAME_CLIPS = 64  # Training clips whose mean frame is a baseline.
SHOWN = 8  # Clips in the pictures.


def main():
    """Measure a run and write the figures."""
    run = RunFolder(_RUN_DIR.value)
    config = run.config(data_dir=_DATA_DIR.value)
    predictor = load_predictor(run)
    num_past = config.data.num_past
    source = load_source(config, "test", clip_length=num_past + _NUM_FUTURE.value)
    clips = clip_frames(source, 0, _NUM_CLIPS.value)
    groups = prediction.recordings(source, _NUM_CLIPS.value)
    mean_frame = clip_frames(load_source(config, "train"), 0, MEAN_FRAME_CLIPS).mean(
        axis=(0, 1)
    )
    progress = {stage: run.checkpoints(stage).progress() for stage in run.stages()}
    predictors = {
        config.method_name: predictor,
        "copy_last_frame": CopyLastFrame(predictor.frame_shape),
        "mean_frame": MeanFrame(mean_frame),
    }
    results = {
        "name": run.path.resolve().name,
        "method": config.method_name,
        "dataset": config.data.dataset,
        "train_steps": {stage: steps for stage, (steps, _) in progress.items()},
        "train_seconds": {stage: seconds for stage, (_, seconds) in progress.items()},
        "clips": prediction.clip_list("test", clips, num_past, config.seed, groups),
        "prediction": {
            name: prediction.evaluate_prediction(one, clips, num_past, groups)
            for name, one in predictors.items()
        },
    }
    output_dir = pathlib.Path(_OUTPUT_DIR.value or run.output_path("evaluation"))
    if config.method == "drnet":
        swaps = prediction.true_swaps(source, clips, num_past)
        results |= prediction.evaluate_split(predictor, clips, num_past, swaps)
        write_png(
            output_dir / "swap.png",
            sample_grids.swap_grid(
                predictor, clips[:SHOWN, 0], clips[:SHOWN, num_past], scale=2
            ),
        )
    write_png(
        output_dir / "clips.png",
        sample_grids.prediction_grid(
            predictor, clips[:, : config.data.clip_length], num_past, scale=2
        ),
    )
    metric_curves.plot_prediction(output_dir / "prediction.png", results["prediction"])
    files.write_text(
        str(output_dir / "metrics.json"), json.dumps(results, indent=2) + "\n"
    )
    print(prediction.summary(results))
    print(f"Figures and pictures are in {output_dir}.")


def entry_point():
    """Run the program from the command line."""
    cli.run(main)


if __name__ == "__main__":
    entry_point()
