"""`AdversarialLoss` in a `keras.Model` of one's own, as the documentation shows it."""

import inspect

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.linear_model import LogisticRegression

from tests.docs.pages import python_blocks
from tests.support.paths import ROOT

PAGE = ROOT / "docs" / "concepts" / "adversarial_losses.md"


@pytest.fixture(scope="module")
def names():
    """What the page's blocks define, the model among them."""
    defined = {}
    for block in python_blocks(PAGE):
        exec(compile(block, str(PAGE), "exec"), defined)
    return defined


def make(names, weight, optimizer):
    keras.utils.set_random_seed(0)
    dense = keras.layers.Dense
    model = names["FairModel"]()
    model.encoder = keras.Sequential([keras.Input((2,)), dense(8, "relu")])
    model.head = keras.Sequential([keras.Input((8,)), dense(1)])
    adversary = keras.Sequential([keras.Input((8,)), dense(16, "relu"), dense(1)])
    model.fair = names["AdversarialLoss"](
        adversary, names["GroupLabels"](2), weight=weight
    )
    model.compile(optimizer, keras.losses.BinaryCrossentropy(from_logits=True))
    return model


@pytest.fixture
def data(rng):
    group = rng.integers(0, 2, 512)
    x = rng.normal(size=(512, 2)).astype("float32")
    y = (x[:, :1] > 0).astype("float32")
    x[:, 1] += 3 * group
    return x, y, group


def test_it_takes_twelve_lines(names):
    (block,) = (b for b in python_blocks(PAGE) if "class FairModel" in b)
    step = block[block.index("    def train_step") :].split("\n\n")[0]
    assert len(step.strip().splitlines()) == 12
    assert inspect.isclass(names["FairModel"])


def test_each_side_gets_its_own_gradient_alone(names, data):
    x, y, group = data
    model = make(names, 0.5, keras.optimizers.SGD(1.0))
    model.run_eagerly = True  # Compiled, on one thread, losses are off by a percent.
    own = model.encoder.trainable_variables + model.head.trainable_variables
    other = model.fair.adversary.trainable_variables
    with tf.GradientTape(persistent=True) as tape:
        features = model.encoder(x)
        logits = model.head(features)
        task = keras.losses.BinaryCrossentropy(from_logits=True)(y, logits)
        adversary = model.fair.discriminator_loss(features, group=group)
        loss = task + 0.5 * model.fair.encoder_loss(features, group=group)
    expected = [
        np.array(v) - np.array(g)
        for loss_, variables in ((loss, own), (adversary, other))
        for v, g in zip(variables, tape.gradient(loss_, variables), strict=True)
    ]
    model.train_on_batch(x, (y, group))
    for variable, value in zip(own + other, expected, strict=True):
        np.testing.assert_allclose(np.array(variable), value, rtol=1e-4, atol=1e-6)


def test_the_features_keep_the_label_and_lose_the_group(names, data):
    x, y, group = data
    probes = []
    for weight in (0.0, 1.0):
        model = make(names, weight, keras.optimizers.Adam(3e-3))
        model.fit(x, (y, group), epochs=40, batch_size=128, verbose=0)
        features = np.array(model.encoder(x))
        probe = LogisticRegression(max_iter=1000).fit(features, group)
        probes.append(probe.score(features, group))
        accuracy = np.mean((np.array(model.head(features)) > 0) == y)
        assert accuracy > 0.9
    assert probes[1] < probes[0] - 0.05
