"""Probes of content and pose for every known factor.

Probes are trained and tested on codes of the test split, which DrNet was not trained
on, divided into halves. The halves share no digit image (Moving MNIST) or no clip
(recorded data), but they do share objects and people: none of the test split's are in
the training split, so that identity can only be probed within the test split.
"""

import numpy as np

from keras_drnet.metrics import probes

CODES = ("content", "pose")


def probe_codes(codes, factors, is_test):
    """Probe content and pose for every factor.

    Classes found in one half alone are left out. If no two are left, as with objects
    of one clip each, and the `phase` of the frames is known, probes are trained on
    every other eighth of the turn and tested on the rest.

    Args:
        codes: dict of `content` and `pose`, `[N, K, D]`.
        factors: dict of `Factor`s of the same frames.
        is_test: bool `[N]`, whether probes are tested or trained on a clip.

    Returns:
        `(factors, quantities)`: two dicts by name, of classes and of real values. Each
        entry has the `kind` of the factor and, for either code, what
        `probes.probe_factor` or `probe_quantity` returned; of classes also their
        number, `classes`, and `chance`.
    """
    num_times = codes["pose"].shape[1]
    by_clip = np.repeat(is_test[:, None], num_times, axis=1)
    divisions = [by_clip]
    if "phase" in factors:
        divisions.append(factors["phase"].values % 2 == 1)
    of_classes, of_quantities = {}, {}
    for name, factor in factors.items():
        values = factor.by_frame(num_times)
        if not factor.classes:
            rows = ~by_clip, by_clip
            if all(np.ptp(values[row]) > 0 for row in rows):
                of_quantities[name] = {"kind": factor.kind} | _probe(
                    probes.probe_quantity, codes, values, rows
                )
            continue
        for is_test_frame in divisions:
            common = np.intersect1d(values[is_test_frame], values[~is_test_frame])
            if len(common) > 1:
                known = np.isin(values, common)
                rows = known & ~is_test_frame, known & is_test_frame
                of_classes[name] = {
                    "kind": factor.kind,
                    "classes": len(common),
                    "chance": probes.chance(values[rows[1]]),
                } | _probe(probes.probe_factor, codes, values, rows)
                break
    return of_classes, of_quantities


def _probe(probe, codes, values, rows):
    train, test = rows
    return {
        name: probe(codes[name][train], values[train], codes[name][test], values[test])
        for name in CODES
    }
