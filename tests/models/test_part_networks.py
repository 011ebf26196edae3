"""Networks of parts: what is shared, and what depends on what."""

import keras
import numpy as np
import pytest

from keras_drnet.errors import InputError
from keras_drnet.models.encode import content_frames, encode_content, encode_frames
from keras_drnet.models.networks import build_networks, own_weights
from keras_drnet.models.part_decoder import Centroids, ColorAndMass, PartComposition
from keras_drnet.models.part_poses import join_poses, split_pose
from keras_drnet.models.patches import WritePatches
from keras_drnet.models.pose_lstm import build_pose_lstm
from tests.support.networks import CENTERED_PARTS, PARTS, RICH_PARTS, lively_networks

SIZE = 32
SIGNS = np.float32([1] * 4 + [-1] * 4)  # Of positions, of residuals.


@pytest.fixture(params=[PARTS, RICH_PARTS], ids=["parts", "rich_parts"])
def networks(tiny, request):
    return lively_networks(tiny.with_overrides(request.param))


@pytest.fixture
def frames(rng):
    return rng.uniform(size=(3, SIZE, SIZE, 3)).astype("float32")


def to_numpy(tensor):
    return keras.ops.convert_to_numpy(tensor)


def test_the_localizer_is_shared_and_kept_with_the_pose_encoder(networks):
    shared = {id(w) for w in networks.content_encoder.get_layer("localizer").weights}
    assert shared == {
        id(w) for w in networks.pose_encoder.get_layer("localizer").weights
    }
    own = {name: own_weights(networks, name) for name in vars(networks)}
    kept = [id(weight) for weights in own.values() for weight in weights]
    every = {id(w) for network in vars(networks).values() for w in network.weights}
    assert len(kept) == len(set(kept)) and set(kept) == every
    assert shared <= {id(weight) for weight in own["pose_encoder"]}
    for weights in own.values():
        assert len({weight.path for weight in weights}) == len(weights)


def test_a_part_is_drawn_at_its_position_and_nowhere_else(tiny, rng):
    networks = lively_networks(tiny.with_overrides(PARTS))
    content = rng.uniform(-1, 1, (1, 8)).astype("float32")
    # In opposite corners: patches are 16 pixels of 32.
    corners = np.float32([[-0.5, -0.5, 0.5, 0.5]])
    frame = to_numpy(networks.decoder(((content, ()), corners)))[0]
    assert frame[:16, :16].min() > 0 and frame[16:, 16:].min() > 0
    assert not frame[:16, 16:].any() and not frame[16:, :16].any()
    # The codes of the two change places: so do the pictures.
    other = np.roll(content, 4, axis=1)
    swapped = to_numpy(networks.decoder(((other, ()), corners)))[0]
    np.testing.assert_allclose(swapped[:16, :16], frame[16:, 16:], atol=1e-6)
    np.testing.assert_allclose(swapped[16:, 16:], frame[:16, :16], atol=1e-6)
    # A pixel is 1/16 of the way from the middle to the edge.
    moved = to_numpy(networks.decoder(((content, ()), corners + 3 / 16)))[0]
    np.testing.assert_allclose(moved[3:19, 3:19], frame[:16, :16], atol=1e-5)


def test_content_is_that_of_what_is_in_the_patch(tiny, rng):
    """Moved as a whole, and the localizer with it, a frame keeps its content."""
    networks = lively_networks(tiny.with_overrides(PARTS))
    encoder = networks.content_encoder
    frames = np.zeros((2, SIZE, SIZE, 3), "float32")
    thing = rng.uniform(size=(8, 8, 3))
    frames[0, 8:16, 8:16] = frames[1, 12:20, 14:22] = thing
    *_, read = [layer for layer in encoder.layers if layer.name == "content_patches"]
    positions = np.float32([[[-0.25, -0.25]] * 2, [[0.0, 0.125]] * 2])
    patches = to_numpy(read(frames, positions))
    np.testing.assert_allclose(patches[0], patches[1], atol=1e-5)
    rest = keras.Model(read.output, encoder.output[0])
    np.testing.assert_allclose(*to_numpy(rest(patches)), atol=1e-5)


def test_pose_is_positions_then_residuals(tiny, frames):
    config = tiny.with_overrides([*RICH_PARTS, "model.centered_parts=false"])
    networks = lively_networks(config)
    pose = to_numpy(networks.pose_encoder(frames))
    positions = to_numpy(networks.pose_encoder.get_layer("localizer")(frames))
    assert pose.shape == (3, 8)
    np.testing.assert_array_equal(pose[:, :4], positions.reshape(3, 4))
    assert np.ptp(pose[:, 4:], axis=0).min() > 0 and np.abs(pose).max() < 1
    # Residuals change the picture, and do not move it.
    content, _ = encode_content(networks.content_encoder, frames)
    content = to_numpy(content)
    learned = to_numpy(networks.decoder(((content, ()), pose)))
    changed = to_numpy(networks.decoder(((content, ()), pose * SIGNS)))
    assert not np.allclose(learned, changed, atol=1e-3)
    windows = WritePatches(SIZE)(np.ones((3, 2, 16, 16, 1), "float32"), positions)
    outside = to_numpy(windows)[..., 0] == 0
    assert outside.any()
    np.testing.assert_allclose(learned[outside], changed[outside])


def test_a_centered_part_is_put_with_its_centroid_at_its_position(tiny, rng):
    centered = lively_networks(tiny.with_overrides(CENTERED_PARTS)).decoder
    plain = lively_networks(tiny.with_overrides(PARTS)).decoder
    plain.set_weights(centered.get_weights())
    content = rng.normal(size=(5, tiny.model.content_dim)).astype("float32")
    pose = rng.uniform(-0.5, 0.5, size=(5, 4)).astype("float32")
    offsets = keras.Model(centered.input, centered.get_layer("centroids").output)
    moved = pose - to_numpy(offsets(((content, ()), pose))).reshape(5, 4)
    assert np.abs(moved - pose).mean() > 1e-3
    np.testing.assert_allclose(
        centered(((content, ()), pose)), plain(((content, ()), moved)), atol=1e-5
    )


@pytest.mark.parametrize(("y", "x"), [(0, 0), (2, 5), (7, 3)])
def test_the_centroid_of_a_pixel_is_where_it_is(y, x):
    patches = np.zeros((1, 2, 8, 8, 3), "float32")
    patches[0, 1, y, x] = 2.4, 0.0, 3.0
    centroids = to_numpy(Centroids(32)(patches))[0]
    # Nothing is drawn in the first patch; a unit is 16 pixels.
    np.testing.assert_allclose(
        centroids, [[0, 0], [(y - 3.5) / 16, (x - 3.5) / 16]], atol=1e-4
    )


def test_neither_a_haze_nor_a_dimmed_stroke_moves_a_centroid():
    patches = np.zeros((1, 1, 8, 8, 2), "float32")
    patches[..., 2:6, 2:6, 0] = 0.9
    patches[..., 2:6, 2:4, 0] = 0.7
    patches[..., 6:, 0] = 0.3
    assert np.abs(to_numpy(Centroids(32)(patches))).max() < 1e-6


def test_the_content_of_equal_frames_is_that_of_one(tiny, frames):
    encoder = lively_networks(tiny.with_overrides(RICH_PARTS)).content_encoder
    one, _ = encode_content(encoder, frames)
    np.testing.assert_array_equal(encode_frames(encoder, frames[:, None])[:, 0], one)
    repeated = content_frames(encoder, np.stack([frames] * 5, axis=1))
    assert repeated.shape == (3, 2, SIZE, SIZE, 3)
    np.testing.assert_array_equal(encoder(repeated)[0], one)


def test_the_content_of_several_frames_lies_between_theirs(tiny, rng):
    encoder = lively_networks(tiny.with_overrides(RICH_PARTS)).content_encoder
    video = rng.uniform(size=(3, 4, SIZE, SIZE, 3)).astype("float32")
    content = to_numpy(encode_content(encoder, video)[0]).reshape(3, 2, 4)
    codes = to_numpy(encode_frames(encoder, video)).reshape(3, 4, 2, 4)
    a, b = codes[:, 2], codes[:, 3]  # The last two are read.
    share = np.sum((content - b) * (a - b), -1) / np.sum(np.square(a - b), -1)
    assert np.all((share > 0) & (share < 1)) and np.ptp(share) > 1e-3
    share = share[..., None]
    np.testing.assert_allclose(content, share * a + (1 - share) * b, atol=1e-5)


def test_an_encoder_of_single_frames_reads_the_last(tiny, rng):
    encoder = build_networks(tiny).content_encoder
    video = rng.uniform(size=(2, 3, SIZE, SIZE, 3)).astype("float32")
    np.testing.assert_array_equal(content_frames(encoder, video), video[:, -1])
    np.testing.assert_array_equal(content_frames(encoder, video[:, 0]), video[:, 0])


def test_colors_are_weighted_by_mass_and_composed_over_the_background():
    logits = np.float32([[0.0, 100.0, -100.0, 3.0]])
    colors = to_numpy(ColorAndMass()(logits))[0]
    mass = np.log1p(np.exp(2.0))
    np.testing.assert_allclose(colors, [mass / 2, mass, 0, mass], rtol=1e-5)
    # Two parts of masses 3 and 1, red and green, on a pixel.
    summed = np.float32([3, 1, 0, 4]).reshape(1, 1, 1, 4)
    frame = to_numpy(PartComposition()(summed))
    np.testing.assert_allclose(frame.ravel(), [3 / 5, 1 / 5, 0], rtol=1e-6)
    layer = PartComposition("learned")
    layer.build(summed.shape)
    layer.weights[0].assign(np.full((1, 1, 3), np.log(3)))
    np.testing.assert_allclose(
        to_numpy(layer(summed)).ravel(), [3.75 / 5, 1.75 / 5, 0.75 / 5], rtol=1e-6
    )


@pytest.mark.parametrize("image_size", [32, 64, 128, 256])
@pytest.mark.parametrize("num_channels", [1, 3])
def test_every_size_is_read_and_drawn(tiny, image_size, num_channels):
    config = tiny.with_overrides(
        [*PARTS, f"data.image_size={image_size}", f"data.num_channels={num_channels}"]
    )
    networks = build_networks(config)
    frames = np.ones((1, image_size, image_size, num_channels), "float32")
    content, pose = networks.content_encoder(frames), networks.pose_encoder(frames)
    assert networks.decoder((content, pose)).shape == frames.shape


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("model.decoder=dcgan", "model.decoder is 'dcgan'.*set all three to 'parts'"),
        ("model.normalize_pose=true", "set model.normalize_pose to false"),
        ("model.content_dim=9", r"content_dim is 9; expected a multiple of num_parts"),
        ("model.pose_dim=2", r"pose_dim is 2; .* \(2\), at least 4"),
        (
            "model.patch_size=44",
            "patch_size is 44; expected 4, 5, 6 or 7 times a power",
        ),
        ("model.patch_size=4", "patch_size is 4; expected 4, 5, 6 or 7 times a power"),
        ("model.num_content_frames=4", "but 3 frames are observed"),
    ],
)
def test_what_does_not_fit_is_refused(tiny, override, message):
    with pytest.raises(InputError, match=message):
        build_networks(tiny.with_overrides([*PARTS, override]))


def test_a_pose_has_all_positions_first(rng):
    parts = rng.normal(size=(5, 2, 4)).astype("float32")
    pose = to_numpy(join_poses(parts))
    np.testing.assert_array_equal(pose[:, :4], parts[..., :2].reshape(5, 4))
    np.testing.assert_array_equal(pose[:, 4:], parts[..., 2:].reshape(5, 4))
    np.testing.assert_array_equal(split_pose(pose, 2), parts)
    positions = pose[:, :4]
    np.testing.assert_array_equal(join_poses(split_pose(positions, 2)), positions)


def test_the_lstm_of_parts_is_one_lstm_for_each(rng):
    pose_dim, content_dim, num_units = 8, 6, 5
    whole = build_pose_lstm(pose_dim, content_dim, num_units, num_parts=2)
    whole.get_layer("pose_range").adapt(rng.normal(size=(50, pose_dim)))
    pose, content, *states = (
        rng.normal(size=(3, size)).astype("float32")
        for size in (pose_dim, content_dim, *4 * [2 * num_units])
    )
    next_pose, next_state = whole((pose, content, (states[:2], states[2:])))
    one = build_pose_lstm(pose_dim // 2, content_dim // 2, num_units)
    for part in range(2):
        own = [2 * part, 2 * part + 1, 4 + 2 * part, 5 + 2 * part]
        one.set_weights(
            [w[own] if w.shape == (pose_dim,) else w for w in whole.get_weights()]
        )
        units = slice(part * num_units, (part + 1) * num_units)
        state = [s[:, units] for s in states]
        expected, expected_state = one(
            (
                pose[:, own],
                content[:, 3 * part : 3 * part + 3],
                (state[:2], state[2:]),
            )
        )
        np.testing.assert_allclose(to_numpy(next_pose)[:, own], expected, atol=1e-6)
        for layer, expected_layer in zip(next_state, expected_state, strict=True):
            for value, wanted in zip(layer, expected_layer, strict=True):
                np.testing.assert_allclose(to_numpy(value)[:, units], wanted, atol=1e-6)


def test_other_networks_have_neither_lstms_of_parts_nor_positions(tiny):
    with pytest.raises(InputError, match="set model.lstm_per_part to false"):
        build_networks(tiny.with_overrides(["model.lstm_per_part=true"]))
    with pytest.raises(InputError, match="their poses have no positions; set it to 1"):
        build_networks(tiny.with_overrides(["pose.position_weight=10"]))


def test_networks_with_maps_read_one_frame(tiny):
    unet = ["model.content_encoder=dcgan_unet", "model.decoder=dcgan_unet"]
    with pytest.raises(InputError, match="reads one frame; set model.num_content"):
        build_networks(tiny.with_overrides([*unet, "model.num_content_frames=2"]))
    with pytest.raises(InputError, match="but 3 frames are observed"):
        build_networks(tiny.with_overrides(["model.num_content_frames=4"]))
