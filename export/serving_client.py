r"""Sends observed frames to TF Serving and writes the predicted video.

Usage:

    python -m export.serving_client --signatures=bundle/signatures.json \
        --video=in.avi --num_future=100 --output=out.gif
"""

import itertools
import pathlib

import numpy as np
from absl import flags

from keras_drnet import cli
from keras_drnet.data.observed_frames import read_past
from keras_drnet.errors import InputError
from keras_drnet.visualization.frame_grid import GREEN, RED, frame_grid
from keras_drnet.visualization.video_writer import video_writer

from .serving.client import TRANSPORTS, ServingClient
from .signatures import Signatures

SERVERS = {"rest": "http://127.0.0.1:8501", "grpc": "127.0.0.1:8500"}

_SERVER = flags.DEFINE_string(
    "server", None, f"Address of the server; default: {SERVERS}."
)
_PROTOCOL = flags.DEFINE_enum("protocol", "rest", list(TRANSPORTS), "Protocol.")
_MODEL = flags.DEFINE_string("model", "drnet", "Name of the model on the server.")
_VERSION = flags.DEFINE_integer(
    "version", None, "Version of the model; default: the newest.", lower_bound=0
)
_VERSION_LABEL = flags.DEFINE_string(
    "version_label", None, "Label of the version, in place of its number."
)
_SIGNATURES = flags.DEFINE_string(
    "signatures", None, "The bundle's signatures.json.", required=True
)
_VIDEO = flags.DEFINE_string("video", None, "Video to continue.")
_FRAMES = flags.DEFINE_string(
    "frames",
    None,
    "Folder of images, in the order of their names, in place of a video.",
)
_FIRST_FRAME = flags.DEFINE_integer(
    "first_frame", 0, "Number of the first observed frame, from 0.", lower_bound=0
)
_NUM_FUTURE = cli.num_future_flag(15)
_STEPWISE = flags.DEFINE_bool(
    "stepwise", False, "Request frame by frame: any number of frames."
)
_OUTPUT = flags.DEFINE_string(
    "output", None, "Video to write, .gif or .mp4.", required=True
)
_SCALE = flags.DEFINE_integer("scale", 2, "Enlargement of frames.", lower_bound=1)
_TIMEOUT = flags.DEFINE_float(
    "timeout", 30.0, "Seconds to wait for an answer.", lower_bound=0.001
)
_RETRIES = flags.DEFINE_integer(
    "retries", 5, "Further tries while the server is not available.", lower_bound=0
)
flags.mark_flags_as_mutual_exclusive(["video", "frames"], required=True)


def main():
    """Read the observed frames, request the future ones, and write both."""
    signatures = _read_signatures()
    client = ServingClient(
        _SERVER.value or SERVERS[_PROTOCOL.value],
        signatures,
        model=_MODEL.value,
        version=_VERSION.value,
        label=_VERSION_LABEL.value,
        protocol=_PROTOCOL.value,
        timeout=_TIMEOUT.value,
        retries=_RETRIES.value,
    )
    past = read_past(
        _VIDEO.value or _FRAMES.value,
        signatures.num_past,
        signatures.image_size,
        signatures.num_channels,
        frame_rate=signatures.frame_rate,
        first_frame=_FIRST_FRAME.value,
        resize=signatures.resize,
    )[np.newaxis]
    output = pathlib.Path(_OUTPUT.value)
    with video_writer(output, frame_rate=signatures.frame_rate) as append:
        if _STEPWISE.value:
            future = itertools.islice(client.stream(past), _NUM_FUTURE.value)
        else:
            future = np.swapaxes(client.predict(past, _NUM_FUTURE.value), 0, 1)
        _append_frames(append, np.swapaxes(past, 0, 1), GREEN)
        _append_frames(append, future, RED)
    print(output)


def _append_frames(append, columns, color):
    """Append frames, each `[1, H, W, C]`."""
    for frames in columns:
        append(frame_grid([frames], colors=[color], scale=_SCALE.value, border=2))


def _read_signatures():
    path = pathlib.Path(_SIGNATURES.value)
    try:
        return Signatures.from_json(path.read_text())
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not text; expected a signatures.json.") from error
    except ValueError as error:
        raise InputError(f"{path}: {error}") from error


def entry_point():
    """Run the program from the command line."""
    cli.run(main)


if __name__ == "__main__":
    entry_point()
