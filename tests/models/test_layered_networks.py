"""Networks of layers: what stays with a part, what stays behind, and what is kept."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_drnet.config.presets import PRESETS
from keras_drnet.errors import InputError
from keras_drnet.models.blocks import patch_filters, smallest_patch_map
from keras_drnet.models.layered_decoder import (
    FeaturesAndMask,
    KeptPixels,
    LayerComposition,
)
from keras_drnet.models.layered_encoder import PartWindows
from keras_drnet.models.networks import build_networks, own_weights
from tests.support.networks import LAYERED, lively_networks

SIZE, PATCH, NUM_PARTS = 32, 24, 2


@pytest.fixture(scope="module")
def networks():
    return lively_networks(PRESETS["tiny"]().with_overrides(LAYERED))


@pytest.fixture
def frames(rng):
    return rng.uniform(size=(3, SIZE, SIZE, 3)).astype("float32")


def to_numpy(tensor):
    return keras.ops.convert_to_numpy(tensor)


def decode(networks, content, pose):
    inputs = keras.tree.map_structure(keras.ops.convert_to_tensor, (content, pose))
    return to_numpy(networks.decoder(inputs, training=False))


def test_the_localizer_is_shared_and_learns_from_the_pose_alone(networks, frames):
    shared = networks.content_encoder.get_layer("localizer")
    assert shared is networks.pose_encoder.get_layer("localizer")
    kept = {id(w) for w in own_weights(networks, "content_encoder")}
    assert kept and not kept & {id(w) for w in shared.weights}
    with tf.GradientTape(persistent=True) as tape:
        content, skips = networks.content_encoder(frames, training=True)
        seen = keras.ops.sum(content) + sum(map(keras.ops.sum, skips))
        frame = networks.decoder(
            ((content, skips), networks.pose_encoder(frames, training=True))
        )
        drawn = keras.ops.sum(keras.ops.square(frame))
    values = [v.value for v in shared.trainable_variables]
    assert all(g is None for g in tape.gradient(seen, values))
    assert any(np.abs(g).max() > 0 for g in tape.gradient(drawn, values))


def test_what_a_part_looks_like_does_not_depend_on_where_it_is(networks, rng):
    encoder = networks.content_encoder
    frames = np.zeros((2, SIZE, SIZE, 3), "float32")
    thing = rng.uniform(size=(8, 8, 3))
    frames[0, 10:18, 10:18] = frames[1, 12:20, 14:22] = thing
    read = encoder.get_layer("content_patches")
    positions = np.float32([[[-0.125, -0.125]] * 2, [[0.0, 0.125]] * 2])
    patches = to_numpy(read(frames, positions))
    np.testing.assert_allclose(patches[0], patches[1], atol=1e-5)
    content, (_, _, *maps) = encoder.output
    rest = keras.Model(read.output, (content, *maps))
    for value in rest(patches):
        np.testing.assert_allclose(*to_numpy(value), atol=1e-5)


def test_a_part_is_moved_with_its_position_and_nothing_else_is(networks, frames):
    content, (_, background, *maps) = networks.content_encoder(frames[:1])
    plain = (content, (0.5 * np.ones_like(frames[:1]), 0 * background, *maps))
    pose = to_numpy(networks.pose_encoder(frames[:1]))
    pose[:, : 2 * NUM_PARTS] = 0
    here = decode(networks, plain, pose)[0]
    # A pixel of the features is two of the frame, 1/8 of the way to the edge.
    pose[:, : 2 * NUM_PARTS] = 1 / 8
    there = decode(networks, plain, pose)[0]
    np.testing.assert_allclose(there[6:26, 6:26], here[4:24, 4:24], atol=1e-5)
    assert not np.allclose(there, here, atol=1e-2)
    # Away from both patches there is no part to be seen. The last convolution doubles
    # the side, so even pixels are alike, and odd ones.
    pose[:, : 2 * NUM_PARTS] = -0.99
    away = decode(networks, plain, pose)[0]
    np.testing.assert_allclose(away[20:28:2, 20:28:2] - away[20, 20], 0, atol=1e-5)


def test_residuals_change_the_part_alone(networks, frames):
    content = networks.content_encoder(frames)
    pose = to_numpy(networks.pose_encoder(frames))
    pose[:, : 2 * NUM_PARTS] = -0.75  # All pixels from the 19th on are outside.
    changed = pose.copy()
    changed[:, 2 * NUM_PARTS :] *= -1
    before, after = (decode(networks, content, p) for p in (pose, changed))
    assert not np.allclose(before[:, :16, :16], after[:, :16, :16], atol=1e-3)
    np.testing.assert_allclose(before[:, 21:, 21:], after[:, 21:, 21:], atol=1e-6)


def test_the_background_does_not_see_what_is_in_a_window(networks, frames):
    encoder = networks.content_encoder
    layer = encoder.get_layer("windows")
    _, (_, background, *_) = encoder.output
    behind = keras.Model((encoder.input, layer.output), background)
    windows = np.zeros((3, SIZE, SIZE, 1), "float32")
    windows[:, 8:24, 12:20] = 1
    other = frames.copy()
    other[:, 8:24, 12:20] = 1 - frames[:, 8:24, 12:20]
    one, two = (to_numpy(behind((f, windows))) for f in (frames, other))
    np.testing.assert_array_equal(one, two)
    other[:, 25] = 1 - frames[:, 25]
    assert not np.allclose(one, to_numpy(behind((other, windows))))


def test_windows_are_upright_and_do_not_add_up():
    layer = PartWindows(64, 48)
    positions = np.float32([[[0, 0], [0, 0]], [[0, -0.5], [0, 0.5]]])
    together, apart = to_numpy(layer(positions))[..., 0]
    assert together.max() <= 1 and together[31:33, 31:33].min() > 0.98
    assert together[31, 31 + 20] < 5e-3 < 0.9 < together[31 - 18, 31]
    assert apart[31, 31] < 0.1 and apart[31, 15] > 0.98 and apart[31, 47] > 0.98
    copy = PartWindows.from_config(layer.get_config())
    np.testing.assert_array_equal(to_numpy(copy(positions))[0, ..., 0], together)


def test_a_part_hides_the_background_as_far_as_its_mask_says():
    logits = np.float32([[[2.0, -1.0, 0.0], [2.0, -1.0, 100.0]]])
    parts = to_numpy(FeaturesAndMask()(logits))
    np.testing.assert_allclose(parts[0], [[1, -0.1, 0.5], [2, -0.2, 1]], rtol=1e-5)
    behind = np.float32([[[4.0, 8.0], [4.0, 8.0]]])
    layers = to_numpy(LayerComposition()(parts, behind))
    np.testing.assert_allclose(layers[0], [[1, -0.1, 2, 4], [2, -0.2, 0, 0]], rtol=1e-5)
    # Two masks of 1 in one place hide no more than one.
    twice = to_numpy(LayerComposition()(2 * parts, behind))
    np.testing.assert_allclose(twice[0, :, 2:], 0)


def test_pixels_are_new_ones_or_those_of_the_frame():
    logits = np.float32([[0, 100, -100], [0, 100, 100], [0, 100, 0]])
    frames = np.float32([[0.2, 0.4]] * 3)
    pixels = to_numpy(KeptPixels()(logits, frames))
    np.testing.assert_allclose(pixels, [[0.2, 0.4], [0.5, 1.0], [0.35, 0.7]], atol=1e-6)


@pytest.mark.parametrize(
    ("image_size", "patch_size"), [(32, 16), (64, 48), (128, 56), (256, 80)]
)
@pytest.mark.parametrize("num_channels", [1, 3])
def test_every_size_is_read_and_drawn(tiny, image_size, patch_size, num_channels):
    config = tiny.with_overrides(
        [
            *LAYERED,
            f"data.image_size={image_size}",
            f"data.num_channels={num_channels}",
            f"model.patch_size={patch_size}",
        ]
    )
    networks = build_networks(config)
    frames = np.ones((1, image_size, image_size, num_channels), "float32")
    content, pose = networks.content_encoder(frames), networks.pose_encoder(frames)
    assert networks.decoder((content, pose)).shape == frames.shape


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("model.decoder=parts", "is 'layered', but .* set all three to 'parts'"),
        ("model.num_content_frames=2", "reads one frame; set model.num_content"),
        ("model.centered_parts=true", "set model.centered_parts to false"),
        ("model.pose_dim=4", "pose_dim is 4; expected at least 3 for each of 2 parts"),
        ("model.content_dim=9", "content_dim is 9; expected a multiple of num_parts"),
    ],
)
def test_what_does_not_fit_is_refused(tiny, override, message):
    with pytest.raises(InputError, match=message):
        build_networks(tiny.with_overrides([*LAYERED, override]))


@pytest.mark.parametrize(
    ("patch_size", "side", "num"),
    [(8, 4, 1), (12, 6, 1), (16, 4, 2), (24, 6, 2), (40, 5, 3), (48, 6, 3), (56, 7, 3)],
)
def test_a_patch_is_halved_to_four_to_seven_pixels(patch_size, side, num):
    assert smallest_patch_map(patch_size) == side
    assert len(patch_filters(patch_size, 4)) == num
    assert side * 2**num == patch_size
