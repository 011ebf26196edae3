"""Our DANN and ADDA, on digits."""

import numpy as np

from keras_drnet.adversarial.experiments import digits
from keras_drnet.adversarial.experiments.harness import lenet
from keras_drnet.adversarial.systems.dann import DANN

PACKAGES = ()  # Results have the versions of ours already.

# For so few steps XLA, and tracing many steps at a time, take longer than they save.
COMPILE = {"jit_compile": False, "steps_per_execution": 5}


def fit(data, *, method, seed, epochs, batch_size, weight):
    """Train by a method, `"dann"` or `"adda"`."""
    source, label, target = (data[name] for name in ("source", "label", "target"))
    num_steps = epochs * -(-max(len(source), len(target)) // batch_size)
    batches = lenet.batches(source, label, target, seed)
    settings = COMPILE | {"seed": seed, "num_steps": num_steps}
    if method == "dann":
        return lenet.train_jointly(
            DANN,
            "gradient_reversal",
            weight,
            batches,
            channels=1,
            **settings,
        )
    alone = lenet.train_source(source, label, **settings)
    return digits.train_adda(alone, batches, **settings)


def outputs(model, data):
    """Return the predicted labels of held-out digits of the target."""
    logits = lenet.logits_of(model, data["test_target"])
    return {"predicted": np.argmax(logits, axis=-1)}
