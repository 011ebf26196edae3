"""What `MeshRenderer` and the process that renders for it send each other.

A message is its length, 8 bytes, and its bytes: a .npz file of arrays, or a .npy file.
"""

import collections
import io

import numpy as np

from keras_drnet.data.meshes.mesh import Mesh

LENGTH_BYTES = 8


def write(file, message):
    """Write a message, bytes, to a binary file."""
    file.write(len(message).to_bytes(LENGTH_BYTES))
    file.write(message)
    file.flush()


def read(file):
    """Read a message; return `None` if the file ends before the message does."""
    length = file.read(LENGTH_BYTES)
    if len(length) < LENGTH_BYTES:
        return None
    length = int.from_bytes(length)
    message = file.read(length)
    return message if len(message) == length else None


def pack_request(meshes, azimuths, elevations):
    """Return the message that asks for images; see `MeshRenderer.render`."""
    arrays = {"azimuths": azimuths, "elevations": elevations}
    for number, mesh in enumerate(meshes):
        own = {name: value for name, value in vars(mesh).items() if value is not None}
        own["faces"] = np.concatenate(mesh.faces)
        own["corners"] = [len(face) for face in mesh.faces]
        arrays |= {f"{number}/{name}": value for name, value in own.items()}
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def unpack_request(message):
    """Return meshes, azimuths and elevations of a message."""
    with np.load(io.BytesIO(message)) as arrays:
        values = {name: arrays[name] for name in arrays.files}
    azimuths, elevations = values.pop("azimuths"), values.pop("elevations")
    by_number = collections.defaultdict(dict)
    for key, value in values.items():
        number, _, name = key.partition("/")
        by_number[number][name] = value
    meshes = []
    for own in by_number.values():
        ends = np.cumsum(own.pop("corners"))
        own["faces"] = np.split(own["faces"], ends[:-1])
        own["color"], own["shine"] = tuple(own["color"].tolist()), float(own["shine"])
        meshes.append(Mesh(**own))
    return meshes, azimuths, elevations


def pack_frames(frames):
    """Return the message of an array."""
    buffer = io.BytesIO()
    np.save(buffer, frames)
    return buffer.getvalue()


def unpack_frames(message):
    """Return the array of a message."""
    return np.load(io.BytesIO(message))
