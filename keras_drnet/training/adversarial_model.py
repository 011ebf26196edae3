"""AdversarialModel: base of DrNet and of the systems of the survey."""

import keras

from keras_drnet.checks.numbers import check_count
from keras_drnet.training.two_player_model import TwoPlayerModel


class AdversarialModel(TwoPlayerModel):
    """Base of models that have a task and an `AdversarialLoss`.

    A subclass defines `feature_variables`, `compute_losses` and `get_config`;
    `train_step`, `test_step`, saving and loading are here. A step updates the features
    first, then the adversary: on the features from before their update, which is a
    simultaneous step, or with `alternating` on new ones.

    Batches are dicts of tensors. `compile(optimizer, discriminator_optimizer)` takes an
    optimizer for the features and the task, and one for the adversary.
    """

    # Names of the adversary's loss and accuracy in reports.
    adversary_terms: tuple[str, ...] = ("adversary", "adversary_accuracy")

    def __init__(
        self,
        adversarial,
        *,
        terms=(),
        alternating=False,
        num_adversary_steps=1,
        dtype=None,
        name=None,
    ):
        """Create the model from its adversarial loss.

        Args:
            adversarial: an `AdversarialLoss`.
            terms: names of what `compute_losses` reports besides its loss.
            alternating: whether the adversary is trained on features that are computed
                anew, after their update.
            num_adversary_steps: steps of the adversary for each step of the features. A
                learning-rate schedule of its optimizer counts each of them.
            dtype: dtype policy of the networks. With `"mixed_float16"`, `compile`
                scales the losses of both optimizers.
            name: name of the model.
        """
        super().__init__(dtype=dtype, name=name)
        self.adversarial = adversarial
        self.alternating = alternating
        check_count(num_adversary_steps, "num_adversary_steps")
        self.num_adversary_steps = num_adversary_steps
        self._trackers = {
            name: keras.metrics.Mean(name=name)
            for name in ("loss", *terms, "adversarial", *self.adversary_terms)
        }

    @property
    def feature_variables(self):
        """The trainable variables of the features and the task."""
        raise NotImplementedError

    @property
    def adversary_variables(self):
        """The trainable variables of the adversary."""
        return self.adversarial.adversary.trainable_variables

    def build_optimizers(self):
        """Create the optimizers' variables; without effect where they are there."""
        self.optimizer.build(self.feature_variables)
        self.discriminator_optimizer.build(self.adversary_variables)

    def update(self, batch):
        """Train the features, then the adversary, on one batch."""
        losses, contrasted = self.train_features(batch)
        for _ in range(self.num_adversary_steps):
            if self.alternating:
                contrasted = self._contrasted(batch)
            losses |= self.train_adversary(contrasted)
        return losses

    def evaluate_batch(self, batch):
        """Evaluate every loss on one batch."""
        losses, contrasted = self.compute_losses(batch, training=False)
        losses = self.add_adversarial_loss(losses, contrasted)
        loss = self.adversarial.discriminator_loss(**contrasted)
        return losses | self._adversary_report(loss, contrasted)

    def compute_losses(self, data, *, training):
        """Return the task's losses, and the arguments of the adversarial loss.

        Args:
            data: a batch.
            training: whether networks run in training mode.

        Returns:
            A dict with the task's `loss` and the other terms, and a dict of keyword
            arguments of `AdversarialLoss.encoder_loss`.
        """
        raise NotImplementedError

    def _contrasted(self, data):
        """Return the arguments of the adversarial loss, with new features."""
        return self.compute_losses(data, training=True)[1]

    def train_features(self, data):
        """Update the features on one batch.

        Returns:
            A dict of all losses, and the arguments of the adversarial loss.
        """

        def forward():
            task, contrasted = self.compute_losses(data, training=True)
            losses = self.add_adversarial_loss(task, contrasted)
            parts = task["loss"], self._weight() * losses["adversarial"]
            scaled = tuple(self.optimizer.scale_loss(part) for part in parts)
            return scaled, (losses, contrasted)

        scaled, (losses, contrasted), tape = self.record(
            forward, self.feature_variables
        )
        variables = self.feature_variables  # More where a network was not built yet.
        gradients = self.adversarial.feature_gradients(tape, *scaled, variables)
        self.optimizer.apply(gradients, variables)
        return losses, contrasted

    def train_adversary(self, contrasted):
        """Update the adversary.

        Args:
            contrasted: arguments of the adversarial loss, from `compute_losses`.

        Returns:
            A dict with its loss and its accuracy.
        """
        loss, _ = self.minimize(
            self.discriminator_optimizer,
            lambda: (self.adversarial.discriminator_loss(**contrasted), ()),
            self.adversary_variables,
        )
        return self._adversary_report(loss, contrasted)

    def _adversary_report(self, loss, contrasted):
        accuracy = self.adversarial.accuracy(**contrasted)
        return dict(zip(self.adversary_terms, (loss, accuracy), strict=True))

    def add_adversarial_loss(self, task, contrasted):
        """Return the task's losses, with the adversarial one added to them.

        Args:
            task: dict of the task's losses, with the total as `loss`.
            contrasted: arguments of the adversarial loss, from `compute_losses`.
        """
        adversarial = self.adversarial.encoder_loss(**contrasted)
        total = task["loss"] + self._weight() * adversarial
        return task | {"loss": total, "adversarial": adversarial}

    def _weight(self):
        return self.adversarial.weight_at(self.optimizer.iterations)

    def get_config(self):
        """Return the arguments of this constructor."""
        return {
            "adversarial": keras.saving.serialize_keras_object(self.adversarial),
            "alternating": self.alternating,
            "num_adversary_steps": self.num_adversary_steps,
            "dtype": self.dtype_policy.name,
            "name": self.name,
        }
