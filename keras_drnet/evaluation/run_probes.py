"""Evaluation of a run's codes and digits: `probes.json`."""

import pathlib

from keras_drnet.data.load import has_known_digits, load_source
from keras_drnet.evaluation import digit_prediction, swaps
from keras_drnet.evaluation.digit_classifier import train_digit_classifier
from keras_drnet.evaluation.disentanglement import probe_codes
from keras_drnet.evaluation.memorization import measure_memorization
from keras_drnet.evaluation.samples import choose_halves, flatten_clips, read_sample
from keras_drnet.evaluation.scene_probe import probe_scene
from keras_drnet.inference.load import load_predictor
from keras_drnet.models.encode import encode_in_batches
from keras_drnet.storage import files, json_text

NUM_FUTURE = 15  # Predicted frames to compare with the training frames.
BANK_SIZE = 4096  # Training frames to compare with.


def probe_run(
    run,
    output_dir,
    *,
    data_dir=None,
    num_clips=2048,
    num_digit_clips=digit_prediction.NUM_CLIPS,
):
    """Probe what the codes of a run contain, and how long its digits stay right.

    Codes are probed for DrNet, digits for Moving MNIST. Progress is printed.

    Args:
        run: a trained `RunFolder`.
        output_dir: folder to write `probes.json` to.
        data_dir: data directory; `None` is the one used for training.
        num_clips: number of test clips to probe, and of training clips to train on.
        num_digit_clips: number of test clips in which digits are predicted.

    Returns:
        The content of `probes.json`, a dict.

    Raises:
        InputError: the run has neither codes nor known digits, or is not trained.
    """
    # Mirrored clips do not move in the direction that their labels say.
    config = run.config(data_dir=data_dir).with_overrides(["data.random_flip=false"])
    has_digits = has_known_digits(config.data)
    if not has_digits:
        run.check_method("drnet", "be probed where digits have no channel of their own")
    predictor = load_predictor(run)
    results = {"dataset": config.data.dataset, "seed": config.seed}
    classifier = None
    if has_digits:
        _report("Training a classifier of digits")
        classifier = train_digit_classifier(config)
    if config.method == "drnet":
        results |= _probe_drnet(config, predictor, num_clips, classifier)
    if has_digits:
        results["digits"] = _probe_digits(
            config, predictor, num_digit_clips, classifier
        )
    files.make_folder(str(output_dir))
    path = pathlib.Path(output_dir) / "probes.json"
    files.write_text(str(path), json_text.dumps(results))
    return results


def _probe_drnet(config, predictor, num_clips, digit_classifier):
    """Return the results for content and pose, by their keys in `probes.json`."""
    data = config.data
    _report(f"Reading {num_clips} clips of either split")
    choice = {"max_step": data.max_step, "seed": config.seed}
    source = load_source(config, "test")
    indices, is_test = choose_halves(source, num_clips)
    test = read_sample(source, indices, **choice)
    # Clips that are drawn, not recorded, are ones that training has not reached.
    first = config.drnet.num_steps * config.drnet.batch_size
    train = read_sample(
        load_source(config, "train"), range(first, first + num_clips), **choice
    )

    _report("Encoding")
    nets = predictor.networks
    codes = {
        "content": encode_in_batches(nets.content_encoder, test.frames),
        "pose": encode_in_batches(nets.pose_encoder, test.frames),
    }
    train_poses = encode_in_batches(nets.pose_encoder, train.frames)

    _report("Probing codes")
    factors, quantities = probe_codes(codes, test.factors, is_test)

    _report("Training a fresh scene discriminator")
    scene = probe_scene(
        train,
        test,
        train_poses,
        codes["pose"],
        max_step=data.max_step,
        num_units=config.model.discriminator_units,
        seed=config.seed,
    )

    _report("Classifying swapped frames")
    if digit_classifier:
        classified = swaps.classify_digit_swaps(
            digit_classifier, predictor, source, test
        )
    else:
        classified = swaps.classify_recorded_swaps(
            predictor, train, test, is_test, seed=config.seed
        )

    _report("Searching the training frames for predicted ones")
    memorization = measure_memorization(
        predictor,
        source,
        flatten_clips(train.frames)[:BANK_SIZE],
        num_past=data.num_past,
        num_future=min(NUM_FUTURE, data.clip_length - data.num_past),
    )
    return {
        "num_train_clips": int((~is_test).sum()),
        "num_test_clips": int(is_test.sum()),
        "factors": factors,
        "quantities": quantities,
        "fresh_scene_discriminator": scene,
        "judge": classified,
        "neighbours": memorization,
    }


def _probe_digits(config, predictor, num_clips, classifier):
    num_past, num_future = config.data.num_past, max(digit_prediction.STEPS)
    _report(f"Predicting {num_future} steps of digits")
    return digit_prediction.digit_scores(
        classifier,
        predictor,
        load_source(config, "test", clip_length=num_past + num_future),
        num_past=num_past,
        num_clips=num_clips,
    )


def _report(activity):
    print(f"{activity} ...", flush=True)
