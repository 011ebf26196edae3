"""The tables of measured numbers in README.md and docs/: a function each."""

import functools

import estimator_tables
from measured import (
    best,
    decimals,
    digits,
    load,
    mean,
    pairs,
    percent,
    probed,
    read,
    scene_probe,
    table,
    train_steps,
)

from keras_drnet.visualization.labels import METHOD_NAMES

STEPS = (1, 5, 10, 20, 50)  # Frames after the last observed one.


def prediction(run):
    """PSNR of a run's methods, by frames ahead."""
    methods = list(load(run, "metrics")["prediction"])
    columns = {"PSNR in dB, frames ahead": [METHOD_NAMES[name] for name in methods]}
    for step in STEPS:
        means = [mean(run, "psnr", step, method) for method in methods]
        columns[f"+{step}"] = best(means, decimals(2))
    return table(columns)


def baselines_prediction():
    """PSNR and SSIM of all methods on KTH and Moving MNIST, by frames ahead."""
    suffixes = {"mcnet": "_mcnet", "autoencoder_lstm": "_autoencoder"}  # Of runs.
    methods = ["drnet", *suffixes, "copy_last_frame"]
    groups = {
        ("KTH walking", "kth"): methods,
        ("Moving MNIST", "moving_mnist"): [*methods, "mean_frame"],
    }
    first = "PSNR in dB / SSIM, frames ahead"
    columns = {first: []} | {f"+{step}": [] for step in STEPS}
    for (title, run), names in groups.items():
        columns[first] += [f"{title}: {METHOD_NAMES[name]}" for name in names]
        for step in STEPS:
            psnr, ssim = (
                [
                    mean(run + suffixes.get(name, ""), metric, step, name)
                    for name in names
                ]
                for metric in ("psnr", "ssim")
            )
            columns[f"+{step}"] += pairs(
                best(psnr, decimals(2)), best(ssim, decimals(3))
            )
    return table(columns)


def small_presets():
    """PSNR of the small presets, of DrNet / of a copy of the last frame."""
    # The last is the time where the run's files lack it: that of the preset's
    # documentation, minutes.
    runs = {
        "kth": ("people 21-25, walking", None),
        "chairs": ("42 chairs, 210 turns", 105),
        "sprites": ("296 characters, 2,664 clips", 45),
        "coil100": ("4 objects", 40),
    }
    columns = {"preset": [], "held out": [], "time": []}
    columns |= {f"+{step}": [] for step in STEPS[:4]}
    for run, (held_out, minutes) in runs.items():
        metrics = load(run, "metrics")
        minutes = minutes or round(sum(metrics["train_seconds"].values()) / 60)
        columns["preset"].append(f"`{run}_small`")
        columns["held out"].append(held_out)
        columns["time"].append(f"{minutes} min")
        for step in STEPS[:4]:
            is_known = step <= metrics["clips"]["num_future"]
            methods = ("drnet", "copy_last_frame") if is_known else ()
            means = [mean(run, "psnr", step, method) for method in methods]
            columns[f"+{step}"].append(" / ".join(best(means, decimals(2))))
    return table(columns)


def moving_mnist_probes():
    """Accuracy of probes on the codes of the model that ships."""
    return probes(
        {
            "accuracy on digit 1 (chance {chance})": ("moving_mnist", "digit_1"),
            "accuracy on digit 2 (chance {chance})": ("moving_mnist", "digit_2"),
            "horizontal position of digit 1, R²": ("moving_mnist", "x_1"),
        },
        "probe, linear / MLP",
    )


def small_presets_probes():
    """Accuracy of probes on the codes of several data sets."""
    without = "without the adversary"
    return probes(
        {
            "KTH: person": ("kth", "person"),
            "chairs: object": ("chairs", "object"),
            "sprites: hair": ("sprites", "hair"),
            f"sprites: hair, {without}": ("sprites_no_adversary", "hair"),
            "Moving MNIST: digit 1": ("moving_mnist", "digit_1"),
            "Moving MNIST, keypoints: digit 1": ("moving_mnist_keypoints", "digit_1"),
            f"Moving MNIST, keypoints: digit 1, {without}": (
                "moving_mnist_points_no_adversary",
                "digit_1",
            ),
        },
        "accuracy, linear / MLP",
        has_chance=True,
    )


def probes(rows, head, has_chance=False):
    """Scores of linear and MLP probes on content and pose.

    Args:
        rows: dict of title to a run and a factor or quantity of it.
        head: title of the first column.
        has_chance: whether there is a column of the accuracy of a guess.
    """
    columns = {head: [], **({"chance": []} if has_chance else {})}
    columns |= {"content": [], "pose": []}
    for title, (run, name) in rows.items():
        found = probed(run, name)
        form = percent if "chance" in found else decimals(3)
        chance = form(found["chance"]) if "chance" in found else ""
        columns[head].append(title.format(chance=chance))
        if has_chance:
            columns["chance"].append(chance)
        scores = best(
            [found[code][p] for code in ("content", "pose") for p in ("linear", "mlp")],
            form,
        )
        columns["content"].append(" / ".join(scores[:2]))
        columns["pose"].append(" / ".join(scores[2:]))
    return table(columns)


def moving_mnist_digits():
    """Digits in predicted frames: parts, and keypoints with and without two stages."""
    steps = (*STEPS, 100, 500)
    recognized, near = "generated_given_real", "within_3_pixels"
    rows = {
        "recognized, parts": ("moving_mnist", recognized),
        "recognized, keypoints": ("moving_mnist_keypoints", recognized),
        "the same without stage `rollout`": ("moving_mnist_no_rollout", recognized),
        "within 3 pixels, parts": ("moving_mnist", near),
        "within 3 pixels, keypoints": ("moving_mnist_keypoints", near),
        "the same, stage `joint` without frames": ("moving_mnist_no_frames", near),
        "the same without stage `joint`": ("moving_mnist_no_joint", near),
    }
    columns = {"digits in the predicted frame": list(rows)}
    for step in steps:
        columns[f"+{step}"] = [
            percent(digits(run, key, step)) for run, key in rows.values()
        ]
    return table(columns)


def fresh_scene_discriminator():
    """Accuracy of a fresh scene discriminator on true positions and on poses."""
    runs = {
        "whole pixels, 12 of 20 frames: the authors' rule, `quickstart`": "quickstart",
        "fractions, 97 of 100 frames: `moving_mnist_keypoints_small`": (
            "moving_mnist_keypoints"
        ),
        "fractions, 94 of 100 frames: `moving_mnist_small`": "moving_mnist",
    }
    columns = {"velocities, frames at most so far apart": list(runs)}
    for title, key in {"true positions": "floor", "pose": "accuracy"}.items():
        found = [scene_probe(run, key) for run in runs.values()]
        columns[f"accuracy on the {title}"] = best(found, percent, min)
    return table(columns)


def moving_mnist_ablation():
    """What was added to the paper's Moving MNIST, one by one."""
    standardized = "standardized pairs"
    keypoints = "`dcgan_keypoints`"
    joint = "the same, with stage `joint`, without frames"
    rows = {
        "moving_mnist_dcgan": ("`dcgan`", "the paper's"),
        "moving_mnist_points_no_adversary": (keypoints, "none: weight 0"),
        "moving_mnist_points_raw_pairs": (keypoints, "the paper's"),
        "moving_mnist_points": (keypoints, standardized),
        "moving_mnist_no_joint": ("the same, steady", standardized),
        "moving_mnist_no_frames": (joint, standardized),
        "moving_mnist_keypoints": ("the same, with frames", standardized),
        "moving_mnist": ("`parts`: ships", standardized),
    }

    def column(value, form, pick=max):
        return best([value(run) for run in rows], form, pick)

    def error(key):
        return column(lambda run: load(run, "metrics")[key], decimals(5), min)

    def image_quality(metric, form):
        return column(lambda run: mean(run, metric, 10), form)

    def share(key, step):
        return column(lambda run: digits(run, key, step), percent)

    encoders, discriminators = zip(*rows.values(), strict=True)
    return table(
        {
            "pose encoder": encoders,
            "scene discriminator in training": discriminators,
            "steps of stage 1": [f"{train_steps(run, 'drnet'):,}" for run in rows],
            "accuracy of a fresh one": column(scene_probe, percent, min),
            "digit 1 from the pose, MLP": column(
                lambda run: probed(run, "digit_1")["pose"]["mlp"], percent, min
            ),
            "position of digit 1, linear R²": column(
                lambda run: probed(run, "x_1")["pose"]["linear"], decimals(3)
            ),
            "error of a reconstruction / of a swap": pairs(
                error("reconstruction_mse"), error("swap_mse")
            ),
            "PSNR / SSIM, +10": pairs(
                image_quality("psnr", decimals(2)), image_quality("ssim", decimals(3))
            ),
            "within 3 pixels, +10": share("within_3_pixels", 10),
            "recognized, +10 / +500": pairs(
                share("generated_given_real", 10), share("generated_given_real", 500)
            ),
        }
    )


def layer_trials():
    """Reconstruction of KTH's walkers by networks of layers and what was tried."""
    trials = read("layer_trials")["reconstruction"]

    def column(key, digits):
        return ["" if t[key] is None else f"{t[key]:,.{digits}f}" for t in trials]

    return table(
        {
            "networks": [trial["networks"] for trial in trials],
            "steps": column("steps", 0),
            "time of a step, U-Net = 1": column("relative_time", 2),
            "PSNR": column("psnr", 1),
            "moving": column("psnr_moving", 1),
            "still": column("psnr_still", 1),
            "sharpness": column("sharpness", 2),
        }
    )


def layer_places():
    """Error of predicted positions of KTH's walkers, by kinds of LSTM."""
    trials = read("layer_trials")["places"]
    columns = {
        "LSTM": [trial["lstm"] for trial in trials],
        "steps": [f"{trial['steps']:,}" for trial in trials],
    }
    for key in ("y_1", "y_10", "x_1", "x_5", "x_10", "x_20"):
        columns[key.replace("_", " +")] = [f"{trial[key]:.1f}" for trial in trials]
    return table(columns)


def training_step():
    """Time of a training step."""
    rows = {
        "the authors' form, PyTorch": "PyTorch, the authors' form",
        "plain: float32, two passes of the pose encoder": "plain, float32",
        "DrNet, float32": "DrNet, float32",
        "DrNet, mixed_bfloat16": "DrNet, mixed_bfloat16",
    }
    found = [read("training_step")["training_step"][key] for key in rows.values()]
    return table(
        {
            "training step": list(rows),
            "ms": [f"{step['median_ms']}" for step in found],
            "of PyTorch's": [f"{step['of_first']:.2f}" for step in found],
        }
    )


def export_benchmark():
    """Size of each exported file and time of a frame."""
    rows = {
        "`drnet.tflite`, tflite-runtime": "drnet.tflite tflite_runtime",
        "the same networks, plain TFLite graph": "plain tflite_runtime",
        "`drnet_float16.tflite`, tflite-runtime": "drnet_float16.tflite tflite_runtime",
        "`drnet_int8.tflite`, TensorFlow's interpreter": "drnet_int8.tflite tensorflow",
        "`drnet_int8.tflite`, tflite-runtime": "drnet_int8.tflite tflite_runtime",
        "ONNX (`step.onnx`), onnxruntime": "onnx, onnxruntime",
        "SavedModel, TensorFlow": "saved_model",
        "Keras, `VideoPredictor`": "Keras, VideoPredictor (seed draws a frame too)",
        "Keras, `Model.predict`": "Keras, Model.predict",
    }
    threads = read("export_benchmark")["threads"]
    one, two = ([threads[n]["rows"][key] for key in rows.values()] for n in "12")
    milliseconds = "{:.2f} ms".format
    # The product is of float32 matrices: int8 is not compared with it.
    shares = [
        ""
        if row["of_product"] is None or "int8" in title
        else f"{row['of_product']:.0%}"
        for title, row in zip(rows, one, strict=True)
    ]
    return table(
        {
            "": list(rows),
            "MB": ["" if row["mb"] is None else f"{row['mb']:.2f}" for row in one],
            "1 thread": best([row["step_ms"] for row in one], milliseconds, min),
            "of matrix product": [share.replace("%", " %") for share in shares],
            "2 threads": best([row["step_ms"] for row in two], milliseconds, min),
        }
    )


def bundle():
    """PSNR of frames that quantized models predict, restarted and on their own."""
    rows = {
        "`float16`: weights": "drnet_float16.tflite",
        "`dynamic`: weights in int8": "drnet_dynamic.tflite",
        "`int8`: the decoder's convolutions": "drnet_int8.tflite",
        "`int8_all`: the encoders' too": "drnet_int8_all.tflite",
    }
    models = read("quantization")
    columns = {"PSNR": list(rows)}
    for title, model, key in (
        ("threshold", "moving_mnist", "threshold"),
        ("Moving MNIST, restarted", "moving_mnist", "psnr_restarted"),
        ("frame 100", "moving_mnist", "psnr_of_frame_100"),
        ("KTH, 64 filters, frame 100", "kth_64_filters", "psnr_of_frame_100"),
        ("KTH, `kth_unet_small`, frame 100", "kth_small", "psnr_of_frame_100"),
    ):
        columns[title] = [f"{models[model][file][key]}" for file in rows.values()]
    return table(columns)


def web():
    """Size and speed of the page for the browser."""
    found = read("web")
    models = found["models"]
    rows = {
        "page with the model of Moving MNIST": f"{found['page_mb']:.1f} MB",
        "of which LiteRT.js' WebAssembly": f"{found['wasm_mb']:.1f} MB",
        "first frame": f"{found['first_frame_seconds']:.1f} s",
        "first predicted frame, after the observed ones": (
            f"{found['first_predicted_seconds']:.1f} s"
        ),
    }
    for title, name in (
        ("Moving MNIST, float32", "moving_mnist float32"),
        ("Moving MNIST, float16", "moving_mnist float16"),
        ("KTH, float16", "kth float16"),
    ):
        step, rate = models[name]["step_ms"], models[name]["frames_a_second"]
        rows[f"{title}: a step"] = f"{step:.1f} ms"
        rows[f"{title}: predicted frames a second"] = f"{rate:.0f}"
    return table({"": list(rows), "measured": list(rows.values())})


TABLES = {
    "estimator_domains": estimator_tables.domains,
    "estimator_fairness": estimator_tables.fairness,
    "estimator_priors": estimator_tables.priors,
    "quickstart_prediction": functools.partial(prediction, "quickstart"),
    "moving_mnist_prediction": functools.partial(prediction, "moving_mnist"),
    "moving_mnist_probes": moving_mnist_probes,
    "moving_mnist_digits": moving_mnist_digits,
    "layer_places": layer_places,
    "layer_trials": layer_trials,
    "moving_mnist_ablation": moving_mnist_ablation,
    "scene_probe": fresh_scene_discriminator,
    "baselines_prediction": baselines_prediction,
    "small_presets": small_presets,
    "small_presets_probes": small_presets_probes,
    "training_step": training_step,
    "export_benchmark": export_benchmark,
    "bundle": bundle,
    "web": web,
}
