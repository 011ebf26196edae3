"""pythae's FactorVAE and AAE."""

import tempfile

import torch
from pythae.data.datasets import BaseDataset
from pythae.models import Adversarial_AE as AAE
from pythae.models import Adversarial_AE_Config as AAEConfig
from pythae.models import FactorVAE, FactorVAEConfig
from pythae.models.base.base_utils import ModelOutput
from pythae.models.nn import BaseDecoder, BaseDiscriminator, BaseEncoder
from pythae.trainers import AdversarialTrainer, AdversarialTrainerConfig
from torch import nn

PACKAGES = ("pythae", "torch")


class Encoder(BaseEncoder):
    """Pixels to the means and log-variances of codes."""

    def __init__(self, num_pixels, code_dim, hidden_sizes):
        super().__init__()
        self.network = mlp(num_pixels, *hidden_sizes, 2 * code_dim)

    def forward(self, pixels):
        """Return both."""
        mean, log_variance = self.network(pixels).chunk(2, dim=1)
        return ModelOutput(embedding=mean, log_covariance=log_variance)


class Decoder(BaseDecoder):
    """Codes to pixels."""

    def __init__(self, num_pixels, code_dim, hidden_sizes, last):
        super().__init__()
        self.network = nn.Sequential(mlp(code_dim, *hidden_sizes, num_pixels), last)

    def forward(self, codes):
        """Return pixels."""
        return ModelOutput(reconstruction=self.network(codes))


class CodeDiscriminator(BaseDiscriminator):
    """Codes to logits of both classes, for FactorVAE."""

    def __init__(self, code_dim, hidden_sizes):
        super().__init__()
        self.network = mlp(code_dim, *hidden_sizes, 2, activation=nn.LeakyReLU(0.2))

    def forward(self, codes):
        """Return logits."""
        return self.network(codes)


class PriorDiscriminator(BaseDiscriminator):
    """Codes to the probability that they are draws of the prior, for AAE."""

    def __init__(self, code_dim, hidden_sizes):
        super().__init__()
        self.network = mlp(code_dim, *hidden_sizes, 1, activation=nn.LeakyReLU(0.2))

    def forward(self, codes):
        """Return probabilities."""
        return ModelOutput(embedding=torch.sigmoid(self.network(codes)))


def fit(
    data,
    *,
    system,
    seed,
    epochs,
    batch_size,
    weight,
    rates,
    n_components,
    hidden_layer_sizes,
    adversary_hidden_layer_sizes,
):
    """Train a system, `"factor_vae"` or `"aae"`."""
    torch.manual_seed(seed)
    pixels = torch.from_numpy(data["pixels"])
    sizes = pixels.shape[1], n_components, hidden_layer_sizes
    adversary_sizes = n_components, adversary_hidden_layer_sizes
    common = {"input_dim": (pixels.shape[1],), "latent_dim": n_components}
    if system == "factor_vae":
        model = FactorVAE(
            FactorVAEConfig(reconstruction_loss="bce", gamma=weight, **common),
            Encoder(*sizes),
            Decoder(*sizes, nn.Sigmoid()),
        )
        model.set_discriminator(CodeDiscriminator(*adversary_sizes))
        momentum = 0.9
    else:
        # Its loss is half the squared error summed over pixels, ours the mean, and the
        # weight of its adversary at most 1.
        scale = 2.0 / pixels.shape[1]
        model = AAE(
            AAEConfig(
                reconstruction_loss="mse",
                reconstruction_loss_scale=scale,
                adversarial_loss_scale=weight,
                deterministic_posterior=True,
                **common,
            ),
            Encoder(*sizes),
            Decoder(*sizes, nn.Identity()),
            PriorDiscriminator(*adversary_sizes),
        )
        momentum = 0.5
    learning_rate, adversary_learning_rate = rates
    decay = {"T_max": epochs}
    with tempfile.TemporaryDirectory() as folder:
        config = AdversarialTrainerConfig(
            output_dir=folder,
            per_device_train_batch_size=batch_size,
            num_epochs=epochs,
            autoencoder_learning_rate=learning_rate,
            autoencoder_optimizer_params={"betas": (momentum, 0.999)},
            autoencoder_scheduler_cls="CosineAnnealingLR",
            autoencoder_scheduler_params=decay,
            discriminator_learning_rate=adversary_learning_rate,
            discriminator_optimizer_params={"betas": (0.5, 0.999)},
            discriminator_scheduler_cls="CosineAnnealingLR",
            discriminator_scheduler_params=decay,
            seed=seed,
            no_cuda=True,
        )
        dataset = BaseDataset(pixels, torch.zeros(len(pixels)))
        AdversarialTrainer(model, dataset, training_config=config).train()
    return model.eval()


def outputs(model, data):
    """Return the codes of held-out images, and their reconstructions."""
    with torch.no_grad():
        codes = model.encoder(torch.from_numpy(data["test_pixels"])).embedding
        decoded = model.decoder(codes).reconstruction
    return {"codes": codes.numpy(), "decoded": decoded.numpy()}


def mlp(num_inputs, *sizes, activation=None):
    """Build a multilayer perceptron."""
    layers = []
    for inputs, outputs_ in zip((num_inputs, *sizes), sizes, strict=False):
        layers += [nn.Linear(inputs, outputs_), activation or nn.ReLU()]
    return nn.Sequential(*layers[:-1])
