package org.kerasdrnet.demo;

import android.content.res.AssetFileDescriptor;
import android.content.res.AssetManager;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** The files of a bundle inside the app. */
final class AssetFiles implements ModelBundle.Files {
  private final AssetManager assets;
  private final String root;

  /**
   * Reads nothing yet.
   *
   * @param root folder of the bundle among the assets
   */
  AssetFiles(AssetManager assets, String root) {
    this.assets = assets;
    this.root = root;
  }

  @Override
  public InputStream open(String file) throws IOException {
    return assets.open(root + "/" + file);
  }

  @Override
  public ByteBuffer map(String file) throws IOException {
    // Works only for files that the APK holds uncompressed, such as .tflite.
    try (AssetFileDescriptor descriptor = assets.openFd(root + "/" + file);
        FileInputStream stream = new FileInputStream(descriptor.getFileDescriptor())) {
      return stream.getChannel().map(
          FileChannel.MapMode.READ_ONLY,
          descriptor.getStartOffset(),
          descriptor.getDeclaredLength());
    }
  }
}
