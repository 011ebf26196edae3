"""Measures how well a trained run tells content and pose apart: `probes.json`.

On Moving MNIST it says besides for how long predicted digits stay what and where they
are. That is all there is to say of a run without codes, one of MCNet.

Usage:

    python -m keras_drnet.probe --run_dir=runs/quickstart
"""

import json
import pathlib

from absl import flags

from keras_drnet import cli
from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.data.load import has_known_digits, load_source
from keras_drnet.evaluation import codes as codes_lib
from keras_drnet.evaluation import digit_judge, disentanglement, swaps
from keras_drnet.inference.load import load_predictor
from keras_drnet.storage import files

_RUN_DIR = cli.run_dir_flag()
_OUTPUT_DIR = cli.output_dir_flag("evaluation")
_DATA_DIR = cli.data_dir_flag()
_NUM_CLIPS = flags.DEFINE_integer(
    "num_clips",
    2048,
    "Held-out clips to probe, and training clips to learn from.",
    lower_bound=4,
)
_NUM_DIGIT_CLIPS = flags.DEFINE_integer(
    "num_digit_clips",
    digit_judge.NUM_CLIPS,
    "Held-out clips whose digits are predicted and judged.",
    lower_bound=1,
)

NUM_FUTURE = 15  # Predicted frames that are looked up among the training frames.
BANK_SIZE = 4096  # Training frames that they are looked up in.


def main():
    """Probe a run and write the figures."""
    run = RunFolder(_RUN_DIR.value)
    # Mirrored clips do not have the direction that their labels say.
    config = run.config(data_dir=_DATA_DIR.value).with_overrides(
        ["data.random_flip=false"]
    )
    has_digits = has_known_digits(config.data)
    if not has_digits:
        run.check_method("drnet", "be probed where digits have no channel of their own")
    predictor = load_predictor(run)
    results = {"dataset": config.data.dataset, "seed": config.seed}
    judge = _train_digit_judge(config) if has_digits else None
    if config.method == "drnet":
        results |= _probe_codes(config, predictor, judge)
    if has_digits:
        print(f"Predicting {max(digit_judge.STEPS)} steps of digits ...", flush=True)
        num_past = config.data.num_past
        source = load_source(
            config, "test", clip_length=num_past + max(digit_judge.STEPS)
        )
        results["digits"] = digit_judge.digit_scores(
            judge,
            predictor,
            source,
            num_past=num_past,
            num_clips=_NUM_DIGIT_CLIPS.value,
        )
    output_dir = pathlib.Path(_OUTPUT_DIR.value or run.output_path("evaluation"))
    files.make_folder(str(output_dir))
    path = output_dir / "probes.json"
    files.write_text(str(path), json.dumps(results, indent=2) + "\n")
    print(disentanglement.summary(results))
    print(f"The figures are in {path}.")


def _train_digit_judge(config):
    print("Training a judge of digits ...", flush=True)
    judge = digit_judge.DigitJudge(
        config.data.image_size, config.data.num_digits, seed=config.seed
    )
    judge.train(load_source(config, "train"))
    return judge


def _probe_codes(config, predictor, judge):
    """Return what is known of content and pose, by the names in `probes.json`."""
    data, num_clips = config.data, _NUM_CLIPS.value
    print(f"Reading {num_clips} clips of either split ...", flush=True)
    sampled = {"max_step": data.max_step, "seed": config.seed}
    source = load_source(config, "test")
    indices, is_test = codes_lib.choose_halves(source, num_clips)
    test = codes_lib.read_sample(source, indices, **sampled)
    # Where clips are drawn anew, those that come after training has ended.
    first = config.drnet.num_steps * config.drnet.batch_size
    train = codes_lib.read_sample(
        load_source(config, "train"), range(first, first + num_clips), **sampled
    )

    print("Encoding ...", flush=True)
    nets = predictor.networks
    codes = {
        "content": codes_lib.encode(nets.content_encoder, test.frames),
        "pose": codes_lib.encode(nets.pose_encoder, test.frames),
    }
    train_poses = codes_lib.encode(nets.pose_encoder, train.frames)

    print("Probing codes ...", flush=True)
    factors, quantities = disentanglement.probe_codes(codes, test.factors, is_test)

    print("Training a fresh scene discriminator ...", flush=True)
    scene = disentanglement.probe_scene(
        train,
        test,
        train_poses,
        codes["pose"],
        max_step=data.max_step,
        num_units=config.model.discriminator_units,
        seed=config.seed,
    )

    print("Judging swapped frames ...", flush=True)
    judged = {}
    if judge:
        judged = swaps.judge_digit_swaps(judge, predictor, source, test)
    elif names := swaps.judged_factors(train.factors, test.factors):
        judge = swaps.train_judge(train, names, seed=config.seed)
        judged = swaps.judge_swaps(judge, predictor, test)

    print("Looking predicted frames up among training frames ...", flush=True)
    near = disentanglement.measure_memory(
        predictor,
        source,
        codes_lib.flat(train.frames)[:BANK_SIZE],
        num_past=data.num_past,
        num_future=min(NUM_FUTURE, data.clip_length - data.num_past),
    )
    return {
        "num_train_clips": int((~is_test).sum()),
        "num_test_clips": int(is_test.sum()),
        "factors": factors,
        "quantities": quantities,
        "fresh_scene_discriminator": scene,
        "judge": judged,
        "neighbours": near,
    }


def entry_point():
    """Run the program from the command line."""
    cli.run(main)


if __name__ == "__main__":
    entry_point()
