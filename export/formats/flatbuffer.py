"""The contents of a TFLite model: operators, their cost, the order of functions."""

import math

import numpy as np
from tensorflow.lite.python import schema_py_generated as schema
from tensorflow.lite.tools import flatbuffer_utils

# Operators that need a library, or memory between calls, which not every runtime has.
REFUSED = {
    "CUSTOM",
    "VAR_HANDLE",
    "READ_VARIABLE",
    "ASSIGN_VARIABLE",
    "CALL_ONCE",
    "UNIDIRECTIONAL_SEQUENCE_LSTM",
    "BIDIRECTIONAL_SEQUENCE_LSTM",
    "UNIDIRECTIONAL_SEQUENCE_RNN",
    "LSTM",
}
# Operators whose constants may be float16, which are dequantized first. Of others
# tflite-runtime 2.14 gives wrong numbers, from the second call on.
READS_FLOAT16 = {"FULLY_CONNECTED", "CONV_2D", "TRANSPOSE_CONV"}


class Model:
    """A TFLite model with named functions.

    Attributes:
        functions: names of the functions.
    """

    def __init__(self, content):
        """Parse the bytes of a model."""
        self._model = flatbuffer_utils.convert_bytearray_to_object(bytearray(content))
        self._index = {
            definition.signatureKey.decode(): definition.subgraphIndex
            for definition in self._model.signatureDefs or []
        }
        self.functions = sorted(self._index)

    def operators(self):
        """Return the names of all operators; a custom one is `CUSTOM:<name>`."""
        return {
            self._name(operator.opcodeIndex)
            for subgraph in self._model.subgraphs
            for operator in subgraph.operators
        }

    def refused_operators(self):
        """Return the operators that a bundle must not have, sorted."""
        return sorted(n for n in self.operators() if n.split(":")[0] in REFUSED)

    def node_names(self):
        """Return the converter's names of the operators, sorted."""
        return sorted(
            {
                subgraph.tensors[output].name.decode()
                for subgraph in self._model.subgraphs
                for operator in subgraph.operators
                for output in operator.outputs
            }
        )

    def multiply_adds(self, function):
        """Count multiply-adds of a function's convolutions and matrix products."""
        subgraph = self._subgraph(function)
        total = 0
        for operator in subgraph.operators:
            name = self._name(operator.opcodeIndex)
            if name in ("CONV_2D", "FULLY_CONNECTED"):
                grid = operator.outputs[0]
            elif name == "TRANSPOSE_CONV":
                grid = operator.inputs[2]
            elif name == "BATCH_MATMUL":
                rows = subgraph.tensors[operator.inputs[0]].shape
                total += (
                    math.prod(rows) * subgraph.tensors[operator.outputs[0]].shape[-1]
                )
                continue
            else:
                continue
            # Each pixel, or row, of this tensor is multiplied with every weight once.
            pixels = math.prod(subgraph.tensors[grid].shape[:-1])
            total += pixels * math.prod(subgraph.tensors[operator.inputs[1]].shape)
        return total

    def put_first(self, function):
        """Make a function the first, which a runtime's plain `invoke` runs."""
        subgraphs, index = self._model.subgraphs, self._index[function]
        subgraphs.insert(0, subgraphs.pop(index))
        for name, old in self._index.items():
            self._index[name] = 0 if old == index else old + (old < index)
        for definition in self._model.signatureDefs:
            definition.subgraphIndex = self._index[definition.signatureKey.decode()]

    def sort_operator_codes(self):
        """Sort the model's table of operator codes.

        The quantizer lists them in an order that changes from call to call.
        """
        codes = self._model.operatorCodes
        kinds = [(code.builtinCode, code.version) for code in codes]
        order = sorted(set(kinds))
        self._model.operatorCodes = [codes[kinds.index(kind)] for kind in order]
        for subgraph in self._model.subgraphs:
            for operator in subgraph.operators:
                operator.opcodeIndex = order.index(kinds[operator.opcodeIndex])

    def restore_float32(self):
        """Make float16 constants float32 where an operator cannot read float16."""
        for subgraph in self._model.subgraphs:
            subgraph.operators = [
                operator
                for operator in subgraph.operators
                if not self._restored(subgraph, operator)
            ]
        used = {t.buffer for graph in self._model.subgraphs for t in graph.tensors}
        for index, buffer in enumerate(self._model.buffers):
            if index not in used:
                buffer.data = None

    def _restored(self, subgraph, operator):
        """Restore the constant of a dequantization; return whether it was one."""
        if self._name(operator.opcodeIndex) != "DEQUANTIZE":
            return False
        source = subgraph.tensors[operator.inputs[0]]
        readers = {
            self._name(reader.opcodeIndex)
            for reader in subgraph.operators
            if operator.outputs[0] in reader.inputs
        }
        if source.type != schema.TensorType.FLOAT16 or readers <= READS_FLOAT16:
            return False
        values = np.frombuffer(
            bytes(self._model.buffers[source.buffer].data), "float16"
        )
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(values.astype("float32").tobytes(), np.uint8)
        self._model.buffers.append(buffer)
        subgraph.tensors[operator.outputs[0]].buffer = len(self._model.buffers) - 1
        source.buffer = 0  # By convention the one without data.
        return True

    def content(self):
        """Return the bytes of the model."""
        return bytes(flatbuffer_utils.convert_object_to_bytearray(self._model))

    def _subgraph(self, function):
        return self._model.subgraphs[self._index[function]]

    def _name(self, opcode_index):
        code = self._model.operatorCodes[opcode_index]
        name = flatbuffer_utils.opcode_to_name(self._model, opcode_index)
        if code.builtinCode == schema.BuiltinOperator.CUSTOM:
            return f"CUSTOM:{code.customCode.decode()}"
        return name
