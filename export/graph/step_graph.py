"""The inference graph: every function of a bundle, on one set of folded weights.

`prime` encodes the content once and computes all that depends on it alone; `step` then
draws a frame and predicts the pose of the next one. The other functions are the
networks one by one, and `serving_default` is the whole roll-out.
"""

import tensorflow as tf

from keras_drnet.models.encode import encode_content, encode_frames
from keras_drnet.models.networks import own_weights

from ..signatures import Signature, Signatures, tensor
from .split_decoder import SplitDecoder
from .split_layered_decoder import SplitLayeredDecoder, draws_layers
from .split_part_decoder import SplitPartDecoder, draws_parts
from .split_pose_lstm import SplitPoseLSTM

MAX_FUTURE = 1000  # Frames of one call of `serving_default`: bounds its memory.


class StepGraph(tf.Module):
    """The functions of trained networks, from dicts of tensors to dicts of tensors.

    Batches of any size; frames are float32 in [0, 1].

    Attributes:
        content_names: tensors that `prime` returns and `step` takes unchanged.
        state_names: tensors that `prime` returns, and that `step` takes and returns
            updated.
    """

    def __init__(self, networks, num_past):
        """Fold the networks.

        Args:
            networks: trained float32 `models.networks.Networks`.
            num_past: observed frames T of `prime` and `serving_default`.
        """
        super().__init__(name="step_graph")
        self._networks = networks
        # Held as plain variables: of a Keras model TensorFlow would save more.
        self._encoder_weights = [
            variable.value
            for name in ("content_encoder", "pose_encoder")
            for variable in own_weights(networks, name)
        ]
        self._past_shape = (num_past, *networks.pose_encoder.input.shape[1:])
        (content, skips), pose = networks.decoder.input
        self._content_shape = content.shape[1:]
        self._skip_shapes = [skip.shape[1:] for skip in skips]
        self._pose_shape = pose.shape[1:]
        self._decoder = _split_decoder(networks.decoder, *self._pose_shape)
        self._pose_lstm = SplitPoseLSTM(networks.pose_lstm, *self._pose_shape)
        maps = len(self._decoder.map_shapes)
        self.content_names = ("content_gates", *_numbered("content_map", maps))
        self.state_names = ("pose", *self._pose_lstm.state_dims)

    def functions(self, batch_size=None):
        """Trace the functions.

        Args:
            batch_size: number of clips, or `None` for any.

        Returns:
            A dict of name to concrete function. `serving_default` is not among them
            where the batch size is fixed: it is for servers.
        """
        shapes = {
            "frame": self._past_shape[1:],
            "past": self._past_shape,
            "num_future": (),
            "content": self._content_shape,
            "pose": self._pose_shape,
            "content_gates": (self._pose_lstm.gates_dim,),
        }
        skips = _numbered("skip", len(self._skip_shapes))
        shapes |= dict(zip(skips, self._skip_shapes, strict=True))
        shapes |= dict(
            zip(self.content_names[1:], self._decoder.map_shapes, strict=True)
        )
        shapes |= {name: (dim,) for name, dim in self._pose_lstm.state_dims.items()}
        inputs = {
            "encode_content": ("frame",),
            "encode_pose": ("frame",),
            "predict_pose": ("content", *self.state_names),
            "decode": ("content", *skips, "pose"),
            "prime": ("past",),
            "step": (*self.content_names, *self.state_names),
        }
        functions = {name: getattr(self, name) for name in inputs}
        if batch_size is None:
            inputs = {"serving_default": ("past", "num_future")} | inputs
            functions["serving_default"] = self.roll_out
        specs = {
            key: tf.TensorSpec(
                (batch_size, *shape),
                tf.int32 if key == "num_future" else tf.float32,
                name=key,
            )
            for key, shape in shapes.items()
        }
        return {
            name: tf.function(
                _checked(functions[name], specs), autograph=False
            ).get_concrete_function(**{key: specs[key] for key in keys})
            for name, keys in inputs.items()
        }

    def signatures(self, functions, data, name):
        """Describe traced functions.

        Args:
            functions: what `functions` returned.
            data: the `DataConfig` of the run.
            name: name of the model.

        Returns:
            `export.signatures.Signatures`.
        """
        return Signatures(
            name=name,
            dataset=data.dataset,
            image_size=data.image_size,
            num_channels=data.num_channels,
            color_order="gray" if data.num_channels == 1 else "rgb",
            num_past=self._past_shape[0],
            max_future=MAX_FUTURE,
            frame_rate=data.frame_rate,
            resize=data.resize,
            content=self.content_names,
            state=self.state_names,
            positions=self._decoder.positions,
            functions={
                key: Signature(
                    inputs={
                        spec.name: tensor(spec.name, spec.shape, spec.dtype.name)
                        for spec in tf.nest.flatten(function.structured_input_signature)
                    },
                    outputs={
                        output: tensor(output, spec.shape, spec.dtype.name)
                        for output, spec in function.structured_outputs.items()
                    },
                )
                for key, function in functions.items()
            },
        )

    def encode_content(self, frame):
        """Return `content` and the skips of frames, as `encode_content` takes them."""
        content, skips = encode_content(self._networks.content_encoder, frame)
        names = _numbered("skip", len(skips))
        return {"content": content} | dict(zip(names, skips, strict=True))

    def encode_pose(self, frame):
        """Return the `pose` of frames `[B, H, W, C]`."""
        return {"pose": self._networks.pose_encoder(frame, training=False)}

    def predict_pose(self, content, **state):
        """Return the state after one step of the pose LSTM."""
        return self._next_state(self._pose_lstm.content_gates(content), state)

    def decode(self, content, pose, **skips):
        """Return the `frame` decoded from content, skips and pose."""
        skips = [skips[name] for name in _numbered("skip", len(skips))]
        maps = self._decoder.content_maps(content, skips)
        return {"frame": self._decoder.frame(pose, maps)}

    def prime(self, past):
        """Return the first inputs of `step`, for observed frames `[B, T, H, W, C]`."""
        encoded = self.encode_content(past)
        content = encoded.pop("content")
        maps = self._decoder.content_maps(content, list(encoded.values()))
        gates = self._pose_lstm.content_gates(content)
        poses = encode_frames(self._networks.pose_encoder, past)
        state = self._pose_lstm.initial_state(poses[:, 0])
        for t in range(past.shape[1]):
            pose, state = self._pose_lstm.step(poses[:, t], gates, state)
        constants = dict(zip(self.content_names, [gates, *maps], strict=True))
        return constants | {"pose": pose} | state

    def step(self, **tensors):
        """Return the `frame` of a state and the next state."""
        gates, *maps = (tensors[name] for name in self.content_names)
        frame = self._decoder.frame(tensors["pose"], maps)
        return {"frame": frame} | self._next_state(gates, tensors)

    def roll_out(self, past, num_future):
        """Predict the frames after the observed ones.

        Args:
            past: observed frames `[B, T, H, W, C]`.
            num_future: int32 `[B]`, one number for each clip so that a server can
                batch requests; the greatest counts for all.

        Returns:
            A dict with `future`, `[B, max(num_future), H, W, C]`.
        """
        count = tf.reduce_max(num_future)
        message = f"num_future must be 1 to {MAX_FUTURE}."
        with tf.control_dependencies(
            [
                tf.debugging.assert_greater_equal(count, 1, message),
                tf.debugging.assert_less_equal(count, MAX_FUTURE, message),
            ]
        ):
            count = tf.identity(count)
            tensors = self.prime(tf.identity(past))
        constants = {name: tensors[name] for name in self.content_names}
        state = {name: tensors[name] for name in self.state_names}
        frames = tf.TensorArray(
            tf.float32, count, element_shape=(None, *self._past_shape[1:])
        )

        def advance(t, state, frames):
            state = self.step(**constants, **state)
            return t + 1, state, frames.write(t, state.pop("frame"))

        _, _, frames = tf.while_loop(
            lambda t, *_: t < count, advance, (0, state, frames)
        )
        return {"future": tf.transpose(frames.stack(), (1, 0, 2, 3, 4))}

    def _next_state(self, content_gates, state):
        pose, state = self._pose_lstm.step(state["pose"], content_gates, state)
        return {"pose": pose} | state


def _split_decoder(decoder, pose_dim):
    """Fold a decoder of any family."""
    if draws_layers(decoder):
        return SplitLayeredDecoder(decoder, pose_dim)
    if draws_parts(decoder):
        return SplitPartDecoder(decoder, pose_dim)
    return SplitDecoder(decoder, pose_dim)


def _checked(function, specs):
    """Return a function that refuses tensors of other shapes.

    A server passes on what it is sent, and TensorFlow's kernels end the process where
    a tensor has too few dimensions.
    """

    def checked(**tensors):
        return function(
            **{
                key: tf.ensure_shape(value, specs[key].shape)
                for key, value in tensors.items()
            }
        )

    return checked


def _numbered(name, count):
    return [f"{name}{i + 1}" for i in range(count)]
