"""Evaluates a trained run on held-out clips: `metrics.json`, plots and images.

Usage:

    python -m keras_drnet.evaluate --run_dir=runs/quickstart
"""

from absl import flags

from keras_drnet import cli
from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.evaluation.run_metrics import evaluate_run
from keras_drnet.evaluation.summaries import metrics_summary

_RUN_DIR = cli.run_dir_flag()
_OUTPUT_DIR = cli.output_dir_flag("evaluation")
_DATA_DIR = cli.data_dir_flag()
_NUM_CLIPS = flags.DEFINE_integer(
    "num_clips", 256, "Number of test clips.", lower_bound=2
)
_NUM_FUTURE = cli.num_future_flag(15)


def main():
    """Evaluate a run and print its metrics."""
    run = RunFolder(_RUN_DIR.value)
    output_dir = _OUTPUT_DIR.value or run.output_path("evaluation")
    results = evaluate_run(
        run,
        output_dir,
        data_dir=_DATA_DIR.value,
        num_clips=_NUM_CLIPS.value,
        num_future=_NUM_FUTURE.value,
    )
    print(metrics_summary(results))
    print(f"Metrics and images are in {output_dir}.")


def entry_point():
    """Run the program from the command line."""
    cli.run(main)


if __name__ == "__main__":
    entry_point()
