"""Plots of measurements."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402

LABELS = {"psnr": "PSNR (dB)", "ssim": "SSIM"}


def plot_prediction(path, prediction):
    """Plots PSNR and SSIM over the steps of prediction.

    Args:
        path: PNG file to write.
        prediction: dict of method to dict of `psnr` and `ssim`, lists with a value
            for every future step.
    """
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    for axis, (metric, label) in zip(axes, LABELS.items(), strict=True):
        for method, values in prediction.items():
            steps = range(1, len(values[metric]) + 1)
            axis.plot(steps, values[metric], label=method.replace("_", " "))
        axis.set_xlabel("frames after the last observed one")
        axis.set_ylabel(label)
        axis.grid(alpha=0.3)
    axes[0].legend()
    figure.savefig(path, dpi=100)
    plt.close(figure)
