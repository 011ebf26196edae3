"""Plots of measurements."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402

from keras_drnet.visualization.labels import METHOD_NAMES  # noqa: E402

METRICS = {
    "psnr": "PSNR (dB)",
    "ssim": "SSIM",
    "sharpness": "sharpness (1 = as real)",
}


def plot_prediction(file, prediction, *, metrics=("psnr", "ssim")):
    """Plot measures over the steps of prediction, with their intervals as bands.

    Args:
        file: PNG file to write: a path, or a binary file that is open.
        prediction: dict of method to a dict with a list for every measure, a value
            for each future step, and `<measure>_interval`, `(low, high)` for each,
            if it is known.
        metrics: which measures, side by side: "psnr", "ssim", "sharpness".
    """
    figure, axes = plt.subplots(
        1,
        len(metrics),
        figsize=(4.5 * len(metrics), 3.4),
        layout="constrained",
        squeeze=False,
    )
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
    plt.close(figure)
