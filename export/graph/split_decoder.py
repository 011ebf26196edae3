"""A trained decoder, split into a part for each content and a part for each pose.

Three identities make a frame cheaper without changing it:

1. A layer that reads `concat(x, skip)` is linear in both, so the half of its kernel
   that reads the skip, with its bias, gives a *content map* that is computed once.
2. Batch normalization at inference is part of the kernel and bias before it.
3. A 4x4 transposed convolution of stride 2, and a 3x3 convolution after a doubling to
   the nearest neighbors, are four 2x2 convolutions, one for each parity of the
   output's row and column, interleaved by `depth_to_space` (Shi et al. 2016,
   sub-pixel convolution). Of the latter that leaves 4/9 of the multiplications, and
   TFLite convolves much faster than it transposes.
"""

import keras
import numpy as np
import tensorflow as tf

# From the taps of a kernel to those of the 2x2 kernels that give the even and the odd
# pixels of the output: pixel 2i sees the inputs i - 1 and i, pixel 2i + 1 sees i and
# i + 1. Indices: parity, tap of the 2x2 kernel, tap of the kernel.
TRANSPOSED_TAPS = np.array([[[0, 0, 0, 1], [0, 1, 0, 0]], [[0, 0, 1, 0], [1, 0, 0, 0]]])
DOUBLED_TAPS = np.array([[[1, 0, 0], [0, 1, 1]], [[1, 1, 0], [0, 0, 1]]])
PARITIES = ((0, 0), (0, 1), (1, 0), (1, 1))
# Kernels of a matrix product work on this many columns at once and pad the rest.
PADDED_COLUMNS = 16


class SplitDecoder(tf.Module):
    """The decoder of trained networks, for inference.

    Attributes:
        map_shapes: shape `[H', W', C']` of each content map, in the order of use.
        positions: see `Signatures`.
    """

    positions = None

    def __init__(self, decoder, pose_dim, side=1):
        """Fold the weights of a decoder.

        Args:
            decoder: a decoder of `keras_drnet.models`, or a network of such layers.
            pose_dim: length Dp of the pose, or channels of the map that it begins with.
            side: side of that map, pixels.

        Raises:
            NotImplementedError: a layer of it cannot be folded.
        """
        super().__init__(name="split_decoder")
        self._stages = []
        channels = pose_dim
        for layer in _folded_layers(decoder):
            stage = _STAGES[layer.form](layer, channels, side)
            channels, side = layer.kernel.shape[-1], stage.side
            self._stages.append(stage)
        self.map_shapes = [s.map_shape for s in self._stages if s.reads_content]

    @tf.Module.with_name_scope
    def content_maps(self, content, skips):
        """Compute all that depends on content alone.

        Args:
            content: `[B, Dc]`.
            skips: the content encoder's maps, finest first; may be empty.

        Returns:
            A list of content maps `[B, H', W', C']`, shaped as `map_shapes`.
        """
        readers = [stage for stage in self._stages if stage.reads_content]
        inputs = [content, *reversed(skips)]
        return [s.content_map(x) for s, x in zip(readers, inputs, strict=True)]

    @tf.Module.with_name_scope
    def frame(self, pose, content_maps):
        """Decode a pose.

        Args:
            pose: `[B, Dp]`, or the map that the network begins with.
            content_maps: what `content_maps` returned.

        Returns:
            Frames `[B, H, W, C]` in (0, 1).
        """
        x, maps = pose, iter(content_maps)
        for stage in self._stages:
            x = stage(x, next(maps) if stage.reads_content else None)
        return x


class _FoldedLayer:
    """A convolution with the norm and activation after it, as arrays.

    Attributes:
        form: "seed" (from a code to the first map), "sub_pixel" or "conv".
        kernel: `[K, K, C_in, C_out]`, of a convolution that is not transposed.
        bias: `[C_out]`.
        taps: `TRANSPOSED_TAPS` or `DOUBLED_TAPS` where form is "sub_pixel".
        activation: a function of a tensor.
        reads_content: whether content is concatenated to its input.
    """

    def __init__(self, layer, *, doubled, reads_content):
        self.kernel, self.bias = _arrays(layer)
        self.taps = None
        self.reads_content = reads_content
        self.activation = tf.identity
        transposed = isinstance(layer, keras.layers.Conv2DTranspose)
        if transposed:
            self.kernel = np.swapaxes(self.kernel, 2, 3)
        if transposed and layer.padding == "valid":
            self.form = "seed"
        elif transposed and layer.strides == (2, 2):
            self.form, self.taps = "sub_pixel", TRANSPOSED_TAPS
        elif doubled:
            self.form, self.taps = "sub_pixel", DOUBLED_TAPS
        else:
            self.form = "conv"
            if transposed:
                self.kernel = self.kernel[::-1, ::-1]

    def fold_norm(self, norm):
        """Take a batch normalization into kernel and bias."""
        gamma, beta, mean, variance = _arrays(norm)
        scale = gamma / np.sqrt(variance + norm.epsilon)
        self.kernel = self.kernel * scale
        self.bias = (self.bias - mean) * scale + beta


def _folded_layers(decoder):
    """Return a decoder's `_FoldedLayer`s from code to frame."""
    folded, doubled, reads_content = [], False, False
    for layer in decoder.layers:
        match layer:
            case keras.layers.Concatenate():
                reads_content = True
            case keras.layers.UpSampling2D():
                doubled = True
            case keras.layers.Conv2D() | keras.layers.Conv2DTranspose():
                folded.append(
                    _FoldedLayer(layer, doubled=doubled, reads_content=reads_content)
                )
                doubled = reads_content = False
            case keras.layers.BatchNormalization():
                folded[-1].fold_norm(layer)
            case keras.layers.LeakyReLU() | keras.layers.Activation():
                folded[-1].activation = _activation(layer)
            case keras.layers.InputLayer() | keras.layers.Reshape():
                pass
            case _:
                raise NotImplementedError(
                    f"The step graph has no form of {type(layer).__name__}, layer "
                    f"{layer.name!r} of the decoder; add it to split_decoder.py."
                )
    return folded


def _activation(layer):
    if isinstance(layer, keras.layers.LeakyReLU):
        slope = float(layer.negative_slope)
        return lambda x: tf.nn.leaky_relu(x, slope)
    return {"sigmoid": tf.sigmoid}[layer.get_config()["activation"]]


class _Stage(tf.Module):
    """One layer: `activation(linear(x) + content_map)`, or with a bias in its place."""

    def __init__(self, layer, channels, side):
        super().__init__(name=f"{layer.form}_stage")
        self.side = side  # Of the output, pixels.
        self.map_shape = (side, side, layer.kernel.shape[-1])
        self.reads_content = layer.reads_content
        self._activation = layer.activation
        # Codes are joined content first, maps content last.
        own, other = np.s_[..., :channels, :], np.s_[..., channels:, :]
        if layer.form == "seed":
            own, other = np.s_[..., -channels:, :], np.s_[..., :-channels, :]
        self._kernels = self._make_kernels(layer, layer.kernel[own])
        if self.reads_content:
            self._content_kernels = self._make_content_kernels(
                layer, layer.kernel[other]
            )
        self._bias = _constant(self._make_bias(layer.bias))

    @tf.Module.with_name_scope
    def __call__(self, x, content_map=None):
        if self.reads_content:
            x = self._linear(x, self._kernels) + content_map
        else:
            x = self._linear(x, self._kernels, self._bias)
        return self._arrange(self._activation(x))

    @tf.Module.with_name_scope
    def content_map(self, x):
        """Return what the content, a code or a map, adds to the stage's input."""
        return self._linear(x, self._content_kernels, self._bias)

    def _make_kernels(self, layer, kernel):
        return [_constant(kernel)]

    def _make_content_kernels(self, layer, kernel):
        return self._make_kernels(layer, kernel)

    def _make_bias(self, bias):
        return bias

    def _linear(self, x, kernels, bias=None):
        raise NotImplementedError

    def _arrange(self, x):
        return x


class _SeedStage(_Stage):
    """From a code to the first map, as large as the kernel: a matrix product."""

    def __init__(self, layer, channels, side):
        super().__init__(layer, channels, layer.kernel.shape[0])

    def _make_kernels(self, layer, kernel):
        kernel = np.transpose(kernel, (2, 0, 1, 3))
        return [_constant(kernel.reshape(len(kernel), -1))]

    def _make_bias(self, bias):
        return np.tile(bias, self.side**2)

    def _linear(self, x, kernels, bias=None):
        x = _add(tf.matmul(x, kernels[0]), bias)
        return tf.reshape(x, (-1, *self.map_shape))


class _ConvStage(_Stage):
    """A convolution of stride 1."""

    def _linear(self, x, kernels, bias=None):
        return _add(tf.nn.conv2d(x, kernels[0], 1, "SAME"), bias)


class _SubPixelStage(_Stage):
    """Doubles the side: 2x2 convolutions for the four parities of the output.

    Either one convolution for each parity, or one for all: as the parities see
    windows that are shifted against each other, that has a row and a column more,
    which are cut off, but also more columns in its matrix product.
    """

    def __init__(self, layer, channels, side):
        outputs = layer.kernel.shape[-1]
        padded = [_round_up(n, PADDED_COLUMNS) for n in (outputs, 4 * outputs)]
        self._joint = (side + 1) ** 2 * padded[1] < 4 * side**2 * padded[0]
        super().__init__(layer, channels, 2 * side)
        side_of_map = side + 1 if self._joint else side
        self.map_shape = (side_of_map, side_of_map, 4 * outputs)

    def _make_kernels(self, layer, kernel):
        kernels = [
            np.einsum("ui,vj,ijco->uvco", layer.taps[a], layer.taps[b], kernel)
            for a, b in PARITIES
        ]
        if self._joint:
            # The window of inputs j - 1 and j gives the pixels 2j - 1 and 2j.
            return [_constant(np.concatenate(kernels[::-1], axis=-1))]
        return [_constant(kernel) for kernel in kernels]

    def _make_content_kernels(self, layer, kernel):
        # What is doubled first is joined with a map that has the doubled side.
        self._content_is_doubled = layer.taps is DOUBLED_TAPS
        if self._content_is_doubled:
            return [_constant(kernel)]
        return self._make_kernels(layer, kernel)

    def _make_bias(self, bias):
        return np.tile(bias, 4) if self._joint else bias

    @tf.Module.with_name_scope
    def content_map(self, x):
        if not self._content_is_doubled:
            return super().content_map(x)
        x = tf.nn.conv2d(x, self._content_kernels[0], 1, "SAME")
        x = tf.nn.bias_add(x, self._bias[: x.shape[-1]])
        if self._joint:
            x = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]])
        return tf.nn.space_to_depth(x, 2)

    def _linear(self, x, kernels, bias=None):
        if self._joint:
            around = [[0, 0], [1, 1], [1, 1], [0, 0]]
            return _add(tf.nn.conv2d(x, kernels[0], 1, around), bias)
        return tf.concat(
            [
                _add(
                    tf.nn.conv2d(
                        x, kernel, 1, [[0, 0], [1 - a, a], [1 - b, b], [0, 0]]
                    ),
                    bias,
                )
                for kernel, (a, b) in zip(kernels, PARITIES, strict=True)
            ],
            axis=-1,
        )

    def _arrange(self, x):
        x = tf.nn.depth_to_space(x, 2)
        return x[:, 1:-1, 1:-1] if self._joint else x


_STAGES = {"seed": _SeedStage, "sub_pixel": _SubPixelStage, "conv": _ConvStage}


def _arrays(layer):
    return [np.asarray(weight, np.float64) for weight in layer.get_weights()]


def _add(x, bias):
    return x if bias is None else tf.nn.bias_add(x, bias)


def _round_up(number, multiple):
    return -(-number // multiple) * multiple


def _constant(array):
    return tf.Variable(array, dtype=tf.float32, trainable=False)
