"""Runs the `.tflite` files of a bundle and compares them with its golden outputs.

It needs only NumPy, a runtime and the folder `export`, and so runs on a board:

    PYTHONPATH=. python tests/support/run_bundle.py --bundle=bundle \
        --runtime=ai_edge_litert
"""

import argparse
import pathlib
import platform
import statistics
import sys
import time
import zipfile

import numpy as np

from export.formats.schemes import SCHEMES
from export.on_device import RUNTIMES, VideoPredictor, load_runtime

FLOAT32_FILE = SCHEMES["none"].file
MIN_PSNR = {scheme.file: scheme.min_psnr for scheme in SCHEMES.values()}
# As in `export.parity`, which a board without TensorFlow cannot import.
TOLERANCE = 1e-4


class Mismatch(ValueError):
    """A file differs from Keras, or there is nothing to compare."""


def main(arguments):
    """Compare every file, and print a line for each.

    Args:
        arguments: the parsed flags.

    Returns:
        A list of sentences, one for each file that failed.
    """
    golden = _read_golden(arguments.bundle, arguments.num_steps)
    paths = sorted(arguments.bundle.glob("*.tflite"))
    if not paths:
        raise Mismatch(f"{arguments.bundle} has no .tflite files.")
    machine = platform.machine()
    print(f"{arguments.runtime} on {machine}, PSNR of frame {arguments.num_steps}:")
    failures = []
    for path in paths:
        try:
            _compare(path, golden, arguments)
        except (ValueError, RuntimeError) as error:
            failures.append(f"{path.name}, {arguments.runtime}, {machine}: {error}")
    return failures


def _read_golden(bundle, num_steps):
    path = bundle / "golden.npz"
    try:
        with np.load(path, allow_pickle=False) as arrays:
            golden = dict(arrays)
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise Mismatch(f"{path} cannot be read: {error}.") from error
    count = golden["roll_out/outputs/future"].shape[1]
    if not 1 <= num_steps <= count:
        raise Mismatch(
            f"--num_steps is {num_steps}; expected 1 to {count}, the frames that "
            f"{path} has."
        )
    return golden


def _compare(path, golden, arguments):
    """Print how far a file is from Keras, and raise `Mismatch` if too far."""
    if path.name not in MIN_PSNR:
        raise Mismatch(f"unknown file; expected one of {list(MIN_PSNR)}.")
    frames, step_ms = _roll_out(path, golden, arguments)
    expected = golden["roll_out/outputs/future"][0, : len(frames)]
    differences = _differences(path, golden, arguments.runtime)
    differences["roll_out/outputs/future"] = _difference(frames, expected)
    # Not `max`: only `argmax` treats NaN as the greatest.
    worst = list(differences)[np.argmax(list(differences.values()))]
    difference = differences[worst]
    error = np.mean(np.square(np.float64(frames[-1]) - expected[-1]))
    psnr = -10.0 * np.log10(error + 1e-20)
    print(
        f"{path.name:22} difference {difference:.1e} ({worst}), PSNR {psnr:.1f} dB, "
        f"{step_ms:.2f} ms a step"
    )
    if path.name == FLOAT32_FILE and not difference <= TOLERANCE:
        raise Mismatch(
            f"{worst} differs from Keras by {difference:.1e}; expected at most "
            f"{TOLERANCE:.0e}."
        )
    if not psnr >= MIN_PSNR[path.name]:
        raise Mismatch(
            f"frame {len(frames)} has a PSNR of {psnr:.1f} dB to that of Keras; "
            f"expected at least {MIN_PSNR[path.name]:g}."
        )


def _roll_out(path, golden, arguments):
    """Return the predicted frames and the median time of a step, milliseconds."""
    predictor = VideoPredictor(path, runtime=arguments.runtime)
    predictor.prime(golden["roll_out/inputs/past"][0])
    frames, times = [], []
    for _ in range(arguments.num_steps):
        start = time.perf_counter()
        frames.append(predictor.step())
        times.append(1e3 * (time.perf_counter() - start))
    return np.stack(frames), statistics.median(times)


def _differences(path, golden, runtime):
    """Run every function of a file on its golden inputs.

    Returns:
        A dict of the keys of golden outputs to the difference from them.
    """
    interpreter = load_runtime(runtime)[1](model_path=str(path))
    differences = {}
    for function in {key.split("/")[0] for key in golden} - {"roll_out"}:
        inputs = _part(golden, f"{function}/inputs/")
        found = interpreter.get_signature_runner(function)(**inputs)
        for name, expected in _part(golden, f"{function}/outputs/").items():
            key = f"{function}/outputs/{name}"
            differences[key] = _difference(found[name], expected)
    return differences


def _part(golden, prefix):
    return {
        key.removeprefix(prefix): value
        for key, value in golden.items()
        if key.startswith(prefix)
    }


def _difference(found, expected):
    """Return the greatest, relative to the greatest value where that is above 1."""
    scale = max(1.0, float(np.abs(expected).max()))
    return float(np.abs(found - expected).max()) / scale


def _parse():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--bundle", type=pathlib.Path, required=True)
    parser.add_argument("--runtime", choices=RUNTIMES, required=True)
    parser.add_argument("--num_steps", type=int, default=20, help="Frames to predict.")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        failed = main(_parse())
    except Mismatch as mismatch:
        failed = [str(mismatch)]
    sys.exit("\n".join(failed) or None)
