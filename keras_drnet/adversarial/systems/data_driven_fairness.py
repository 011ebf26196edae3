"""DataDrivenFairness: the adversary's own examples decide the notion of fairness."""

import keras

from keras_drnet.adversarial.systems.fair_representation import FairRepresentation


@keras.saving.register_keras_serializable(package="keras_drnet")
class DataDrivenFairness(FairRepresentation):
    """Features that do not reveal the group, by a notion that examples decide.

        min over g, f, a:  L_Y(f(g(x)), y) over D + L_Z(a(J(g(x))), z) over S

    with the encoder g, the predictor f, the adversary a, and J the gradient reversal:
    identity forward, minus lambda backward. D and S are two sets. S may be small, and
    needs no labels but the group z; the people in it decide the notion of fairness:

    - all: demographic parity;
    - equally many of each group: the same, without the weight of the larger one;
    - those with target 1: equality of opportunity.

    Batches are dicts as for `FairRepresentation`, without `group`, and with a batch of
    S besides: `adversary_input`, `[B', ...]`, and `adversary_group`, int `[B']` or
    `[B', A]`; for a contrast that needs it `adversary_target`, int `[B']`. lambda is
    the weight of the `AdversarialLoss`.

    Example:

    ```python
    data = tf.data.Dataset.zip(people, rich_people).map(
        lambda own, other: own | {"adversary_input": other["input"],
                                  "adversary_group": other["group"]})
    adversarial = AdversarialLoss(adversary, GroupLabels(2), weight=1.0)
    model = DataDrivenFairness(encoder, predictor, adversarial)
    model.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3))
    model.fit(data, epochs=10)
    ```

    Differences: in the paper one optimizer trains both; here the adversary has its own.

    Source: Beutel, Chen, Zhao & Chi, *Data Decisions and Theoretical Implications when
    Adversarially Learning Fair Representations*, FAT/ML 2017.
    """

    def __init__(
        self, encoder, predictor, adversarial, *, name="data_driven_fairness", **kwargs
    ):
        """Hold the networks; arguments as for `FairRepresentation`."""
        super().__init__(encoder, predictor, adversarial, name=name, **kwargs)

    def _adversary_inputs(self, batch, features, *, training):
        labels = {"group": batch["adversary_group"]}
        if "adversary_target" in batch:
            labels["target"] = batch["adversary_target"]
        others = self.encoder(batch["adversary_input"], training=training)
        return {"features": others} | labels
