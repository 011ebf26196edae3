"""Images of meshes from all sides, rendered in a process of their own.

Without the system's OpenGL libraries VTK crashes the process. With them it does, too,
beside TensorFlow 2.21: both bring an LLVM, and the one is taken for the other.
"""

import subprocess
import sys
import weakref

from keras_drnet.data.meshes import mesh_messages
from keras_drnet.errors import InputError, import_extra
from keras_drnet.processes.child import python_environment

AZIMUTHS = tuple(range(0, 360, 10))  # Degrees from the front, anticlockwise.
ELEVATIONS = (5, 15, 25, 35, 45)  # Degrees above the horizon, all above the seat.
# VTK's classes of windows: of EGL and OSMesa, which need no display, and the default
# of the system.
WINDOWS = ("vtkEGLRenderWindow", "vtkOSOpenGLRenderWindow", "vtkOpenGLRenderWindow")
PROGRAM = "keras_drnet.data.meshes.vtk_window"


class MeshRenderer:
    """Renderer of meshes from all sides, at one image size."""

    def __init__(self, image_size):
        """Start the process that renders.

        Args:
            image_size: side of a frame, pixels.

        Raises:
            InputError: VTK or its OpenGL library is not installed.
        """
        import_extra("vtkmodules")
        self._process = _start(image_size)
        weakref.finalize(self, _end, self._process)

    def render(self, meshes, azimuths=AZIMUTHS, elevations=ELEVATIONS):
        """Render an object from all sides.

        The object is centered, and has the same size in all views: the largest at
        which no view cuts it off.

        Args:
            meshes: list of `Mesh`, the object's parts; at least one has an extent.
            azimuths: degrees by which the camera orbits the object; at 0 it sees the
                front, at 90 the side of positive x.
            elevations: degrees of the camera above the horizon, in (-90, 90).

        Returns:
            uint8 `[E, A, image_size, image_size, 3]`.

        Raises:
            InputError: VTK crashed.
        """
        request = mesh_messages.pack_request(meshes, azimuths, elevations)
        answer = None
        try:
            mesh_messages.write(self._process.stdin, request)
            answer = mesh_messages.read(self._process.stdout)
        except BrokenPipeError:  # It ended before.
            pass
        if answer is None:
            raise InputError(
                f"VTK crashed as it rendered an object of {len(meshes)} meshes; leave "
                "the object out."
            )
        return mesh_messages.unpack_frames(answer)


def _start(image_size):
    """Start the program with the first of `WINDOWS` that works here."""
    for kind in WINDOWS:
        process = subprocess.Popen(
            [sys.executable, "-m", PROGRAM, kind, str(image_size)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=python_environment(),
        )
        if mesh_messages.read(process.stdout) is not None:
            return process
        _end(process)
    raise InputError(
        "Meshes are rendered with OpenGL, but there is neither EGL nor OSMesa nor a "
        "display. Install one of them, on Debian and Ubuntu: apt-get install libegl1 "
        "libgl1-mesa-dri."
    )


def _end(process):
    process.kill()
    process.communicate()
