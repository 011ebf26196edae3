"""How long predicted digits keep their class and position."""

import itertools

import numpy as np
import tensorflow as tf

from keras_drnet.evaluation.frame_classifier import masked_mean

STEPS = (1, 5, 10, 20, 50, 100, 200, 300, 400, 500)
NUM_CLIPS = 256  # Standard error of an accuracy of 80 %: about 2 points.


def digit_scores(
    classifier, predictor, source, *, num_past, steps=STEPS, num_clips=NUM_CLIPS
):
    """Measure the classes and positions of digits in predicted frames.

    The true position of a digit is where the classifier locates it in the real frame:
    occlusion moves both centers of mass alike, so that a perfect prediction has no
    error. Digits without foreground in the predicted frame count as wrong; those
    wholly occluded in the real frame have no true position, and are left out of
    `within_3_pixels`.

    Args:
        classifier: a trained `DigitClassifier`.
        predictor: a `Predictor`.
        source: a `MovingMNIST` of the test split, whose clips have `num_past` frames
            and as many as the last step.
        num_past: number of observed frames.
        steps: steps into the future, from 1, increasing.
        num_clips: number of clips to predict.

    Returns:
        A dict of `num_clips`, `steps`, and a list for the steps of each of

        - `real`: accuracy of the classifier on the real frames;
        - `generated_given_real`: accuracy on the predicted frames, over the digits
          classified correctly in the real frames;
        - `within_3_pixels`: fraction of digits at most 3 pixels (of 64) off. It is
          about 0.03 for random positions.
    """
    indices = np.arange(num_clips)
    future = np.array(steps) + num_past - 1
    past = source.frames(indices, _repeat(np.arange(num_past), num_clips))
    real = source.frames(indices, _repeat(future, num_clips)).numpy()
    factors = source.factors(indices, _repeat(future, num_clips))
    labels = np.stack(
        [factors[f"digit_{n + 1}"].values for n in range(classifier.num_digits)],
        axis=1,
    )
    scores = {"num_clips": num_clips, "steps": list(steps), "real": []}
    scores |= {"generated_given_real": [], "within_3_pixels": []}
    stream = enumerate(itertools.islice(predictor.stream(past), max(steps)), 1)
    for step, generated in stream:
        if step not in steps:
            continue
        true_classes, true_centers = classifier.detect(real[:, steps.index(step)])
        classes, centers = classifier.detect(generated)
        correct = true_classes == labels
        scores["real"].append(float(correct.mean()))
        scores["generated_given_real"].append(masked_mean(classes == labels, correct))
        near = classifier.is_near(centers, true_centers)
        scores["within_3_pixels"].append(masked_mean(near, true_classes >= 0))
    return scores


def _repeat(times, count):
    return tf.constant(np.repeat(times[None], count, axis=0), tf.int32)
