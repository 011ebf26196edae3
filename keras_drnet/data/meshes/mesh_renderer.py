"""Images of meshes from all sides, rendered off-screen by VTK.

The camera orbits the object and the lights are fixed, so that each side of the object
has the same shading in all views.
"""

import dataclasses
import functools
import os
import subprocess
import sys

import numpy as np
from PIL import Image

from keras_drnet.errors import InputError, import_extra

AZIMUTHS = tuple(range(0, 360, 10))  # Degrees from the front, anticlockwise.
ELEVATIONS = (5, 15, 25, 35, 45)  # Degrees above the horizon, all above the seat.
VIEW_ANGLE = 30  # Degrees.
MARGIN = 1.04  # Size of the view relative to the object's.
SUPERSAMPLING = 3  # Rendered pixels per pixel on each axis, to preserve thin legs.
CREASE_ANGLE = 40  # Degrees; faces that meet at more have a sharp edge.
BACKGROUND = (1.0, 1.0, 1.0)
# Direction towards each light (x right, y up, z front) and its intensity. The sum
# stays below 1 on any face, so that white objects stand out from the background.
LIGHTS = (
    ((1.0, 1.6, 1.4), 0.5),
    ((-1.6, 0.7, 0.8), 0.3),
    ((0.3, 1.0, -1.6), 0.32),
    ((0.0, -1.0, 0.0), 0.1),
)
AMBIENT = 0.28
# VTK's classes of windows: of EGL and OSMesa, which need no display, and the default
# of the system.
WINDOWS = ("vtkEGLRenderWindow", "vtkOSOpenGLRenderWindow", "vtkOpenGLRenderWindow")
PROBE = """
import sys
from vtkmodules import vtkRenderingOpenGL2
window = getattr(vtkRenderingOpenGL2, sys.argv[1])()
window.SetOffScreenRendering(True)
window.Render()
sys.exit(not window.SupportsOpenGL())
"""


@dataclasses.dataclass(frozen=True)
class Mesh:
    """A surface of one material.

    Attributes:
        points: float `[N, 3]` in any unit: x right, y up, z to the front.
        faces: flat polygons, each a list of its corners' indices into `points`.
        color: red, green and blue in [0, 1].
        shine: from 0, matte, to 1, polished.
        normals: float `[N, 3]`; `None` = computed from the faces, with a sharp edge
            where they meet at more than `CREASE_ANGLE`.
        texture: uint8 `[H, W, 3]`, repeated endlessly and multiplied by the color;
            `None` = the color alone.
        texture_points: float `[N, 2]`, texture coordinates of each point: (0, 0) is
            the texture's lower left, (1, 1) its upper right corner.
    """

    points: np.ndarray
    faces: list
    color: tuple[float, float, float]
    shine: float = 0.0
    normals: np.ndarray | None = None
    texture: np.ndarray | None = None
    texture_points: np.ndarray | None = None


class MeshRenderer:
    """Renderer of meshes from all sides, at one image size."""

    def __init__(self, image_size):
        """Open an off-screen window.

        Args:
            image_size: side of a frame, pixels.

        Raises:
            InputError: VTK or its OpenGL library is not installed.
        """
        self._window = _open_window()
        side = SUPERSAMPLING * image_size
        self._window.SetSize(side, side)
        self._window.SetMultiSamples(0)

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
        """
        from vtkmodules.vtkRenderingCore import vtkRenderer

        points = np.concatenate([mesh.points for mesh in meshes])
        center = (points.min(axis=0) + points.max(axis=0)) / 2
        radius = MARGIN * np.linalg.norm(points - center, axis=1).max()
        scene = vtkRenderer()
        scene.SetBackground(*BACKGROUND)
        scene.AutomaticLightCreationOff()
        for direction, intensity in LIGHTS:
            scene.AddLight(_light(direction, intensity))
        for mesh in meshes:
            scene.AddActor(_actor(mesh))
        self._window.AddRenderer(scene)
        try:
            frames = [
                self._frame(scene, center, radius, azimuth, elevation)
                for elevation in elevations
                for azimuth in azimuths
            ]
        finally:
            self._window.RemoveRenderer(scene)
        frames = np.stack(frames)
        return frames.reshape(len(elevations), len(azimuths), *frames.shape[1:])

    def _frame(self, scene, center, radius, azimuth, elevation):
        from vtkmodules.util.numpy_support import vtk_to_numpy
        from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

        turn, height = np.deg2rad([azimuth, elevation])
        direction = np.array(
            [
                np.sin(turn) * np.cos(height),
                np.sin(height),
                np.cos(turn) * np.cos(height),
            ]
        )
        distance = radius / np.sin(np.deg2rad(VIEW_ANGLE / 2))
        camera = scene.GetActiveCamera()
        camera.SetViewAngle(VIEW_ANGLE)
        camera.SetFocalPoint(*center)
        camera.SetPosition(*(center + distance * direction))
        camera.SetViewUp(0, 1, 0)
        camera.SetClippingRange(distance - radius, distance + radius)
        self._window.Render()
        width, height = self._window.GetSize()
        pixels = vtkUnsignedCharArray()
        self._window.GetPixelData(0, 0, width - 1, height - 1, 0, pixels, 0)
        image = Image.fromarray(vtk_to_numpy(pixels).reshape(height, width, 3))
        # VTK's rows go from the bottom to the top.
        return np.asarray(image.reduce(SUPERSAMPLING))[::-1]


def _open_window():
    try:
        vtkRenderingOpenGL2 = import_extra("vtkmodules.vtkRenderingOpenGL2")
    except ImportError as error:
        raise InputError(
            f"Meshes are rendered with VTK, which does not load here: {error}."
        ) from error
    window = getattr(vtkRenderingOpenGL2, _working_window())()
    window.SetOffScreenRendering(True)
    return window


@functools.cache
def _working_window():
    """Return the first of `WINDOWS` that this machine has the libraries for.

    Without them VTK crashes with a segmentation fault, which no `except` catches, so
    each is tried in a process of its own.
    """
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    for name in WINDOWS:
        command = [sys.executable, "-c", PROBE, name]
        probe = subprocess.run(command, env=environment, capture_output=True)
        if probe.returncode == 0:
            return name
    raise InputError(
        "Meshes are rendered with OpenGL, but there is neither EGL nor OSMesa nor a "
        "display. Install one of them, on Debian and Ubuntu: apt-get install libegl1 "
        "libgl1-mesa-dri."
    )


def _light(direction, intensity):
    from vtkmodules.vtkRenderingCore import vtkLight

    light = vtkLight()
    light.SetLightTypeToSceneLight()
    light.SetPosition(*direction)
    light.SetFocalPoint(0, 0, 0)
    light.SetIntensity(intensity)
    return light


def _actor(mesh):
    from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

    mapper = vtkPolyDataMapper()
    mapper.SetInputData(_surface(mesh))
    actor = vtkActor()
    actor.SetMapper(mapper)
    material = actor.GetProperty()
    material.SetColor(*mesh.color)
    material.SetAmbient(AMBIENT)
    material.SetDiffuse(1.0)
    material.SetSpecular(mesh.shine)
    material.SetSpecularPower(30)
    if mesh.texture is not None:
        actor.SetTexture(_texture(mesh.texture))
    return actor


def _surface(mesh):
    from vtkmodules.util.numpy_support import numpy_to_vtk
    from vtkmodules.vtkCommonCore import vtkPoints
    from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData
    from vtkmodules.vtkFiltersCore import vtkPolyDataNormals

    points = vtkPoints()
    points.SetData(numpy_to_vtk(mesh.points.astype(np.float32), deep=True))
    ends = np.cumsum([0] + [len(face) for face in mesh.faces])
    polygons = vtkCellArray()
    polygons.SetData(
        numpy_to_vtk(ends.astype(np.int64), deep=True),
        numpy_to_vtk(np.concatenate(mesh.faces).astype(np.int64), deep=True),
    )
    surface = vtkPolyData()
    surface.SetPoints(points)
    surface.SetPolys(polygons)
    if mesh.texture_points is not None:
        coordinates = numpy_to_vtk(mesh.texture_points.astype(np.float32), deep=True)
        surface.GetPointData().SetTCoords(coordinates)
    if mesh.normals is not None:
        normals = numpy_to_vtk(mesh.normals.astype(np.float32), deep=True)
        surface.GetPointData().SetNormals(normals)
        return surface
    maker = vtkPolyDataNormals()
    maker.SetFeatureAngle(CREASE_ANGLE)
    maker.SetInputData(surface)
    maker.Update()
    return maker.GetOutput()


def _texture(pixels):
    from vtkmodules.util.numpy_support import numpy_to_vtk
    from vtkmodules.vtkCommonDataModel import vtkImageData
    from vtkmodules.vtkRenderingCore import vtkTexture

    image = vtkImageData()
    image.SetDimensions(pixels.shape[1], pixels.shape[0], 1)
    rows = pixels[::-1].reshape(-1, 3)  # VTK's rows go from the bottom to the top.
    image.GetPointData().SetScalars(numpy_to_vtk(rows, deep=True))
    texture = vtkTexture()
    texture.SetInputData(image)
    texture.InterpolateOn()
    texture.MipmapOn()
    texture.RepeatOn()
    return texture
