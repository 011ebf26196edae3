"""Contracts that every network keeps, over one list of all of them."""

import dataclasses

import keras
import numpy as np
import pytest

from keras_drnet.config.presets import PRESETS
from keras_drnet.data.pipeline import sampling
from keras_drnet.errors import InputError
from keras_drnet.models import blocks
from keras_drnet.models.content_encoder import build_content_encoder
from keras_drnet.models.encode import encode_content
from keras_drnet.models.networks import build_networks, count_weights
from tests.support.descriptors import DESCRIPTORS
from tests.support.networks import LAYERED, RICH_PARTS

EVERY = pytest.mark.parametrize("descriptor", DESCRIPTORS, ids=lambda d: d.name)
SIZED = pytest.mark.parametrize(
    "descriptor", [d for d in DESCRIPTORS if d.sized], ids=lambda d: d.name
)
FEW = 4  # Filters: shapes do not depend on the width.


def random_inputs(model, batch_size):
    rng = np.random.default_rng(0)
    return keras.tree.map_structure(
        lambda x: keras.ops.convert_to_tensor(
            rng.uniform(size=(batch_size, *x.shape[1:])).astype("float32")
        ),
        model.input,
    )


def outputs(model, inputs):
    flat = keras.tree.flatten(model(inputs, training=False))
    return [keras.ops.convert_to_numpy(keras.ops.cast(x, "float32")) for x in flat]


@EVERY
def test_has_the_parameters_of_the_authors_network(descriptor):
    model = descriptor.build(64, 3, 64, "float32")
    count = sum(int(np.prod(v.shape)) for v in model.trainable_variables)
    assert count == descriptor.num_parameters


@SIZED
@pytest.mark.parametrize("image_size", [32, 64, 128, 256])
@pytest.mark.parametrize("num_channels", [1, 3])
def test_every_size_ends_in_the_same_shapes(descriptor, image_size, num_channels):
    model = descriptor.build(image_size, num_channels, FEW, "float32")
    output = model.output
    frame = (None, image_size, image_size, num_channels)
    if descriptor.name.startswith("content_encoder"):
        content, skips = output
        assert content.shape == (None, 128)
        sides = [skip.shape[1] for skip in skips]
        assert sides == sorted(sides, reverse=True)
        assert bool(skips) == descriptor.name.endswith("unet")
        assert model.input.shape == frame
    elif descriptor.name.startswith("pose_encoder"):
        assert output.shape == (None, 10)
        assert model.input.shape == frame
    else:
        assert output.shape == frame


@pytest.mark.parametrize("family", ["dcgan", "dcgan_unet", "vgg_unet"])
@pytest.mark.parametrize("image_size", [32, 64, 128, 256])
def test_decoder_reads_every_map_of_the_encoder_of_its_family(
    tiny, rng, family, image_size
):
    config = tiny.with_overrides(
        [
            f"data.image_size={image_size}",
            f"model.content_encoder={family}",
            f"model.decoder={family}",
        ]
    )
    networks = build_networks(config)
    frames = rng.uniform(size=(2, image_size, image_size, 3)).astype("float32")
    content, skips = networks.content_encoder(frames)
    pose = networks.pose_encoder(frames)
    decoded = networks.decoder(((content, skips), pose))
    assert decoded.shape == frames.shape
    assert bool(skips) == family.endswith("unet")
    for i, skip in enumerate(skips):
        changed = (*skips[:i], skip + 1.0, *skips[i + 1 :])
        assert not np.array_equal(networks.decoder(((content, changed), pose)), decoded)


@EVERY
@pytest.mark.parametrize("batch_size", [1, 7])
def test_clips_of_a_batch_do_not_mix_in_inference(descriptor, batch_size):
    model = descriptor.build(32, 3, FEW, "float32")
    inputs = random_inputs(model, batch_size)
    last = keras.tree.map_structure(lambda x: x[-1:], inputs)
    for whole, alone in zip(outputs(model, inputs), outputs(model, last), strict=True):
        assert whole.shape[0] == batch_size
        np.testing.assert_allclose(whole[-1:], alone, rtol=1e-4, atol=1e-6)


@EVERY
def test_round_trip_through_configuration_and_weights(descriptor, tmp_path):
    model = descriptor.build(32, 3, FEW, "float32")
    for variable in model.weights:  # Distinct, so that no two can be confused.
        variable.assign(keras.random.uniform(variable.shape, 0.01, 0.2))
    path = tmp_path / "model.weights.h5"
    model.save_weights(path)
    copy = keras.Model.from_config(model.get_config())
    copy.load_weights(path)
    inputs = random_inputs(model, 2)
    for a, b in zip(outputs(model, inputs), outputs(copy, inputs), strict=True):
        np.testing.assert_array_equal(a, b)


@EVERY
@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision_keeps_codes_and_frames_float32(descriptor, policy):
    exact = descriptor.build(32, 3, FEW, "float32")
    mixed = descriptor.build(32, 3, FEW, policy)
    mixed.set_weights(exact.get_weights())
    assert all(v.dtype == "float32" for v in mixed.trainable_variables)
    inputs = random_inputs(exact, 3)
    first = keras.tree.flatten(mixed(inputs))[0]
    assert keras.backend.standardize_dtype(first.dtype) == "float32"
    for a, b in zip(outputs(exact, inputs), outputs(mixed, inputs), strict=True):
        np.testing.assert_allclose(a, b, atol=0.05, rtol=0.05)


def test_codes_and_frames_keep_their_ranges(tiny, rng):
    networks = build_networks(tiny)
    frames = keras.ops.convert_to_tensor(
        rng.uniform(size=(5, 32, 32, 3)).astype("float32")
    )
    content, skips = networks.content_encoder(frames, training=True)
    pose = networks.pose_encoder(frames, training=True)
    assert skips == ()
    for code in (content, pose):
        assert np.all(np.abs(code) < 1)
    decoded = networks.decoder(((content, skips), pose), training=True)
    assert np.all((decoded > np.zeros(1)) & (decoded < np.ones(1)))


def test_normalized_pose_has_unit_norm(tiny, rng):
    networks = build_networks(tiny.with_overrides(["model.normalize_pose=true"]))
    frames = keras.ops.convert_to_tensor(
        rng.uniform(size=(5, 32, 32, 3)).astype("float32")
    )
    norms = np.linalg.norm(networks.pose_encoder(frames, training=True), axis=1)
    np.testing.assert_allclose(norms, 1, rtol=1e-5)


def test_initial_kernels_are_those_of_the_authors(tiny):
    config = tiny.with_overrides(["model.num_filters=32"])
    encoder = build_networks(config).content_encoder
    kernels = [v for v in encoder.trainable_variables if v.name == "kernel"]
    scales = [v for v in encoder.trainable_variables if v.name == "gamma"]
    assert np.isclose(np.std(np.asarray(kernels[-1])), 0.02, rtol=0.05)
    assert np.isclose(np.mean(np.asarray(scales[-2])), 1, atol=0.02)


@pytest.mark.parametrize("family", ["dcgan", "dcgan_unet", "vgg_unet"])
def test_max_pool_head_does_not_see_where_a_thing_is(family):
    encoder = build_content_encoder(family, 64, 1, 8, FEW, head="max_pool")
    frames = np.zeros((2, 64, 64, 1), "float32")
    # A whole stride of the last map apart, and away from the edges.
    frames[0, 24:30, 20:28] = frames[1, 24:30, 36:44] = 1
    content, _ = encoder(keras.ops.convert_to_tensor(frames))
    np.testing.assert_allclose(content[0], content[1], atol=1e-6)


@pytest.mark.parametrize("image_size", [16, 48, 100, 512])
def test_impossible_sizes_are_refused(image_size):
    with pytest.raises(InputError, match="power of two from 32 to 256"):
        blocks.num_stages(image_size)


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("model.pose_encoder=resnet", "Unknown pose encoder 'resnet'.*resnet18"),
        ("model.content_encoder=vgg", "Unknown content encoder 'vgg'.*vgg_unet"),
        ("model.content_head=mean", "Unknown head of the content encoder 'mean'"),
        ("model.decoder=unet", "Unknown decoder 'unet'.*dcgan_unet"),
        ("model.decoder=part", "Unknown decoder 'part'.*Did you mean 'parts'"),
        ("model.decoder=vgg_unet", "cannot read the maps"),
    ],
)
def test_unknown_networks_are_named_with_the_valid_ones(tiny, key, message):
    with pytest.raises(InputError, match=message):
        build_networks(tiny.with_overrides([key]))


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_the_networks_of_every_preset_fit_together(name):
    config = PRESETS[name]().with_overrides(["model.num_filters=2"])
    networks = build_networks(config)
    size, channels = config.data.image_size, config.data.num_channels
    frames = np.zeros((1, size, size, channels), np.float32)
    content = encode_content(networks.content_encoder, frames)
    pose = networks.pose_encoder(frames)
    assert networks.decoder((content, pose)).shape == frames.shape
    sampling.check_max_step(
        config.data.max_step,
        config.data.clip_length,
        neighbors=config.drnet.steadiness_weight > 0,
        num_content_frames=config.model.num_content_frames,
    )


@pytest.mark.parametrize("overrides", [[], RICH_PARTS, LAYERED, ["method=mcnet"]])
def test_weights_are_counted_without_being_made(tiny, overrides):
    config = tiny.with_overrides(overrides)
    networks = vars(build_networks(config))
    found = {name: network.count_params() for name, network in networks.items()}
    assert count_weights(config) == found
    wide = tiny.with_overrides(["model.lstm_units=60000", "model.num_filters=4096"])
    assert sum(count_weights(wide).values()) > 5e10  # 200 GB of them.
    assert vars(build_networks(config)).keys() == found.keys()


def test_networks_cannot_be_exchanged(tiny):
    with pytest.raises(dataclasses.FrozenInstanceError):
        build_networks(tiny).decoder = None
