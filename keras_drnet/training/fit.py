"""Fitting of a stage: checkpoints, samples, logs; going on after an interruption."""

import keras
import tensorflow as tf
from absl import logging

from keras_drnet.checkpoints.run_folder import stage_networks
from keras_drnet.data.load import load_dataset
from keras_drnet.inference.video_predictor import VideoPredictor
from keras_drnet.training import callbacks
from keras_drnet.training.two_player_model import OPTIMIZERS
from keras_drnet.training.weight_average import WeightAverage
from keras_drnet.visualization import sample_grids

VALIDATION_STEPS = 2  # Test batches evaluated after every epoch.


def make_optimizer(config):
    """Return the Adam that a `TrainConfig` describes."""
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


def make_adversarial_weight(config):
    """Return the weight that a `DrNetConfig` describes, a number or a linear ramp."""
    if not config.adversarial_warmup_steps:
        return config.adversarial_weight
    return keras.optimizers.schedules.PolynomialDecay(
        initial_learning_rate=0.0,
        decay_steps=config.adversarial_warmup_steps,
        end_learning_rate=config.adversarial_weight,
    )


def fit(
    model,
    run,
    stage,
    networks,
    draw,
    *,
    other_state=None,
    prepare=None,
    batches=None,
):
    """Fit a stage's model from its last checkpoint to its last epoch.

    Args:
        model: compiled `keras.Model` with `build_optimizers`.
        run: a `RunFolder`.
        stage: name of the stage.
        networks: the method's networks; the stage's own are saved.
        draw: function of nothing that returns a picture, called after every epoch.
        other_state: dict of name to variables that a checkpoint has to keep besides
            weights and optimizers.
        prepare: function of nothing, called first where there is no checkpoint yet.
        batches: function of a number that returns training batches from that one on;
            `None` = those of `load_dataset`.
    """
    config = run.config()

    def load_batches(first_batch):
        return load_dataset(config, "train", stage, first_batch=first_batch)

    batches = batches or load_batches
    settings = getattr(config, stage)
    trained = stage_networks(networks, stage)
    checkpoints = run.checkpoints(stage)
    model.build_optimizers()
    state = {
        name: getattr(model, name).variables
        for name in OPTIMIZERS
        if hasattr(model, name)
    }
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
        if average:
            average.restart()
    log_dir = run.path / "logs" / stage
    checkpoint = callbacks.Checkpoint(
        checkpoints, trained, state, step=step, seconds=seconds, average=average
    )
    keras_callbacks = [
        callbacks.StopAtNaN(step=step),
        *([average] if average else []),
        checkpoint,
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
            try:
                model.fit(
                    batches(step),
                    initial_epoch=first,
                    epochs=last,
                    steps_per_epoch=steps,
                    shuffle=False,
                    validation_data=_validation_batches(config, stage),
                    callbacks=keras_callbacks,
                )
            finally:
                checkpoint.restore_handlers()
            step += steps


def _validation_batches(config, stage):
    """Make a dataset of a few test batches, read once.

    An endless one would be opened and given up in each epoch, and to give up a
    pipeline whose threads are at work can take TensorFlow most of a minute.
    """
    batches = list(load_dataset(config, "test", stage).take(VALIDATION_STEPS))
    return tf.data.Dataset.from_tensor_slices(
        tf.nest.map_structure(lambda *tensors: tf.stack(tensors), *batches)
    )


def fit_poses(model, run, stage, networks, **kwargs):
    """Fit a model of the pose LSTM, on cached codes where they were asked for.

    Args:
        model: `PosePredictor` or `PoseRefiner`.
        run: a `RunFolder`.
        stage: name of the stage.
        networks: the method's networks.
        **kwargs: other arguments of `fit`.
    """
    config = run.config()
    # A stage that trains the pose encoder too has none.
    cached = getattr(getattr(config, stage), "cached_batches", 0)

    def encoded_batches(first_batch):
        clips = load_dataset(
            config, "train", stage, first_batch=first_batch, num_batches=cached
        )
        return model.encode_batches(clips, cached_batches=cached)

    generator = VideoPredictor(networks)
    clips = next(iter(load_dataset(config, "test", stage)))["video"]
    fit(
        model,
        run,
        stage,
        networks,
        lambda: sample_grids.prediction_grid(generator, clips, config.data.num_past),
        batches=encoded_batches if cached else None,
        **kwargs,
    )
