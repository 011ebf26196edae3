"""The model card of a bundle: description, figures and files."""

import keras_drnet
from keras_drnet.errors import InputError
from keras_drnet.reporting.results import read_results

from . import drift

TEMPLATE = """# {name}

DrNet (Denton & Birodkar 2017), exported by keras_drnet {version}. It encodes the
content of the last of {num_past} observed frames once, and predicts the pose of the
frames that follow with an LSTM. No predicted pixel is read again, so the prediction has
no end.

- **Trained on**: `{dataset}`, frames of {image_size}x{image_size} ({color_order}),
  {frame_rate} a second; the whole configuration is in `manifest.json`.
- **Frames**: float32 in [0, 1], `[height, width, channel]`. All inputs and outputs of
  all files are float32 (`num_future`: int32); `signatures.json` has their names.
- **Intended use**: predicting and re-composing clips like those it was trained on. On
  other video its frames are wrong. They are generated, not forecasts to rely on.
- **License**: Apache-2.0 for the code; the weights come from the data above, whose own
  terms still hold.

## Held-out figures

{figures}

## Files

{table}

*Difference*: greatest difference of any function's output from Keras', relative to the
tensor's greatest value where that is above 1. *PSNR*: of {window} frames from each of
several states along a roll-out of Keras, against Keras' own, over several test clips; a
file below its threshold, or whose roll-outs freeze or fade, is not written unless
forced. *At {frame}*: PSNR of the frame {frame} steps into a roll-out of its own, which
a chaotic motion lowers. Times: median on one thread of the machine that exported,
`{runtime}`; `python -m export.benchmark` measures yours.

`golden.npz` has inputs and outputs of every function for one clip, and its roll-out.
In ONNX an output that would have the name of an input begins with `next_`.
"""


def text(run, signatures, measurements):
    """Return the model card as Markdown.

    Args:
        run: the `RunFolder`.
        signatures: the bundle's `Signatures`.
        measurements: list of `measure.Measurement`.
    """
    return TEMPLATE.format(
        name=signatures.name,
        version=keras_drnet.__version__,
        num_past=signatures.num_past,
        dataset=signatures.dataset,
        image_size=signatures.image_size,
        color_order=signatures.color_order,
        frame_rate=signatures.frame_rate,
        figures=_figures(run),
        table=table(measurements),
        frame=drift.NUM_FRAMES,
        window=drift.WINDOW,
        runtime=next((m.runtime for m in measurements if m.runtime), "not measured"),
    )


def table(measurements):
    """Return a list of `measure.Measurement` as a Markdown table."""
    lines = [
        "| file | numbers | size | difference | PSNR | at 100 | prime | step |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for m in measurements:
        threshold = f" (≥ {m.min_psnr:.0f})" if m.min_psnr else ""
        refused = "" if m.passed else " **refused**"
        times = ["" if t is None else f"{t:.2f} ms" for t in (m.prime_ms, m.step_ms)]
        lines.append(
            f"| `{m.name}` | {m.precision} | {m.size / 1e6:.2f} MB "
            f"| {m.difference:.1e} | {m.psnr:.1f} dB{threshold}{refused} "
            f"| {m.free_psnr:.1f} dB "
            f"| {times[0]} | {times[1]} |"
        )
    return "\n".join(lines)


def _figures(run):
    """Return the results of `evaluate` as a table, or how to get them."""
    try:
        metrics = read_results(run).metrics
    except InputError as error:  # Not a reason to lose the bundle.
        return f"Not known: {error}"
    if metrics is None:
        return (
            "Not measured yet: `python -m keras_drnet.evaluate --run_dir=...` before "
            "the export puts them here."
        )
    names = [name.replace("_", " ") for name in metrics.prediction]
    lines = [
        f"| frames ahead | {' | '.join(names)} |",
        "|---|" + "---|" * len(names),
    ]
    for step in (s for s in (1, 5, 10, 20, 50) if s <= metrics.clips.num_future):
        cells = [f"{one.psnr[step - 1]:.2f}" for one in metrics.prediction.values()]
        lines.append(f"| +{step} | {' | '.join(cells)} |")
    count = metrics.clips.count
    return f"PSNR in dB, mean over {count} held-out clips.\n\n" + "\n".join(lines)
