"""Fitting of a stage: checkpoints, pictures, logs; resuming after an interruption."""

import keras
import tensorflow as tf
from absl import logging

from keras_drnet.checkpoints.run_folder import stage_weights
from keras_drnet.checks.numbers import check_equal_shares
from keras_drnet.data.load import load_dataset
from keras_drnet.errors import InputError
from keras_drnet.inference.load import PREDICTORS
from keras_drnet.training import callbacks, distribution
from keras_drnet.training.weight_average import WeightAverage

VALIDATION_STEPS = 2  # Test batches evaluated after every epoch.
ADAPT_STEPS = 8  # Training batches that a model adapts to before the first step.


def fit(model, run, stage, networks, *, steps_per_execution=1):
    """Fit a stage's model from its last checkpoint to its last epoch.

    Args:
        model: a compiled `StageModel`.
        run: a `RunFolder`.
        stage: a `Stage`.
        networks: the method's networks; the stage's own are saved.
        steps_per_execution: steps that Keras runs at once.

    Raises:
        InputError: replicas cannot share a batch equally, or executions an epoch.
        TrainingError: a loss is no longer finite; the last checkpoint is kept.
    """
    config = run.config()
    settings = config.stage(stage.name)
    check_equal_shares(settings.batch_size, distribution.num_replicas(), "replicas")
    if settings.steps_per_epoch % steps_per_execution:
        raise InputError(
            f"steps_per_execution is {steps_per_execution}; expected a divisor of "
            f"{stage.name}.steps_per_epoch, {settings.steps_per_epoch}."
        )
    trained = stage_weights(networks, stage.name)
    state = {n: optimizer.variables for n, optimizer in model.optimizers.items()}
    state |= model.extra_state
    average, live = None, {}
    if settings.average_momentum:
        averaged = [getattr(networks, name) for name in trained]
        average = WeightAverage(averaged, settings.average_momentum)
        state["average"] = average.variables
        live = {"live_weights": average.weights}
    checkpoints = run.checkpoints(stage.name)
    step = checkpoints.restore(trained, state | live)
    _, seconds = checkpoints.progress()
    if not step and stage.adapts(config):
        model.adapt(load_dataset(config, "train", stage.name), ADAPT_STEPS)
        if average:
            average.restart()
    # Read once: an endless dataset would be opened and given up in each epoch, and
    # giving up a pipeline with busy threads can take TensorFlow most of a minute.
    test_batches = list(load_dataset(config, "test", stage.name).take(VALIDATION_STEPS))
    predictor = PREDICTORS[config.method](networks)
    checkpoint = callbacks.Checkpoint(
        checkpoints, trained, state, step=step, seconds=seconds, average=average
    )
    log_dir = run.path / "logs" / stage.name
    stage_callbacks = [
        callbacks.StopAtNaN(step=step),
        *([average] if average else []),
    ]
    if distribution.is_chief():
        stage_callbacks += [
            callbacks.SampleGrid(
                lambda: stage.draw(predictor, test_batches[0], config.data.num_past),
                run.path / "samples" / stage.name,
                log_dir=log_dir,
            ),
            keras.callbacks.TensorBoard(log_dir, write_graph=False),
        ]
    # Last: an epoch that is saved has all that belongs to it.
    stage_callbacks.append(checkpoint)

    def fit_epochs(step, first, last, num_steps):
        # Keras would take the steps of a whole execution beyond an epoch's end.
        whole = num_steps % steps_per_execution == 0
        model.steps_per_execution = steps_per_execution if whole else 1
        model.make_train_function(force=True)
        model.fit(
            _training_batches(model, config, stage.name, step),
            initial_epoch=first,
            epochs=last,
            steps_per_epoch=num_steps,
            shuffle=False,
            verbose="auto" if distribution.is_chief() else 0,
            validation_data=stacked(test_batches),
            callbacks=stage_callbacks,
        )

    logging.info("Stage %s: step %d of %d.", stage.name, step, settings.num_steps)
    epoch, done = divmod(step, settings.steps_per_epoch)
    try:
        if done:  # The rest of an epoch that was interrupted.
            fit_epochs(step, epoch, epoch + 1, settings.steps_per_epoch - done)
            epoch += 1
        if epoch < settings.epochs:
            step = epoch * settings.steps_per_epoch
            fit_epochs(step, epoch, settings.epochs, settings.steps_per_epoch)
    finally:
        checkpoint.restore_handlers()


def _training_batches(model, config, stage, first_batch):
    """Make the training batches, encoded and repeated where the stage caches some."""
    # A stage that trains the pose encoder caches none.
    cached = getattr(config.stage(stage), "cached_batches", 0)
    batches = load_dataset(
        config,
        "train",
        stage,
        first_batch=first_batch,
        num_batches=cached,
        share=distribution.worker(),
    )
    return model.encode_batches(batches, cached_batches=cached) if cached else batches


def stacked(batches):
    """Make a finite dataset of a list of batches."""
    return tf.data.Dataset.from_tensor_slices(
        tf.nest.map_structure(lambda *tensors: tf.stack(tensors), *batches)
    )
