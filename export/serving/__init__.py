"""A bundle behind TF Serving.

Modules, in the order of their imports:

- `api`: the messages that the server speaks, from an optional extra.
- `warm_up`: requests that the server runs before it takes calls.
- `transport`: which model on which server, and what may go wrong on the way.
- `rest_transport`, `grpc_transport`: the two ways there.
- `client`: checks what goes out and comes back, and tries again.

The other files are for the server; README.md of this folder says how to start it.
"""
