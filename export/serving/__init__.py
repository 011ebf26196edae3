"""A bundle behind TF Serving.

Modules, in the order of their imports:

- `api`: the server's protocol buffers, from an optional extra.
- `warm_up`: requests that the server runs before it takes calls.
- `transport`: address of a model on a server, and the errors of calls.
- `rest_transport`, `grpc_transport`: the two protocols.
- `client`: checks inputs and outputs, and retries.

The other files configure the server; README.md of this folder says how to start it.
"""
