"""Probes how well a trained run separates content and pose: `probes.json`.

On Moving MNIST it also measures how long predicted digits keep their class and
position; of MCNet, which has no content and pose, it measures this alone.

Usage:

    python -m keras_drnet.probe --run_dir=runs/quickstart
"""

from absl import flags

from keras_drnet import cli
from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.evaluation import digit_prediction
from keras_drnet.evaluation.run_probes import probe_run
from keras_drnet.evaluation.summaries import probes_summary

_RUN_DIR = cli.run_dir_flag()
_OUTPUT_DIR = cli.output_dir_flag("evaluation")
_DATA_DIR = cli.data_dir_flag()
_NUM_CLIPS = flags.DEFINE_integer(
    "num_clips",
    2048,
    "Number of test clips to probe, and of training clips to train on.",
    lower_bound=4,
)
_NUM_DIGIT_CLIPS = flags.DEFINE_integer(
    "num_digit_clips",
    digit_prediction.NUM_CLIPS,
    "Number of test clips in which digits are predicted and classified.",
    lower_bound=1,
)


def main():
    """Probe a run and print the results."""
    run = RunFolder(_RUN_DIR.value)
    output_dir = _OUTPUT_DIR.value or run.output_path("evaluation")
    results = probe_run(
        run,
        output_dir,
        data_dir=_DATA_DIR.value,
        num_clips=_NUM_CLIPS.value,
        num_digit_clips=_NUM_DIGIT_CLIPS.value,
    )
    print(probes_summary(results))
    print(f"The results are in {output_dir}/probes.json.")


def entry_point():
    """Run the program from the command line."""
    cli.run(main)


if __name__ == "__main__":
    entry_point()
