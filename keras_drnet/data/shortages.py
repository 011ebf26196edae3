"""What is missing in the clips of a data set before DrNet can learn from them."""

# With 20 objects of COIL-100 to train on, a copy of the last frame was better than
# DrNet's prediction; with 20 people of KTH, in 160 clips, DrNet was.
MIN_TRAINING_CLIPS = 30


def find_shortages(clips, clip_length):
    """Find what the clips lack for training and evaluation.

    Args:
        clips: dict of a split to its clips, dicts with `num_frames` and `periodic`.
        clip_length: frames of a training clip, `data.clip_length`.

    Returns:
        Sentences, what is missing and what to do; empty if nothing is.
    """
    num_usable = {
        split: sum(c["periodic"] or c["num_frames"] >= clip_length for c in those)
        for split, those in clips.items()
    }
    sentences = []
    for split, those in clips.items():
        num_short = len(those) - num_usable[split]
        if num_short:
            sentences.append(
                f"{num_short} of the {len(those)} {split} clips are shorter than the "
                f"{clip_length} frames of data.clip_length, and are not used; choose a "
                "smaller one, or longer videos."
            )
    if num_usable["train"] < MIN_TRAINING_CLIPS:
        sentences.append(
            f"{num_usable['train']} clips to train on are few: DrNet learns what stays "
            f"by comparing clips, and at least {MIN_TRAINING_CLIPS} are expected; add "
            "videos of more people, things or places."
        )
    if not num_usable["test"]:
        sentences.append(
            "No clip is left to test on; put some videos into a sub-folder test, and "
            "the others into one named train."
        )
    return sentences
