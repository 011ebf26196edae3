"""Training of a run: every stage, from the last checkpoint to the end."""

import keras
import tensorflow as tf

from keras_drnet.checkpoints.run_folder import stage_networks, stages_of
from keras_drnet.config.precision import resolve_precision
from keras_drnet.config.presets import BASELINES, PRESETS
from keras_drnet.data.clips import SPLITS
from keras_drnet.data.load import load_dataset
from keras_drnet.errors import InputError, choose
from keras_drnet.inference.mcnet_predictor import MCNetPredictor
from keras_drnet.inference.video_predictor import VideoPredictor
from keras_drnet.models.networks import build_networks
from keras_drnet.models.pose_discriminator import build_pose_discriminator
from keras_drnet.training import fit
from keras_drnet.training.drnet import DrNet
from keras_drnet.training.joint_pose_predictor import JointPosePredictor
from keras_drnet.training.mcnet import MCNet
from keras_drnet.training.pose_predictor import PosePredictor
from keras_drnet.training.pose_refiner import PoseRefiner
from keras_drnet.visualization import sample_grids

ADAPT_STEPS = 8  # Training batches that show the range of poses, the color of frames.


def open_run(run, preset=None, data_dir=None, overrides=(), baseline=None):
    """Return the run, created if it is new, and checked if it is not.

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
        if baseline:
            raise InputError(
                f"{run.path} holds a run already, and --baseline is for a new one; "
                "choose another --run_dir, with --preset, or leave it out to go on."
            )
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
    # What cannot work in some stage must fail before the folder is made.
    for stage in stages_of(wanted):
        for split in SPLITS:
            load_dataset(wanted, split, stage)
    build_networks(wanted, dtype=resolve_precision(wanted.precision))
    run.create(wanted)
    return run


def train_drnet(run):
    """Train stage 1 of a run, from its last checkpoint to the end.

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
        steadiness_weight=config.drnet.steadiness_weight,
        adversarial_weight=fit.make_adversarial_weight(config.drnet),
        adversarial_objective=config.drnet.adversarial_objective,
        dtype=dtype,
    )
    drnet.compile(
        optimizer=fit.make_optimizer(config.drnet),
        discriminator_optimizer=keras.optimizers.Adam(
            config.drnet.discriminator_learning_rate, beta_1=config.drnet.beta_1
        ),
    )
    predictor = VideoPredictor(networks)
    batch = next(iter(load_dataset(config, "test")))
    fit.fit(
        drnet,
        run,
        "drnet",
        networks,
        lambda: sample_grids.reconstruction_grid(predictor, batch),
    )


def train_pose_predictor(run):
    """Train stage 2 of a run, from its last checkpoint to the end.

    Args:
        run: a `RunFolder` whose stage 1 is trained.
    """
    config = run.config()
    dtype, networks = _start(config)
    _restore_stages_before(run, networks, "pose")
    predictor = PosePredictor(
        networks.content_encoder,
        networks.pose_encoder,
        networks.pose_lstm,
        num_past=config.data.num_past,
        closed_loop=config.pose.closed_loop,
        absolute_error=config.pose.absolute_error,
        pose_noise=config.pose.pose_noise,
        dtype=dtype,
    )
    predictor.compile(optimizer=fit.make_optimizer(config.pose))

    def adapt_range():
        predictor.adapt(load_dataset(config, "train", "pose"), ADAPT_STEPS)

    fit.fit_poses(
        predictor,
        run,
        "pose",
        networks,
        prepare=adapt_range if config.pose.adapt_range else None,
    )


def train_joint_predictor(run):
    """Train stage `joint` of a run, from its last checkpoint to the end.

    Args:
        run: a `RunFolder` whose stages 1 and 2 are trained.
    """
    config = run.config()
    dtype, networks = _start(config)
    _restore_stages_before(run, networks, "joint")
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
    joint.compile(optimizer=fit.make_optimizer(config.joint))
    fit.fit_poses(joint, run, "joint", networks)


def train_pose_refiner(run):
    """Train stage `rollout` of a run, from its last checkpoint to the end.

    Args:
        run: a `RunFolder` whose stages before it are trained.
    """
    config = run.config()
    dtype, networks = _start(config)
    _restore_stages_before(run, networks, "rollout")
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
        absolute_error=config.pose.absolute_error,
        adversarial_weight=config.rollout.adversarial_weight,
        dtype=dtype,
    )
    refiner.compile(
        optimizer=fit.make_optimizer(config.rollout),
        discriminator_optimizer=keras.optimizers.Adam(
            config.rollout.discriminator_learning_rate, beta_1=config.rollout.beta_1
        ),
    )
    refiner.match_range()
    fit.fit_poses(
        refiner,
        run,
        "rollout",
        networks,
        other_state={"pose_discriminator": discriminator.weights},
    )


def train_mcnet(run):
    """Train the only stage of a run of MCNet, from its last checkpoint to the end.

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
        optimizer=fit.make_optimizer(config.mcnet),
        discriminator_optimizer=fit.make_optimizer(config.mcnet),
    )

    def adapt_color():
        mcnet.adapt(load_dataset(config, "train", "mcnet"), ADAPT_STEPS)

    predictor = MCNetPredictor(networks)
    clips = next(iter(load_dataset(config, "test", "mcnet")))["video"]
    fit.fit(
        mcnet,
        run,
        "mcnet",
        networks,
        lambda: sample_grids.prediction_grid(predictor, clips, config.data.num_past),
        other_state={"gates": mcnet.state_variables},
        prepare=adapt_color if config.mcnet.adapt_color else None,
    )


# Stage to the function that trains it.
TRAINERS = {
    "drnet": train_drnet,
    "pose": train_pose_predictor,
    "joint": train_joint_predictor,
    "rollout": train_pose_refiner,
    "mcnet": train_mcnet,
}


def _start(config):
    """Seed, picks the arithmetic and builds the networks."""
    keras.utils.set_random_seed(config.seed)
    tf.config.experimental.enable_op_determinism()
    dtype = resolve_precision(config.precision)
    return dtype, build_networks(config, dtype=dtype)


def _restore_stages_before(run, networks, next_stage):
    """Give networks the weights of all stages before one, trained to their ends."""
    stages = run.stages()
    for stage in stages[: stages.index(next_stage)]:
        steps = run.checkpoints(stage).restore(stage_networks(networks, stage))
        wanted = getattr(run.config(), stage).num_steps
        if steps < wanted:
            raise InputError(
                f"Stage {stage!r} of {run.path} has {steps} of {wanted} steps; finish "
                f"it before the next: --stage={stage}."
            )
