"""Batches of arrays: every example once an epoch, arrays together."""

import numpy as np

from keras_drnet.adversarial.batches import shuffled


def rows(dataset, count):
    return np.concatenate([batch["row"] for batch in dataset.take(count)])


def test_each_epoch_has_every_example_once_in_a_new_order():
    data = shuffled({"row": np.arange(30)}, batch_size=10, seed=0)
    rounds = rows(data, 6).reshape(2, 30)
    np.testing.assert_array_equal(np.sort(rounds), np.tile(np.arange(30), (2, 1)))
    assert not np.array_equal(*rounds)


def test_batches_stay_full_across_epochs():
    data = shuffled({"row": np.arange(7)}, batch_size=5, seed=0)
    assert [len(batch["row"]) for batch in data.take(6)] == [5] * 6


def test_arrays_are_shuffled_together():
    numbers = np.arange(20)
    data = shuffled({"row": numbers, "pair": {"square": numbers**2}}, 8, seed=1)
    for batch in data.take(4):
        np.testing.assert_array_equal(batch["pair"]["square"], batch["row"] ** 2)


def test_the_order_depends_on_the_seed():
    first, second, other = (
        rows(shuffled({"row": np.arange(50)}, 10, seed), 5) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)
