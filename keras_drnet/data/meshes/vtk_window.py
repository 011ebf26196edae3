"""Images of meshes from all sides, rendered off-screen by VTK.

The camera orbits the object and the lights are fixed, so that each side of the object
has the same shading in all views.

`MeshRenderer` starts this module as a program, which reads requests and writes images,
see `mesh_messages`, until its input ends:

    python -m keras_drnet.data.meshes.vtk_window <class of VTK's windows> <image size>
"""

import os
import sys

import numpy as np
from PIL import Image

from keras_drnet.data.meshes import mesh_messages

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


class VTKWindow:
    """An off-screen window for square images of one size."""

    def __init__(self, kind, image_size):
        """Open the window.

        Args:
            kind: name of a class of VTK's windows.
            image_size: side of a frame, pixels.

        Raises:
            SystemExit: there is no OpenGL for it. VTK may as well crash the process.
        """
        from vtkmodules import vtkRenderingOpenGL2

        self._window = getattr(vtkRenderingOpenGL2, kind)()
        self._window.SetOffScreenRendering(True)
        self._window.Render()
        if not self._window.SupportsOpenGL():
            raise SystemExit(f"{kind} does not support OpenGL here.")
        side = SUPERSAMPLING * image_size
        self._window.SetSize(side, side)
        self._window.SetMultiSamples(0)

    def render(self, meshes, azimuths, elevations):
        """Render an object from all sides; see `MeshRenderer.render`."""
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


def _main(kind, image_size):
    # What libraries print must not come between the images.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    window = VTKWindow(kind, int(image_size))
    mesh_messages.write(answers, b"")  # Ready.
    while (request := mesh_messages.read(sys.stdin.buffer)) is not None:
        frames = window.render(*mesh_messages.unpack_request(request))
        mesh_messages.write(answers, mesh_messages.pack_frames(frames))


if __name__ == "__main__":
    _main(*sys.argv[1:])
