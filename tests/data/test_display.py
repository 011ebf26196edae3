"""How files are shown: turned, mirrored, stretched, transparent, in which colors."""

import subprocess
from fractions import Fraction

import av
import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from keras_drnet.data.images import fit_image, read_image
from keras_drnet.data.video import read_video

ONE = 1 << 16  # In a display matrix.
MATRICES = {
    "as it is": (ONE, 0, 0, ONE),
    "mirrored": (-ONE, 0, 0, ONE),
    "flipped": (ONE, 0, 0, -ONE),
    "turned by 180": (-ONE, 0, 0, -ONE),
    "turned left": (0, -ONE, ONE, 0),
    "turned right": (0, ONE, -ONE, 0),
    "transposed": (0, ONE, ONE, 0),
    "transposed the other way": (0, -ONE, -ONE, 0),
}


@pytest.fixture(scope="module")
def pattern():
    """Squares of different colors, so that every turn looks different."""
    squares = np.random.default_rng(0).integers(0, 256, (4, 6, 3)).astype(np.uint8)
    return np.kron(squares, np.ones((16, 16, 1), np.uint8))


def write(path, pattern, *, matrix=None, **settings):
    """Writes four frames of a pattern; settings are those of a codec context."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=8)
        stream.height, stream.width = pattern.shape[:2]
        stream.pix_fmt = "yuv420p"
        for name, value in settings.items():
            setattr(stream.codec_context, name, value)
        if matrix:
            a, b, c, d = matrix
            stream.set_display_matrix([a, b, 0, c, d, 0, 0, 0, 1 << 30])
        for number in range(4):
            frame = av.VideoFrame.from_ndarray(pattern, format="rgb24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return str(path)


def shown_by_ffmpeg(path, tmp_path):
    """Returns the first frame as FFmpeg shows it, stretched to square pixels."""
    shown = tmp_path / "shown.png"
    square = "scale=iw*sar:ih,setsar=1"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", path]
    subprocess.run([*command, "-vf", square, "-frames:v", "1", shown], check=True)
    with Image.open(shown) as image:
        return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize("resize", ["squash", "crop"])
@pytest.mark.parametrize("matrix", MATRICES.values(), ids=MATRICES)
def test_a_video_is_turned_and_mirrored_as_ffmpeg_does(
    tmp_path, pattern, matrix, resize
):
    path = write(tmp_path / "a.mp4", pattern, matrix=matrix)
    player = fit_image(shown_by_ffmpeg(path, tmp_path), 32, 3, resize)
    video = read_video(path, 32, 3, resize=resize)
    np.testing.assert_allclose(video[0].astype(int), player, atol=2)


@pytest.mark.parametrize("matrix", ["as it is", "turned left"])
@pytest.mark.parametrize("aspect", [(2, 1), (1, 2), (12, 11)])
def test_pixels_that_are_not_square_are_stretched(tmp_path, pattern, aspect, matrix):
    path = write(
        tmp_path / "a.mp4",
        pattern,
        matrix=MATRICES[matrix],
        sample_aspect_ratio=Fraction(*aspect),
    )
    stretched = shown_by_ffmpeg(path, tmp_path)
    player = fit_image(stretched, 32, 3, "crop")
    video = read_video(path, 32, 3, resize="crop")[0]
    assert np.abs(video.astype(int) - player).mean() < 6


@pytest.mark.parametrize("colorspace", [1, 5])
@pytest.mark.parametrize("color_range", [1, 2])
def test_colors_are_those_that_ffmpeg_shows(tmp_path, pattern, colorspace, color_range):
    path = write(
        tmp_path / "a.mp4", pattern, colorspace=colorspace, color_range=color_range
    )
    player = fit_image(shown_by_ffmpeg(path, tmp_path), 32, 3)
    video = read_video(path, 32, 3)
    np.testing.assert_allclose(video[0].astype(int), player, atol=2)


def test_what_is_transparent_in_a_video_is_black(tmp_path, pattern):
    rgba = np.dstack([pattern, np.full(pattern.shape[:2], 255, np.uint8)])
    rgba[:, :48, 3] = 0
    with av.open(str(tmp_path / "a.mov"), "w") as container:
        stream = container.add_stream("qtrle", rate=8)
        stream.height, stream.width = rgba.shape[:2]
        stream.pix_fmt = "argb"
        for number in range(3):
            frame = av.VideoFrame.from_ndarray(rgba, format="rgba")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    video = read_video(str(tmp_path / "a.mov"), 32, 3)
    expected = fit_image(pattern, 32, 3)
    assert video[0, :, :15].max() == 0
    np.testing.assert_array_equal(video[0, :, 17:], expected[:, 17:])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_image_is_turned_as_its_metadata_say(tmp_path, pattern, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = Image.fromarray(pattern)
    image.save(tmp_path / "a.png", exif=exif)
    image.info["exif"] = exif.tobytes()
    expected = fit_image(ImageOps.exif_transpose(image), 32, 3)
    np.testing.assert_array_equal(read_image(tmp_path / "a.png", 32, 3), expected)
    stored = fit_image(pattern, 32, 3)
    assert (orientation == 1) == np.array_equal(expected, stored)


def test_colors_of_an_image_are_those_of_its_profile(tmp_path, pattern):
    image = Image.fromarray(pattern)
    lab = ImageCms.createProfile("LAB")
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    stored = fit_image(image, 32, 3)
    image.save(tmp_path / "srgb.png", icc_profile=srgb)
    shown = read_image(tmp_path / "srgb.png", 32, 3)
    np.testing.assert_allclose(shown.astype(int), stored, atol=1)
    red, blue, other = b"rXYZ", b"bXYZ", b"----"
    swapped = srgb.replace(red, other).replace(blue, red).replace(other, blue)
    image.save(tmp_path / "swapped.png", icc_profile=swapped)
    shown = read_image(tmp_path / "swapped.png", 32, 3)
    np.testing.assert_allclose(shown.astype(int), stored[..., ::-1], atol=3)
    for damaged in (b"no profile", ImageCms.ImageCmsProfile(lab).tobytes()):
        image.save(tmp_path / "damaged.png", icc_profile=damaged)
        shown = read_image(tmp_path / "damaged.png", 32, 3)
        np.testing.assert_array_equal(shown, stored)
