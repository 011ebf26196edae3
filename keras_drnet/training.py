"""Training of a run: every stage, from the last checkpoint to the end."""

import keras
import tensorflow as tf
from absl import logging

from keras_drnet import callbacks, samples
from keras_drnet.averaging import WeightAverage
from keras_drnet.data import load_dataset
from keras_drnet.drnet import DrNet
from keras_drnet.errors import InputError, choose
from keras_drnet.generate import VideoPredictor
from keras_drnet.mcnet import MCNet
from keras_drnet.mcnet_predictor import MCNetPredictor
from keras_drnet.models import build_networks
from keras_drnet.models.pose_discriminator import build_pose_discriminator
from keras_drnet.pose_predictor import PosePredictor
from keras_drnet.pose_refiner import PoseRefiner
from keras_drnet.precision import resolve_precision
from keras_drnet.presets import BASELINES, PRESETS
from keras_drnet.run_folder import stage_networks

VALIDATION_STEPS = 2  # Test batches evaluated after every epoch.
ADAPT_STEPS = 8  # Training batches whose poses show their range.


def open_run(run, preset=None, data_dir=None, overrides=(), baseline=None):
    """Returns the run, created if it is new, and checked if it is not.

    Args:
        run: a `RunFolder`.
        preset: name in `PRESETS`; a run that exists needs none.
        data_dir: folder of the raw data, or `None`.
        overrides: strings `section.key=value`.
        baseline: name in `presets.BASELINES`: trains that on the preset's data.

    Raises:
        InputError: the run exists with another configuration, or is new and has no
            preset.
    """
    if run.exists() and not preset:
        wanted = run.config()
    elif preset:
        wanted = choose(PRESETS, preset, "preset")()
        if baseline:
            wanted = choose(BASELINES, baseline, "baseline")(wanted)
    else:
        raise InputError(
            f"{run.path} holds no run yet; start one with --preset, one of "
            f"{sorted(PRESETS)}."
        )
    wanted = wanted.with_overrides(overrides)
    if data_dir is not None:
        wanted = wanted.with_overrides([f"data.data_dir={data_dir}"])
    if run.exists():
        difference = run.config().first_difference(wanted)
        if difference:
            raise InputError(
                f"{run.path} is a run of another configuration: {difference}. Choose "
                "another --run_dir, or leave out --preset and --override to go on."
            )
        return run
    # What cannot work must fail before the folder is made.
    load_dataset(wanted, "train")
    build_networks(wanted, dtype=resolve_precision(wanted.precision))
    run.create(wanted)
    return run


def train_drnet(run):
    """Trains stage 1 of a run, from its last checkpoint to the end.

    Args:
        run: a `RunFolder` that was created.
    """
    config = run.config()
    dtype, networks = _start(config)
    drnet = DrNet(
        networks.content_encoder,
        networks.pose_encoder,
        networks.decoder,
        networks.scene_discriminator,
        similarity_weight=config.drnet.similarity_weight,
        adversarial_weight=config.drnet.adversarial_weight,
        adversarial_objective=config.drnet.adversarial_objective,
        dtype=dtype,
    )
    drnet.compile(
        optimizer=make_optimizer(config.drnet),
        discriminator_optimizer=keras.optimizers.Adam(
            config.drnet.discriminator_learning_rate, beta_1=config.drnet.beta_1
        ),
    )
    predictor = VideoPredictor(networks)
    batch = next(iter(load_dataset(config, "test")))
    _fit(
        drnet,
        run,
        "drnet",
        networks,
        lambda: samples.reconstruction_grid(predictor, batch),
        optimizers={
            "optimizer": drnet.optimizer,
            "discriminator_optimizer": drnet.discriminator_optimizer,
        },
    )


def train_pose_predictor(run):
    """Trains stage 2 of a run, from its last checkpoint to the end.

    Args:
        run: a `RunFolder` whose stage 1 is trained.
    """
    config = run.config()
    dtype, networks = _start(config)
    _restore_stage(run, networks, "drnet")
    predictor = PosePredictor(
        networks.content_encoder,
        networks.pose_encoder,
        networks.pose_lstm,
        num_past=config.data.num_past,
        closed_loop=config.pose.closed_loop,
        pose_noise=config.pose.pose_noise,
        dtype=dtype,
    )
    predictor.compile(optimizer=make_optimizer(config.pose))

    def adapt_range():
        predictor.adapt(load_dataset(config, "train", "pose"), ADAPT_STEPS)

    _fit_poses(
        predictor,
        run,
        "pose",
        networks,
        optimizers={"optimizer": predictor.optimizer},
        prepare=adapt_range if config.pose.adapt_range else None,
    )


def train_pose_refiner(run):
    """Trains stage 3 of a run, from its last checkpoint to the end.

    Args:
        run: a `RunFolder` whose stages 1 and 2 are trained.
    """
    config = run.config()
    dtype, networks = _start(config)
    for stage in ("drnet", "pose"):
        _restore_stage(run, networks, stage)
    discriminator = build_pose_discriminator(
        config.model.pose_dim, config.rollout.discriminator_units
    )
    refiner = PoseRefiner(
        networks.content_encoder,
        networks.pose_encoder,
        networks.pose_lstm,
        discriminator,
        num_past=config.data.num_past,
        rollout_length=config.rollout.rollout_length,
        adversarial_weight=config.rollout.adversarial_weight,
        dtype=dtype,
    )
    refiner.compile(
        optimizer=make_optimizer(config.rollout),
        discriminator_optimizer=keras.optimizers.Adam(
            config.rollout.discriminator_learning_rate, beta_1=config.rollout.beta_1
        ),
    )
    refiner.match_range()
    _fit_poses(
        refiner,
        run,
        "rollout",
        networks,
        optimizers={
            "optimizer": refiner.optimizer,
            "discriminator_optimizer": refiner.discriminator_optimizer,
        },
        other_state={"pose_discriminator": discriminator.weights},
    )


def train_mcnet(run):
    """Trains the only stage of a run of MCNet, from its last checkpoint to the end.

    Args:
        run: a `RunFolder` that was created.
    """
    config = run.config()
    dtype, networks = _start(config)
    mcnet = MCNet(
        networks,
        num_past=config.data.num_past,
        num_future=config.mcnet.num_future,
        image_weight=config.mcnet.image_weight,
        adversarial_weight=config.mcnet.adversarial_weight,
        dtype=dtype,
    )
    mcnet.compile(
        optimizer=make_optimizer(config.mcnet),
        discriminator_optimizer=make_optimizer(config.mcnet),
    )
    predictor = MCNetPredictor(networks)
    clips = next(iter(load_dataset(config, "test", "mcnet")))["video"]
    _fit(
        mcnet,
        run,
        "mcnet",
        networks,
        lambda: samples.prediction_grid(predictor, clips, config.data.num_past),
        optimizers={
            "optimizer": mcnet.optimizer,
            "discriminator_optimizer": mcnet.discriminator_optimizer,
        },
        other_state={"gates": mcnet.state_variables},
    )


# Stage to the function that trains it.
TRAINERS = {
    "drnet": train_drnet,
    "pose": train_pose_predictor,
    "rollout": train_pose_refiner,
    "mcnet": train_mcnet,
}


def make_optimizer(config):
    """Returns the Adam that a `TrainConfig` describes."""
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.0,
        warmup_steps=max(config.warmup_steps, 1),
        warmup_target=config.learning_rate,
        decay_steps=max(config.num_steps - config.warmup_steps, 1),
        alpha=1.0 if config.schedule == "constant" else 0.0,
    )
    return keras.optimizers.Adam(
        schedule, beta_1=config.beta_1, global_clipnorm=config.clip_norm or None
    )


def _start(config):
    """Seeds, picks the arithmetic and builds the networks."""
    keras.utils.set_random_seed(config.seed)
    tf.config.experimental.enable_op_determinism()
    dtype = resolve_precision(config.precision)
    return dtype, build_networks(config, dtype=dtype)


def _restore_stage(run, networks, stage):
    """Gives networks the weights of a stage, which has to be trained to its end."""
    steps = run.checkpoints(stage).restore(stage_networks(networks, stage))
    wanted = getattr(run.config(), stage).num_steps
    if steps < wanted:
        raise InputError(
            f"Stage {stage!r} of {run.path} has {steps} of {wanted} steps; finish it "
            f"before the next: --stage={stage}."
        )


def _fit_poses(model, run, stage, networks, **kwargs):
    """Fits a model of the pose LSTM, on cached codes where they were asked for."""
    config = run.config()
    cached = getattr(config, stage).cached_batches

    def encoded_batches(first_batch):
        clips = load_dataset(
            config, "train", stage, first_batch=first_batch, num_batches=cached
        )
        return model.encode_batches(clips, cached_batches=cached)

    generator = VideoPredictor(networks)
    clips = next(iter(load_dataset(config, "test", stage)))["video"]
    _fit(
        model,
        run,
        stage,
        networks,
        lambda: samples.prediction_grid(generator, clips, config.data.num_past),
        batches=encoded_batches if cached else None,
        **kwargs,
    )


def _fit(
    model,
    run,
    stage,
    networks,
    draw,
    *,
    optimizers,
    other_state=None,
    prepare=None,
    batches=None,
):
    """Fits a stage's model from its last checkpoint to its last epoch.

    `prepare` is called first where there is no checkpoint yet; `batches` makes the
    training batches from a given one on.
    """
    config = run.config()

    def load_batches(first_batch):
        return load_dataset(config, "train", stage, first_batch=first_batch)

    batches = batches or load_batches
    settings = getattr(config, stage)
    trained = stage_networks(networks, stage)
    checkpoints = run.checkpoints(stage)
    model.build_optimizers()
    state = {name: optimizer.variables for name, optimizer in optimizers.items()}
    state |= other_state or {}
    average = None
    if settings.average_momentum:
        average = WeightAverage(trained.values(), settings.average_momentum)
        state["average"] = average.variables
    restored = state | ({"live_weights": average.weights} if average else {})
    step = checkpoints.restore(trained, restored)
    _, seconds = checkpoints.progress()
    if not step and prepare:
        prepare()
    log_dir = run.path / "logs" / stage
    keras_callbacks = [
        callbacks.StopAtNaN(),
        *([average] if average else []),
        callbacks.Checkpoint(
            checkpoints, trained, state, step=step, seconds=seconds, average=average
        ),
        callbacks.SampleGrid(draw, run.path / "samples" / stage, log_dir=log_dir),
        keras.callbacks.TensorBoard(log_dir, write_graph=False),
    ]
    per_epoch = settings.steps_per_epoch
    logging.info("Stage %s: step %d of %d.", stage, step, settings.num_steps)
    # After an interruption in mid-epoch, first the rest of that epoch.
    epoch, done = divmod(step, per_epoch)
    for first, last, steps in (
        (epoch, epoch + 1, per_epoch - done if done else 0),
        (-(-step // per_epoch), settings.epochs, per_epoch),
    ):
        if steps and first < last:
            model.fit(
                batches(step),
                initial_epoch=first,
                epochs=last,
                steps_per_epoch=steps,
                shuffle=False,
                validation_data=load_dataset(config, "test", stage),
                validation_steps=VALIDATION_STEPS,
                callbacks=keras_callbacks,
            )
            step += steps
