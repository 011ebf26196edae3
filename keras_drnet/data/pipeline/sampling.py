"""`tf.data` pipelines of training examples.

Batch k holds the clips `k * batch_size` to `(k + 1) * batch_size - 1` of a
`ClipSource`, so a pipeline with `first_batch=k` continues exactly where another one
stopped.

Where several processes train together, each makes its own share of every batch. Their
strategy expects whole batches and splits them itself, into as many pieces as there are
processes, all of which it takes for this one. So the i-th element of a share of 1/n has
as many examples as a batch: its shares of the batches from i n to i n + n - 1.
"""

import tensorflow as tf

from keras_drnet.checks.numbers import check_equal_shares
from keras_drnet.data.stateless_random import clip_uniforms
from keras_drnet.errors import InputError

CONTENT_NAMES = ("content_1", "content_2")
FRAME_NAMES = (*CONTENT_NAMES, "pose_1", "pose_2")
# Makes the numbers that choose frames independent of those that draw the clip.
TIMES_STREAM = 1_000_003


def frame_batches(
    source,
    *,
    batch_size,
    max_step,
    second_content=True,
    neighbors=False,
    num_content_frames=1,
    seed=0,
    first_batch=0,
    num_batches=0,
    share=(0, 1),
):
    """Make the endless batches that `DrNet` trains on.

    Args:
        source: a `ClipSource`.
        batch_size: clips in a batch, B.
        max_step: greatest distance in time of any two of the four frames.
        second_content: whether to add `content_2`. The other frames are the same with
            and without.
        neighbors: whether to add the frames before and after `pose_1`; none of the
            four is then the first or last of its clip.
        num_content_frames: frames of each content, N: the one that is chosen and those
            before it.
        seed: seed of the choice of frames.
        first_batch: number of the first batch.
        num_batches: number of batches before they repeat; 0 = they never do.
        share: `(i, n)` for the i-th of n equal shares of every batch.

    Returns:
        A `tf.data.Dataset` of dicts with `content_1`, `content_2`, `pose_1`,
        `pose_2`: four frames of one clip at distinct random times, each float32
        `[B, H, W, C]`, or the two contents `[B, N, H, W, C]` where N is not 1; with
        `neighbors` also `pose_before` and `pose_after`.

    Raises:
        InputError: four distinct frames do not fit into `max_step` or the clip.
    """
    check_max_step(max_step, source.clip_length, neighbors, num_content_frames)
    before, after = margins(neighbors, num_content_frames)
    num_inner = source.clip_length - before - after
    content = tf.range(1 - num_content_frames, 1)

    def examples(indices):
        chosen = before + frame_times(seed, indices, num_inner, max_step)
        chosen = tf.split(chosen, len(FRAME_NAMES), axis=1)
        times = dict(zip(FRAME_NAMES, chosen, strict=True))
        times |= {name: times[name] + content for name in CONTENT_NAMES}
        if not second_content:
            del times["content_2"]
        if neighbors:
            times |= {"pose_before": times["pose_1"] - 1}
            times |= {"pose_after": times["pose_1"] + 1}
        # All frames of a clip are drawn at once.
        frames = source.frames(indices, tf.concat(list(times.values()), axis=1))
        frames = tf.split(frames, [t.shape[1] for t in times.values()], axis=1)
        return {
            name: part[:, 0] if part.shape[1] == 1 else part
            for name, part in zip(times, frames, strict=True)
        }

    return _batches(examples, batch_size, first_batch, num_batches, share)


def clip_batches(source, *, batch_size, first_batch=0, num_batches=0, share=(0, 1)):
    """Make the endless batches of whole clips that `PosePredictor` trains on.

    Args:
        source: a `ClipSource`.
        batch_size: clips in a batch, B.
        first_batch: number of the first batch.
        num_batches: number of batches before they repeat; 0 = they never do.
        share: as for `frame_batches`.

    Returns:
        A `tf.data.Dataset` of dicts with `video`, float32 `[B, T, H, W, C]`.
    """
    return _batches(
        lambda indices: {"video": _all_frames(source, indices)},
        batch_size,
        first_batch,
        num_batches,
        share,
    )


def clip_frames(source, first_clip, num_clips):
    """Return whole clips, a float32 array `[num_clips, T, H, W, C]`."""
    indices = tf.range(first_clip, first_clip + num_clips, dtype=tf.int64)
    return _all_frames(source, indices).numpy()


def margins(neighbors, num_content_frames):
    """Return how many frames come before and after those that may be chosen.

    Arguments are those of `frame_batches`.
    """
    return max(int(neighbors), num_content_frames - 1), int(neighbors)


def check_max_step(max_step, clip_length, neighbors, num_content_frames):
    """Raise `InputError` unless four distinct frames fit into `max_step`.

    Arguments are those of `frame_batches`, and the length of its clips.
    """
    num_frames = len(FRAME_NAMES)
    num_inner = clip_length - sum(margins(neighbors, num_content_frames))
    if not num_frames - 1 <= max_step < num_inner:
        raise InputError(
            f"max_step is {max_step}, but there are {num_inner} frames of a clip to "
            f"choose from; expected {num_frames - 1} to {num_inner - 1}, so that "
            f"{num_frames} distinct frames fit. Set data.max_step or data.clip_length; "
            "a steadiness_weight above 0 takes two frames off, each content frame more "
            "than one takes another."
        )


def frame_times(seed, indices, clip_length, max_step):
    """Choose four distinct times in a window of `max_step + 1` frames of each clip.

    Returns:
        int32 `[B, 4]`, in random order, in [0, clip_length).
    """
    num_offsets = max_step + 1
    numbers = clip_uniforms(
        tf.constant([seed, TIMES_STREAM], tf.int64), indices, (num_offsets + 1,)
    )
    start = tf.cast(numbers[:, :1] * (clip_length - max_step), tf.int32)
    offsets = tf.argsort(numbers[:, 1:], axis=1)[:, : len(FRAME_NAMES)]
    return start + offsets


def _all_frames(source, indices):
    times = tf.range(source.clip_length)[tf.newaxis]
    return source.frames(indices, tf.repeat(times, tf.shape(indices)[0], axis=0))


def _batches(examples, batch_size, first_batch, num_batches, share):
    index, number = share
    check_equal_shares(batch_size, number, "processes")
    share_size = batch_size // number
    own = index * share_size + tf.range(share_size, dtype=tf.int64)
    batches = tf.data.Dataset.counter(first_batch, step=number)

    def element(first):
        numbers = first + tf.range(number, dtype=tf.int64)
        if num_batches:
            numbers %= num_batches
        indices = numbers[:, tf.newaxis] * batch_size + own
        return examples(tf.reshape(indices, (batch_size,)))

    # The strategy must not share them again.
    options = tf.data.Options()
    options.experimental_distribute.auto_shard_policy = (
        tf.data.experimental.AutoShardPolicy.OFF
    )
    return batches.map(element, 2).prefetch(4).with_options(options)
