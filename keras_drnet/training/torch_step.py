"""A training step of DrNet in PyTorch, in the form of the authors' code.

To compare with: a program for a Python that has PyTorch. It takes a step for each line
that it reads, and answers with an empty line.

Two passes of the pose encoder for the scene discriminator, two more and two of the
content encoder for the auto-encoder; float32; the networks `dcgan` of the paper.
"""

import argparse
import sys

import torch
from torch import nn
from torch.nn import functional

CONTENT_DIM, POSE_DIM, DISCRIMINATOR_UNITS = 128, 10, 100
SIMILARITY_WEIGHT, ADVERSARIAL_WEIGHT = 1.0, 1e-4


def make_encoder(image_size, num_channels, num_filters, dim):
    """Build an encoder: frames `[B, C, H, W]` to codes `[B, dim, 1, 1]`."""
    layers, inputs, side = [], num_channels, image_size
    while side > 4:
        outputs = num_filters * min(2 ** (len(layers) // 3), 8)
        layers += [nn.Conv2d(inputs, outputs, 4, 2, 1), *_norm(outputs)]
        inputs, side = outputs, side // 2
    layers += [nn.Conv2d(inputs, dim, 4), nn.BatchNorm2d(dim), nn.Tanh()]
    return nn.Sequential(*layers)


def make_decoder(image_size, num_channels, num_filters):
    """Build the decoder: both codes `[B, Dc + Dp, 1, 1]` to frames `[B, C, H, W]`."""
    num_stages = image_size.bit_length() - 3
    widths = [num_filters * min(2**i, 8) for i in reversed(range(num_stages))]
    first = nn.ConvTranspose2d(CONTENT_DIM + POSE_DIM, widths[0], 4)
    layers = [first, *_norm(widths[0])]
    for inputs, outputs in zip(widths, widths[1:], strict=False):
        layers += [nn.ConvTranspose2d(inputs, outputs, 4, 2, 1), *_norm(outputs)]
    last = nn.ConvTranspose2d(widths[-1], num_channels, 4, 2, 1)
    return nn.Sequential(*layers, last, nn.Sigmoid())


def make_discriminator():
    """Build the scene discriminator: pairs `[B, 2 Dp]` to probabilities `[B, 1]`."""
    return nn.Sequential(
        nn.Linear(2 * POSE_DIM, DISCRIMINATOR_UNITS),
        nn.ReLU(),
        nn.Linear(DISCRIMINATOR_UNITS, DISCRIMINATOR_UNITS),
        nn.ReLU(),
        nn.Linear(DISCRIMINATOR_UNITS, 1),
        nn.Sigmoid(),
    )


def make_step(image_size, num_channels, num_filters, batch_size):
    """Return a function that takes a step on random frames."""
    size = (image_size, num_channels, num_filters)
    content_encoder = make_encoder(*size, CONTENT_DIM)
    pose_encoder = make_encoder(*size, POSE_DIM)
    decoder, discriminator = make_decoder(*size), make_discriminator()
    networks = (content_encoder, pose_encoder, decoder, discriminator)
    *optimizers, discriminator_optimizer = (
        torch.optim.Adam(network.parameters(), lr=2e-3, betas=(0.5, 0.999))
        for network in networks
    )
    shape = (4, batch_size, num_channels, image_size, image_size)
    content_1, content_2, frame_1, frame_2 = torch.rand(shape)
    labels = torch.cat(
        [torch.ones(batch_size // 2), torch.zeros((batch_size + 1) // 2)]
    )
    half = torch.full((batch_size, 1), 0.5)

    def discriminate(pose_1, pose_2):
        return discriminator(torch.cat([pose_1, pose_2], 1).flatten(1))

    def step():
        discriminator_optimizer.zero_grad()
        pose_1, pose_2 = pose_encoder(frame_1).detach(), pose_encoder(frame_2).detach()
        order = torch.arange(batch_size)
        other = order[batch_size // 2 :]
        order[batch_size // 2 :] = other[torch.randperm(len(other))]
        answers = discriminate(pose_1, pose_2[order])
        functional.binary_cross_entropy(answers, labels[:, None]).backward()
        discriminator_optimizer.step()

        for optimizer in optimizers:
            optimizer.zero_grad()
        content, target = content_encoder(content_1), content_encoder(content_2)
        pose_1, pose_2 = pose_encoder(frame_1), pose_encoder(frame_2).detach()
        decoded = decoder(torch.cat([content, pose_1], 1))
        loss = functional.mse_loss(decoded, frame_1)
        loss += SIMILARITY_WEIGHT * functional.mse_loss(content, target.detach())
        answers = discriminate(pose_1, pose_2)
        loss += ADVERSARIAL_WEIGHT * functional.binary_cross_entropy(answers, half)
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()

    return step


def _norm(num_filters):
    return nn.BatchNorm2d(num_filters), nn.LeakyReLU(0.2)


def main():
    """Take a step for each line of the standard input."""
    parser = argparse.ArgumentParser()
    for name in ("image_size", "num_channels", "num_filters", "batch_size"):
        parser.add_argument(f"--{name}", type=int, required=True)
    step = make_step(**vars(parser.parse_args()))
    for _ in sys.stdin:
        step()
        print(flush=True)


if __name__ == "__main__":
    main()
