package org.kerasdrnet.demo;

import android.graphics.Bitmap;
import android.graphics.BitmapFactory;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** An example clip of a bundle. */
final class ExampleClip extends StoredFrames {
  private final ModelBundle bundle;
  private final String folder;

  /**
   * Reads nothing yet.
   *
   * @param folder one of {@link ModelBundle#examples}
   */
  ExampleClip(ModelBundle bundle, String folder, Executor callbacks) {
    super(callbacks);
    this.bundle = bundle;
    this.folder = folder;
  }

  @Override
  List<int[]> frames(ModelSignatures signatures) throws BundleException {
    List<String> files = bundle.frames(folder);
    int skipped = files.size() - signatures.numPast;
    if (skipped < 0) {
      throw new BundleException(
          folder + " has " + files.size() + " images; the model observes "
              + signatures.numPast + ": copy the bundle again.");
    }
    List<int[]> frames = new ArrayList<>();
    for (String file : files.subList(skipped, files.size())) {
      frames.add(read(file).toFrame(signatures.imageSize, signatures.cropsToSquare));
    }
    return frames;
  }

  private Picture read(String file) throws BundleException {
    try (InputStream input = bundle.open(file)) {
      Bitmap bitmap = BitmapFactory.decodeStream(input);
      if (bitmap == null) {
        throw new BundleException(file + " is not an image; copy the bundle again.");
      }
      return Bitmaps.toPicture(bitmap);
    } catch (IOException error) {
      throw new BundleException(file + " cannot be read: " + error.getMessage(), error);
    }
  }
}
