"""Memorization: whether predicted frames are copies of training frames."""

from keras_drnet.data.images import to_uint8
from keras_drnet.data.pipeline import sampling
from keras_drnet.evaluation.samples import flatten_clips
from keras_drnet.metrics import nearest_neighbors
from keras_drnet.models.encode import encode_in_batches


def measure_memorization(
    predictor, source, bank, *, num_past, num_future, num_clips=32
):
    """Compare the distances of predicted and of real frames to training frames.

    Args:
        predictor: a `VideoPredictor`.
        source: a `ClipSource` of the test split.
        bank: uint8 `[M, H, W, C]`, frames of the training split.
        num_past: number of observed frames.
        num_future: number of frames to predict.
        num_clips: number of clips to predict.

    Returns:
        A dict: `pixel_ratio` and `pose_ratio`, the `memorization_ratio` of
        `nearest_neighbors` of predicted to real frames of the same clips and times,
        and of their poses.
    """
    clips = sampling.clip_frames(source, 0, num_clips)[:, : num_past + num_future]
    real = to_uint8(clips[:, num_past:])
    generated = to_uint8(predictor.predict(clips[:, :num_past], num_future))
    frames = [flatten_clips(generated), flatten_clips(real), bank]
    encoder = predictor.networks.pose_encoder
    poses = [encode_in_batches(encoder, items) for items in frames]
    return {
        "pixel_ratio": nearest_neighbors.memorization_ratio(*frames),
        "pose_ratio": nearest_neighbors.memorization_ratio(*poses),
    }
