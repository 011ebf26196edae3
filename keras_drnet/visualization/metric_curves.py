"""Plots of metrics over the steps of prediction."""

import numpy as np

from keras_drnet.errors import import_extra
from keras_drnet.visualization.labels import METHOD_NAMES

METRICS = {
    "psnr": "PSNR (dB)",
    "ssim": "SSIM",
    "sharpness": "sharpness (real: 1)",
}


def plot_prediction(file, prediction, *, metrics=("psnr", "ssim")):
    """Plot metrics over the steps of prediction, with confidence bands.

    Args:
        file: PNG file to write: a path, or an open binary file.
        prediction: dict of method to a dict, which has for every metric a list with a
            value for each future step, and may have `<metric>_interval`, a list of
            `(low, high)`.
        metrics: metrics to plot side by side, keys of `METRICS`.

    Raises:
        InputError: matplotlib is not installed.
    """
    figure = import_extra("matplotlib.figure").Figure(
        figsize=(4.5 * len(metrics), 3.4), layout="constrained"
    )
    axes = figure.subplots(1, len(metrics), squeeze=False)
    for axis, metric in zip(axes[0], metrics, strict=True):
        for method, values in prediction.items():
            steps = range(1, len(values[metric]) + 1)
            name = METHOD_NAMES.get(method, method).replace("$", r"\$")
            (line,) = axis.plot(steps, values[metric], label=name)
            interval = values.get(f"{metric}_interval")
            if interval:
                low, high = np.transpose(interval)
                axis.fill_between(steps, low, high, alpha=0.2, color=line.get_color())
        axis.set_xlabel("frames after the last observed one")
        axis.set_ylabel(METRICS[metric])
        axis.grid(alpha=0.3)
    axes[0, 0].legend()
    figure.savefig(file, format="png", dpi=150)
