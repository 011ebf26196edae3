"""The stages of training: one table, and `train_stage`.

A stage's numbers, and the networks that it trains, are in its section of `Config`.
"""

import dataclasses
from collections.abc import Callable

import keras
import tensorflow as tf

from keras_drnet.checkpoints.run_folder import stage_weights
from keras_drnet.config.precision import resolve_precision
from keras_drnet.errors import InputError, choose
from keras_drnet.models.networks import build_networks
from keras_drnet.models.part_poses import position_indices
from keras_drnet.models.pose_discriminator import build_pose_discriminator
from keras_drnet.training.drnet import DrNet
from keras_drnet.training.fit import fit
from keras_drnet.training.initialization import initialize
from keras_drnet.training.joint_pose_predictor import JointPosePredictor
from keras_drnet.training.mcnet import MCNet
from keras_drnet.training.optimizers import (
    make_adversarial_weight,
    make_discriminator_optimizer,
    make_optimizer,
)
from keras_drnet.training.pose_predictor import PosePredictor
from keras_drnet.training.rollout_refiner import RolloutRefiner
from keras_drnet.visualization.sample_grids import prediction_grid, reconstruction_grid


@dataclasses.dataclass(frozen=True)
class Stage:
    """A stage of training.

    Attributes:
        name: its section in `Config`, and the folder of its checkpoints.
        build_model: function of `(config, networks, dtype)` that returns the compiled
            `StageModel` which trains the networks.
        draw: function of `(predictor, test_batch, num_past)` that returns the picture
            drawn after every epoch, uint8 `[H, W, 3]`.
        adapts: function of `config`: whether the model's `adapt` is called before the
            first step.
    """

    name: str
    build_model: Callable
    draw: Callable
    adapts: Callable = lambda config: False


def train_stage(run, name, *, deterministic=True, steps_per_execution=1):
    """Train a stage of a run, from its last checkpoint to the end.

    In the scope of a `tf.distribute.Strategy` its replicas share every batch.

    Args:
        run: a `RunFolder` that was created, with the stages before this one trained.
        name: a key of `STAGES`.
        deterministic: whether the same steps give the same weights on the same machine.
            Without, TensorFlow takes faster operations, and Keras XLA on a GPU.
        steps_per_execution: steps that Keras runs at once, a divisor of the stage's
            `steps_per_epoch`; a signal is seen, and the loss checked, after them.

    Raises:
        InputError: a stage before it is not finished, data are missing or damaged, or
            batch or epoch cannot be divided as asked.
        TrainingError: a loss is no longer finite.
    """
    config, stage = run.config(), choose(STAGES, name, "stage")
    keras.utils.set_random_seed(config.seed)
    if deterministic:
        tf.config.experimental.enable_op_determinism()
    dtype = resolve_precision(config.precision)
    networks = build_networks(config, dtype=dtype)
    if not run.checkpoints(name).steps():
        initialize(networks, config)
    _restore_stages_before(run, networks, name)
    model = stage.build_model(config, networks, dtype)
    fit(model, run, stage, networks, steps_per_execution=steps_per_execution)


def _restore_stages_before(run, networks, name):
    """Set the weights of the networks to those of the stages before, all finished."""
    config = run.config()
    for before in config.stages[: config.stages.index(name)]:
        trained = stage_weights(networks, before)
        steps = run.checkpoints(before).restore(trained)
        wanted = config.stage(before).num_steps
        if steps < wanted:
            raise InputError(
                f"Stage {before!r} of {run.path} has {steps} of {wanted} steps; finish "
                f"it before the next: --stage={before}."
            )


def _build_drnet(config, networks, dtype):
    settings = config.drnet
    drnet = DrNet(
        networks,
        similarity_weight=settings.similarity_weight,
        steadiness_weight=settings.steadiness_weight,
        decorrelation_weight=settings.decorrelation_weight,
        adversarial_weight=make_adversarial_weight(settings),
        adversarial_objective=settings.adversarial_objective,
        adversarial_positions=settings.adversarial_positions,
        dtype=dtype,
    )
    drnet.compile(make_optimizer(settings), make_discriminator_optimizer(settings))
    return drnet


def _build_pose_predictor(config, networks, dtype):
    predictor = PosePredictor(
        networks.content_encoder,
        networks.pose_encoder,
        networks.pose_lstm,
        num_past=config.data.num_past,
        free_running=config.pose.free_running,
        absolute_error=config.pose.absolute_error,
        pose_noise=config.pose.pose_noise,
        pose_weights=_pose_weights(config),
        dtype=dtype,
    )
    predictor.compile(make_optimizer(config.pose))
    return predictor


def _pose_weights(config):
    """Return the weights of a pose's elements in the loss of stage 2."""
    weight, model = config.pose.position_weight, config.model
    if weight == 1:
        return 1.0
    positions = {i for pair in position_indices(model.num_parts) for i in pair}
    return [weight if i in positions else 1.0 for i in range(model.pose_dim)]


def _build_joint_predictor(config, networks, dtype):
    joint = JointPosePredictor(
        networks.content_encoder,
        networks.pose_encoder,
        networks.pose_lstm,
        networks.decoder,
        num_past=config.data.num_past,
        num_targets=config.joint.num_targets,
        absolute_error=config.pose.absolute_error,
        anchor_weight=config.joint.anchor_weight,
        frame_weight=config.joint.frame_weight,
        dtype=dtype,
    )
    joint.compile(make_optimizer(config.joint))
    return joint


def _build_rollout_refiner(config, networks, dtype):
    settings = config.rollout
    refiner = RolloutRefiner(
        networks.content_encoder,
        networks.pose_encoder,
        networks.pose_lstm,
        build_pose_discriminator(config.model.pose_dim, settings.discriminator_units),
        num_past=config.data.num_past,
        rollout_length=settings.rollout_length,
        absolute_error=config.pose.absolute_error,
        adversarial_weight=settings.adversarial_weight,
        dtype=dtype,
    )
    refiner.compile(make_optimizer(settings), make_discriminator_optimizer(settings))
    refiner.match_normalization()
    return refiner


def _build_mcnet(config, networks, dtype):
    settings = config.mcnet
    mcnet = MCNet(
        networks,
        num_past=config.data.num_past,
        num_future=settings.num_future,
        image_weight=settings.image_weight,
        adversarial_weight=settings.adversarial_weight,
        dtype=dtype,
    )
    mcnet.compile(make_optimizer(settings), make_optimizer(settings))
    return mcnet


def _draw_reconstructions(predictor, batch, num_past):
    return reconstruction_grid(predictor, batch)


def _draw_predictions(predictor, batch, num_past):
    return prediction_grid(predictor, batch["video"], num_past)


STAGES = {
    stage.name: stage
    for stage in (
        Stage("drnet", _build_drnet, _draw_reconstructions),
        Stage(
            "pose",
            _build_pose_predictor,
            _draw_predictions,
            adapts=lambda config: config.pose.adapt_normalization,
        ),
        Stage("joint", _build_joint_predictor, _draw_predictions),
        Stage("rollout", _build_rollout_refiner, _draw_predictions),
        Stage(
            "mcnet",
            _build_mcnet,
            _draw_predictions,
            adapts=lambda config: config.mcnet.adapt_color,
        ),
    )
}
