"""What is inside a TFLite model: its operators, their cost, the order of functions."""

import math

from tensorflow.lite.python import schema_py_generated as schema
from tensorflow.lite.tools import flatbuffer_utils

# Ones that need a library, or memory between calls, that not every runtime has.
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


class Model:
    """A TFLite model that has named functions.

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
        """Return the names of all operators; of a custom one, `CUSTOM:<name>`."""
        return {
            self._name(operator.opcodeIndex)
            for subgraph in self._model.subgraphs
            for operator in subgraph.operators
        }

    def refused_operators(self):
        """Return those that a bundle may not have, sorted."""
        return sorted(n for n in self.operators() if n.split(":")[0] in REFUSED)

    def node_names(self):
        """Return the names that the converter has for the operators."""
        return sorted(
            {
                subgraph.tensors[output].name.decode()
                for subgraph in self._model.subgraphs
                for operator in subgraph.operators
                for output in operator.outputs
            }
        )

    def multiply_adds(self, function):
        """Return the multiplications of a function's convolutions and products."""
        subgraph = self._subgraph(function)
        total = 0
        for operator in subgraph.operators:
            name = self._name(operator.opcodeIndex)
            if name in ("CONV_2D", "FULLY_CONNECTED"):
                meeting = operator.outputs[0]
            elif name == "TRANSPOSE_CONV":
                meeting = operator.inputs[2]
            else:
                continue
            # Each of these pixels, or rows, meets every weight once.
            pixels = math.prod(subgraph.tensors[meeting].shape[:-1])
            total += pixels * math.prod(subgraph.tensors[operator.inputs[1]].shape)
        return total

    def put_first(self, function):
        """Make a function the one that a runtime's plain `invoke` runs."""
        subgraphs, index = self._model.subgraphs, self._index[function]
        subgraphs.insert(0, subgraphs.pop(index))
        for name, old in self._index.items():
            self._index[name] = 0 if old == index else old + (old < index)
        for definition in self._model.signatureDefs:
            definition.subgraphIndex = self._index[definition.signatureKey.decode()]

    def sort_operator_codes(self):
        """Give the model's kinds of operators an order.

        The quantizer lists them in one that changes from call to call.
        """
        codes = self._model.operatorCodes
        kinds = [(code.builtinCode, code.version) for code in codes]
        order = sorted(set(kinds))
        self._model.operatorCodes = [codes[kinds.index(kind)] for kind in order]
        for subgraph in self._model.subgraphs:
            for operator in subgraph.operators:
                operator.opcodeIndex = order.index(kinds[operator.opcodeIndex])

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
