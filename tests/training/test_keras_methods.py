"""Keras' other ways than `fit` in float32: saving, batches, callbacks, optimizers."""

import contextlib
import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.adversarial.systems.adversarial_debiasing import AdversarialDebiasing
from keras_drnet.config.presets import PRESETS
from keras_drnet.errors import InputError
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.group_labels import GroupLabels
from keras_drnet.models.mcnet_networks import build_mcnet_networks
from keras_drnet.models.networks import build_networks
from keras_drnet.models.pose_discriminator import build_pose_discriminator
from keras_drnet.training.drnet import DrNet
from keras_drnet.training.joint_pose_predictor import JointPosePredictor
from keras_drnet.training.mcnet import MCNet
from keras_drnet.training.pose_predictor import PosePredictor
from keras_drnet.training.rollout_refiner import RolloutRefiner
from tests.support.networks import CENTERED_PARTS, LAYERED
from tests.support.system_contract import mlp

BATCH, CLIP_LENGTH, SIZE = 2, 6, 32
FRAMES = ("content_1", "content_2", "pose_1", "pose_2")


def make_drnet(dtype, overrides=()):
    config = PRESETS["tiny"]().with_overrides(list(overrides))
    return DrNet(build_networks(config, dtype=dtype), dtype=dtype)


def make_stage_2(cls, dtype, *names, more=(), **kwargs):
    networks = build_networks(
        PRESETS["tiny"]().with_overrides(CENTERED_PARTS), dtype=dtype
    )
    names = ("content_encoder", "pose_encoder", "pose_lstm", *names)
    networks = [getattr(networks, name) for name in names]
    return cls(*networks, *more, num_past=3, dtype=dtype, **kwargs)


def make_mcnet(dtype):
    config = PRESETS["tiny"]().with_overrides(
        ["method=mcnet", "data.num_past=3", "mcnet.num_future=2"]
    )
    networks = build_mcnet_networks(config, dtype=dtype)
    return MCNet(networks, num_past=3, num_future=2, dtype=dtype)


def make_debiasing(dtype):
    with policy(dtype):
        adversarial = AdversarialLoss(mlp(1, 4, 1), GroupLabels(2), weight=0.5)
        return AdversarialDebiasing(mlp(3, 4, 1), adversarial, dtype=dtype)


MODELS = {
    "drnet": make_drnet,
    "drnet_of_parts": lambda dtype: make_drnet(dtype, CENTERED_PARTS),
    "drnet_of_layers": lambda dtype: make_drnet(dtype, LAYERED),
    "pose": lambda dtype: make_stage_2(PosePredictor, dtype, free_running=True),
    "joint": lambda dtype: make_stage_2(
        JointPosePredictor, dtype, "decoder", frame_weight=1.0
    ),
    "rollout": lambda dtype: make_stage_2(
        RolloutRefiner,
        dtype,
        more=[build_pose_discriminator(4, 8)],
        rollout_length=8,
    ),
    "mcnet": make_mcnet,
    "debiasing": make_debiasing,
}
TWO_PLAYERS = [name for name in MODELS if name not in ("pose", "joint")]
STEPS = [name for name in MODELS if name != "drnet_of_parts"]  # One of each class.
HALF = [name for name in STEPS if name != "joint"]


@contextlib.contextmanager
def policy(name):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def make(name, dtype="float32", **kwargs):
    """Makes a compiled model whose steps are not traced: these are few."""
    keras.utils.set_random_seed(0)
    model = MODELS[name](dtype)
    optimizers = ["optimizer", *(["discriminator_optimizer"] * (name in TWO_PLAYERS))]
    made = {one: keras.optimizers.Adam(1e-3) for one in optimizers}
    model.compile(**made, run_eagerly=True, **kwargs)
    return model


def make_batch(name, seed=0):
    rng = np.random.default_rng(seed)
    if name == "debiasing":
        return {
            "input": tf.constant(rng.normal(size=(BATCH, 3)), "float32"),
            "target": tf.constant([0, 1]),
            "group": tf.constant([1, 0]),
        }
    if name.startswith("drnet"):
        shape, names = (BATCH, SIZE, SIZE, 3), FRAMES
    else:
        shape, names = (BATCH, CLIP_LENGTH, SIZE, SIZE, 3), ["video"]
    return {one: tf.constant(rng.uniform(size=shape), "float32") for one in names}


def state(model):
    """Returns all numbers of a model and of its optimizers."""
    variables = [*model.weights]
    for optimizer in model.optimizers.values():
        variables += optimizer.variables
    return [keras.ops.convert_to_numpy(variable) for variable in variables]


def assert_same(model, other):
    for a, b in zip(state(model), state(other), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("name", "dtype"),
    [
        *((name, "float32") for name in MODELS),
        *((name, "mixed_float16") for name in HALF),
    ],
)
def test_a_loaded_model_trains_on_as_the_saved_one(name, dtype, tmp_path):
    model, batch = make(name, dtype), make_batch(name)
    model.train_on_batch(batch)
    model.save(tmp_path / "model.keras")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert type(loaded) is type(model) and loaded.run_eagerly
    for one, optimizer in model.optimizers.items():
        other = loaded.optimizers[one]
        assert type(other) is type(optimizer)
        assert type(getattr(other, "inner_optimizer", other)) is keras.optimizers.Adam
    assert_same(model, loaded)
    for own in (model, loaded):
        own.train_on_batch(batch)
    assert_same(model, loaded)


@pytest.mark.parametrize("name", ["drnet", "pose", "mcnet", "debiasing"])
def test_fit_goes_on_from_a_backup(name, tmp_path):
    """The variables of the optimizers are there before the first step."""

    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise KeyboardInterrupt

    def fit(model, *callbacks):
        batches = tf.data.Dataset.from_tensors(make_batch(name)).repeat()
        model.fit(batches, epochs=2, steps_per_epoch=1, verbose=0, callbacks=callbacks)
        return model

    def backup():
        return keras.callbacks.BackupAndRestore(tmp_path, delete_checkpoint=False)

    with pytest.raises(KeyboardInterrupt):
        fit(make(name), backup(), Stop())
    assert_same(fit(make(name), backup()), fit(make(name)))


@pytest.mark.parametrize("name", STEPS)
def test_batches_are_unpacked_as_keras_does(name):
    model, batch = make(name), make_batch(name)
    pairs = tf.data.Dataset.from_tensors((batch, tf.zeros(BATCH)))
    tested = model.test_on_batch(batch, return_dict=True)
    assert tested == model.evaluate(pairs, verbose=0, return_dict=True)
    trained = model.train_on_batch(batch, return_dict=True)
    assert model.fit(pairs, verbose=0).history.keys() == trained.keys()
    assert int(model.optimizer.iterations) == 2


@pytest.mark.parametrize("name", STEPS)
def test_what_is_no_batch_gets_a_sentence(name):
    model, batch = make(name), make_batch(name)
    clips = np.zeros((2, 6, 8, 8, 3), "float32")
    for call in (model.train_on_batch, model.test_on_batch):
        with pytest.raises(InputError, match=r"of shape \(2, 6, 8, 8, 3\); expected a"):
            call(clips)
        with pytest.raises(InputError, match="(?i)the batch has no"):
            call({"frames": clips})
        with pytest.raises(InputError, match="Sample weights were given"):
            call(batch, sample_weight=np.ones(BATCH))


def test_a_wrong_batch_gets_a_sentence_in_a_traced_step_too():
    model = make_debiasing("float32")
    model.compile("adam", "adam")
    with pytest.raises(InputError, match="The batch has no 'input'; it has 'x'"):
        model.fit(tf.data.Dataset.from_tensors({"x": tf.zeros((2, 3))}), verbose=0)


def test_optimizers_may_be_given_by_name_wrapped_or_late():
    model = make_debiasing("mixed_float16")
    scaled = [
        keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam()) for _ in range(2)
    ]
    model.compile(*scaled)
    assert list(model.optimizers.values()) == scaled
    model.compile("adam", "sgd")
    inner = [optimizer.inner_optimizer for optimizer in model.optimizers.values()]
    assert [type(one).__name__ for one in inner] == ["Adam", "SGD"]
    late = keras.Sequential([keras.layers.Dense(1)])
    model = AdversarialDebiasing(late, model.adversarial)
    model.compile("adam", "adam", run_eagerly=True)
    assert not model.optimizer.built
    model.train_on_batch(make_batch("debiasing"))
    assert model.optimizer.built and int(model.optimizer.iterations) == 1


def test_steps_run_several_at_once_and_gradients_accumulate():
    model = make_debiasing("float32")
    adam = keras.optimizers.Adam(1e-3, gradient_accumulation_steps=2)
    model.compile(adam, "adam", steps_per_execution=2)
    before = keras.ops.convert_to_numpy(model.feature_variables[0])
    batches = tf.data.Dataset.from_tensors(make_batch("debiasing")).repeat(4)
    model.fit(batches, verbose=0)
    assert int(model.discriminator_optimizer.iterations) == 4
    assert np.any(keras.ops.convert_to_numpy(model.feature_variables[0]) != before)


def test_averages_that_keras_would_take_of_frozen_weights_are_refused():
    averaging = keras.optimizers.Adam(use_ema=True)
    for optimizers in ((averaging, "adam"), ("adam", averaging)):
        with pytest.raises(InputError, match="has use_ema=True"):
            make_debiasing("float32").compile(*optimizers)
