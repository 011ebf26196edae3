"""Results as text."""

import numpy as np

from keras_drnet.evaluation.summaries import metrics_summary


def test_the_summary_lists_every_method_and_step():
    values = {
        "psnr": list(np.arange(20.0, 40.0)),
        "ssim": [0.5] * 20,
        "sharpness": [0.25] * 20,
    }
    results = {
        "clips": {"num_future": 20},
        "prediction": {"mcnet": values, "copy_last_frame": values},
    }
    text = metrics_summary(results)
    assert all(word in text for word in ("mcnet", "copy_last_frame", "+20", "39.00"))
    assert "0.500" in text and "0.25" in text
    assert "+50" not in text and "discriminator" not in text
    split = {
        "reconstruction_mse": 0.004,
        "reconstruction_psnr": 24.25,
        "swap_mse": None,
        "blank_mse": 0.013,
        "scene_accuracy": 0.6,
    }
    assert "24.25 dB" in metrics_summary(results | split)
    digits = {
        "steps": [1, 5],
        "real": [0.97, 0.96],
        "generated_given_real": [0.91, None],
        "within_3_pixels": [0.99, 0.88],
    }
    text = metrics_summary(results | {"digits": digits})
    assert "0.91      -" in text and "0.99   0.88" in text
