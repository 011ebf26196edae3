"""Evaluation of a run's predictions: `metrics.json`, plots and images."""

import pathlib

from keras_drnet.data.load import has_known_digits, load_source
from keras_drnet.data.pipeline.sampling import clip_frames
from keras_drnet.errors import import_extra
from keras_drnet.evaluation.digit_classifier import train_digit_classifier
from keras_drnet.evaluation.digit_prediction import STEPS, digit_scores
from keras_drnet.evaluation.prediction import (
    clip_list,
    evaluate_prediction,
    recordings,
)
from keras_drnet.evaluation.separation import evaluate_separation, true_swaps
from keras_drnet.inference.baselines import CopyLastFrame, MeanFrame
from keras_drnet.inference.load import load_predictor
from keras_drnet.storage import files, json_text
from keras_drnet.visualization import metric_curves, sample_grids
from keras_drnet.visualization.frame_grid import write_png

MEAN_FRAME_CLIPS = 64  # Training clips whose mean frame is a baseline.
NUM_SHOWN = 8  # Clips in an image.


def evaluate_run(run, output_dir, *, data_dir=None, num_clips=256, num_future=15):
    """Evaluate a run and two baselines on held-out clips.

    Of digits that can be told apart it also says which are still recognized, by a
    classifier that is trained first.

    Args:
        run: a trained `RunFolder`.
        output_dir: folder to write `metrics.json`, `prediction.png`, `clips.png` and,
            for DrNet, `swap.png` to.
        data_dir: data directory; `None` is the one used for training.
        num_clips: number of test clips, at least 2.
        num_future: number of frames to predict.

    Returns:
        The content of `metrics.json`, a dict.

    Raises:
        InputError: the run or its data cannot be read, or matplotlib is not installed.
    """
    import_extra("matplotlib")  # Said now, not when all is measured.
    output_dir = pathlib.Path(output_dir)
    config = run.config(data_dir=data_dir)
    predictor = load_predictor(run)
    num_past = config.data.num_past
    source = load_source(config, "test", clip_length=num_past + num_future)
    clips = clip_frames(source, 0, num_clips)
    groups = recordings(source, num_clips)
    predictors = {
        config.method_name: predictor,
        "copy_last_frame": CopyLastFrame(predictor.frame_shape),
        "mean_frame": MeanFrame(_mean_training_frame(config)),
    }
    results = {
        **_describe_run(run, config),
        "clips": clip_list("test", clips, num_past, config.seed, groups),
        "prediction": {
            name: evaluate_prediction(one, clips, num_past, groups)
            for name, one in predictors.items()
        },
    }
    if has_known_digits(config.data):
        results["digits"] = digit_scores(
            train_digit_classifier(config),
            predictor,
            source,
            num_past=num_past,
            steps=[step for step in STEPS if step <= num_future],
            num_clips=num_clips,
        )
    if config.method == "drnet":
        swaps = true_swaps(source, clips, num_past)
        results |= evaluate_separation(predictor, clips, num_past, swaps)
        grid = sample_grids.swap_grid(
            predictor, clips[:NUM_SHOWN, 0], clips[:NUM_SHOWN, num_past], scale=2
        )
        write_png(output_dir / "swap.png", grid)
    grid = sample_grids.prediction_grid(
        predictor, clips[:, : config.data.clip_length], num_past, scale=2
    )
    write_png(output_dir / "clips.png", grid)
    metric_curves.plot_prediction(output_dir / "prediction.png", results["prediction"])
    files.write_text(str(output_dir / "metrics.json"), json_text.dumps(results))
    return results


def _mean_training_frame(config):
    source = load_source(config, "train")
    return clip_frames(source, 0, MEAN_FRAME_CLIPS).mean(axis=(0, 1))


def _describe_run(run, config):
    progress = {stage: run.checkpoints(stage).progress() for stage in run.stages()}
    return {
        "name": run.name,
        "method": config.method_name,
        "dataset": config.data.dataset,
        "train_steps": {stage: steps for stage, (steps, _) in progress.items()},
        "train_seconds": {stage: seconds for stage, (_, seconds) in progress.items()},
    }
