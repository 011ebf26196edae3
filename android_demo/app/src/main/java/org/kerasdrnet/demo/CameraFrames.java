package org.kerasdrnet.demo;

import android.annotation.SuppressLint;
import android.content.Context;
import android.graphics.ImageFormat;
import android.hardware.camera2.CameraAccessException;
import android.hardware.camera2.CameraCaptureSession;
import android.hardware.camera2.CameraCharacteristics;
import android.hardware.camera2.CameraDevice;
import android.hardware.camera2.CameraManager;
import android.hardware.camera2.CaptureRequest;
import android.hardware.camera2.params.StreamConfigurationMap;
import android.media.Image;
import android.media.ImageReader;
import android.os.Handler;
import android.os.HandlerThread;
import android.util.Size;
import java.util.Collections;
import java.util.concurrent.Executor;

/**
 * The first frames of the phone's camera, at the model's frame rate.
 *
 * <p>The app must have the permission to use the camera. Everything but the sink's methods runs on
 * a thread of its own.
 */
final class CameraFrames implements FrameSource {
  private static final int SKIPPED_FRAMES = 10; // Exposure and white balance settle meanwhile.
  private static final int NUM_IMAGES = 3;

  private final CameraManager manager;
  private final int displayDegrees;
  private final Executor callbacks;
  private final HandlerThread thread = new HandlerThread("camera-frames");
  private Handler handler;
  private ModelSignatures signatures;
  private Sink sink;
  private int sensorDegrees;
  private ImageReader reader;
  private CameraDevice camera;
  private int numSeen;
  private int numGiven;
  private FrameClock clock;
  private volatile boolean isClosed;

  /**
   * Opens nothing yet.
   *
   * @param displayDegrees rotation of the screen: 0, 90, 180 or 270
   * @param callbacks runs the sink's methods
   */
  CameraFrames(Context context, int displayDegrees, Executor callbacks) {
    manager = (CameraManager) context.getSystemService(Context.CAMERA_SERVICE);
    this.displayDegrees = displayDegrees;
    this.callbacks = callbacks;
  }

  @Override
  public void read(ModelSignatures signatures, Sink sink) {
    this.signatures = signatures;
    this.sink = sink;
    clock = new FrameClock(signatures.frameRate);
    thread.start();
    handler = new Handler(thread.getLooper());
    handler.post(() -> attempt(this::open));
  }

  @Override
  public void close() {
    isClosed = true;
    if (handler == null) {
      return;
    }
    handler.post(() -> {
      if (camera != null) {
        camera.close();
      }
      if (reader != null) {
        reader.close();
      }
      thread.quitSafely();
    });
  }

  private interface Step {
    void run() throws CameraAccessException, BundleException;
  }

  private void attempt(Step step) {
    try {
      if (!isClosed) {
        step.run();
      }
    } catch (BundleException error) {
      fail(error.getMessage());
    } catch (CameraAccessException | RuntimeException error) {
      fail("The camera cannot be used (" + error.getMessage() + "); choose a clip instead.");
    }
  }

  @SuppressLint("MissingPermission") // The screen asks for it; without it an error is shown.
  private void open() throws CameraAccessException, BundleException {
    String id = backCamera();
    CameraCharacteristics about = manager.getCameraCharacteristics(id);
    sensorDegrees = about.get(CameraCharacteristics.SENSOR_ORIENTATION);
    Size size = smallestSize(about);
    reader = ImageReader.newInstance(
        size.getWidth(), size.getHeight(), ImageFormat.YUV_420_888, NUM_IMAGES);
    reader.setOnImageAvailableListener(source -> attempt(this::take), handler);
    manager.openCamera(id, new CameraDevice.StateCallback() {
      @Override
      public void onOpened(CameraDevice device) {
        if (isClosed) { // While it was opening.
          device.close();
          return;
        }
        camera = device;
        attempt(CameraFrames.this::startSession);
      }

      @Override
      public void onDisconnected(CameraDevice device) {
        device.close();
        fail("Another app took the camera; close it and try again.");
      }

      @Override
      public void onError(CameraDevice device, int error) {
        device.close();
        fail("The camera stopped (error " + error + "); try again.");
      }
    }, handler);
  }

  private String backCamera() throws CameraAccessException, BundleException {
    String[] ids = manager.getCameraIdList();
    if (ids.length == 0) {
      throw new BundleException("There is no camera; choose a clip instead.");
    }
    for (String id : ids) {
      Integer facing = manager.getCameraCharacteristics(id).get(CameraCharacteristics.LENS_FACING);
      if (facing != null && facing == CameraCharacteristics.LENS_FACING_BACK) {
        return id;
      }
    }
    return ids[0];
  }

  /** Returns the smallest size that is at least a frame's on both axes. */
  private Size smallestSize(CameraCharacteristics about) throws BundleException {
    StreamConfigurationMap map = about.get(CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP);
    Size best = null;
    for (Size size : map.getOutputSizes(ImageFormat.YUV_420_888)) {
      boolean isEnough = Math.min(size.getWidth(), size.getHeight()) >= signatures.imageSize;
      if (isEnough && (best == null || area(size) < area(best))) {
        best = size;
      }
    }
    if (best == null) {
      throw new BundleException("The camera's images are too small; choose a clip instead.");
    }
    return best;
  }

  private static long area(Size size) {
    return (long) size.getWidth() * size.getHeight();
  }

  @SuppressWarnings("deprecation") // Its successor needs Android 9.
  private void startSession() throws CameraAccessException {
    CaptureRequest.Builder request =
        camera.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW);
    request.addTarget(reader.getSurface());
    camera.createCaptureSession(
        Collections.singletonList(reader.getSurface()),
        new CameraCaptureSession.StateCallback() {
          @Override
          public void onConfigured(CameraCaptureSession session) {
            attempt(() -> session.setRepeatingRequest(request.build(), null, handler));
          }

          @Override
          public void onConfigureFailed(CameraCaptureSession session) {
            fail("The camera cannot be set up; choose a clip instead.");
          }
        },
        handler);
  }

  private void take() {
    try (Image image = reader.acquireLatestImage()) {
      if (image == null || numGiven == signatures.numPast || numSeen++ < SKIPPED_FRAMES) {
        return;
      }
      if (!clock.take(image.getTimestamp())) {
        return;
      }
      Picture picture = YuvPixels.toPicture(
          plane(image, 0), plane(image, 1), plane(image, 2),
          image.getWidth(), image.getHeight());
      int[] frame = picture.rotated(sensorDegrees - displayDegrees)
          .toFrame(signatures.imageSize, signatures.cropsToSquare);
      boolean isLast = ++numGiven == signatures.numPast;
      tell(() -> {
        sink.onFrame(frame);
        if (isLast) {
          close();
          sink.onEnd();
        }
      });
    }
  }

  private static YuvPixels.Plane plane(Image image, int i) {
    Image.Plane plane = image.getPlanes()[i];
    return new YuvPixels.Plane(
        plane.getBuffer(), plane.getRowStride(), plane.getPixelStride());
  }

  private void fail(String message) {
    tell(() -> {
      close();
      sink.onError(message);
    });
  }

  private void tell(Runnable message) {
    callbacks.execute(() -> {
      if (!isClosed) {
        message.run();
      }
    });
  }
}
