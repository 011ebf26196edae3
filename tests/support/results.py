"""Sample results of runs: what `evaluate` and `probe` would write."""

CLIPS = {
    "split": "test",
    "first": 0,
    "count": 64,
    "num_past": 3,
    "num_future": 12,
    "seed": 0,
    "sha256": "ab12",
}
SCORES = {
    "content": {"linear": 0.912, "mlp": 0.934},
    "pose": {"linear": 0.113, "mlp": 0.157},
}
PROBES = {
    "dataset": "moving_mnist",
    "seed": 0,
    "num_train_clips": 100,
    "num_test_clips": 77,
    "factors": {"digit_1": {"kind": "static", "classes": 10, "chance": 0.1} | SCORES},
    "quantities": {"x_1": {"kind": "dynamic"} | SCORES},
    "fresh_scene_discriminator": {"accuracy": 0.571, "floor": None},
    "judge": {"digit_1": {"kind": "static", "real": 0.987, "swapped": 0.654}},
    "digits": {
        "num_clips": 64,
        "steps": [1, 500],
        "real": [0.991, 0.992],
        "generated_given_real": [0.456, 0.321],
        "within_3_pixels": [0.888, None],
    },
    "neighbours": {"pixel_ratio": 0.81, "pose_ratio": 0.93},
}


def curves(first):
    """Return metrics that fall from `first` decibels, a tenth each step."""
    psnr = [first - 0.1 * step for step in range(12)]
    ssim = [value / 30 for value in psnr]
    return {
        "psnr": psnr,
        "psnr_interval": [[value - 0.5, value + 0.5] for value in psnr],
        "ssim": ssim,
        "ssim_interval": [[value - 0.01, value + 0.01] for value in ssim],
        "sharpness": [0.5] * 12,
    }


def metrics(method="drnet", first=24.0, **changes):
    return {
        "name": "run",
        "method": method,
        "dataset": "moving_mnist",
        "clips": CLIPS,
        "prediction": {method: curves(first), "copy_last_frame": curves(22.0)},
        "reconstruction_mse": 0.00345,
        "swap_mse": None,
        "scene_accuracy": 0.681,
    } | changes
