package org.kerasdrnet.demo;

import static org.junit.Assume.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;

/** The exported bundle that the app packs, read from the disk, and the library that runs it. */
final class TestBundles {
  static final File FOLDER = firstBundle();

  private TestBundles() {}

  static ModelBundle open() throws BundleException {
    return new ModelBundle(new DiskFiles(FOLDER));
  }

  /** Reads an example clip as the app does. */
  static List<int[]> frames(ModelBundle bundle, int example) throws Exception {
    List<int[]> frames = new ArrayList<>();
    for (String file : bundle.frames(bundle.examples.get(example))) {
      try (InputStream input = bundle.open(file)) {
        BufferedImage image = ImageIO.read(input);
        int width = image.getWidth();
        frames.add(image.getRGB(0, 0, width, image.getHeight(), null, 0, width));
      }
    }
    return frames;
  }

  /** Loads what Android's TensorFlow Lite needs here, or skips the test. */
  static void requireTensorFlowLite() {
    File shim = new File(System.getProperty("shim"));
    assumeTrue(
        "Android's TensorFlow Lite runs on x86-64 Linux alone; nothing is in " + shim,
        shim.isDirectory());
    for (String name : new String[] {"libc.so", "libm.so", "libdl.so", "liblog.so"}) {
      System.load(new File(shim, name).getPath());
    }
  }

  private static File firstBundle() {
    File[] bundles = new File(System.getProperty("bundles"))
        .listFiles(folder -> new File(folder, ModelSignatures.FILE).isFile());
    if (bundles == null || bundles.length == 0) {
      throw new IllegalStateException("There is no bundle; run make android.");
    }
    Arrays.sort(bundles);
    return bundles[0];
  }

  /** A bundle on the disk. */
  static final class DiskFiles implements ModelBundle.Files {
    private final File root;

    DiskFiles(File root) {
      this.root = root;
    }

    @Override
    public InputStream open(String file) throws IOException {
      return new FileInputStream(new File(root, file));
    }

    @Override
    public ByteBuffer map(String file) throws IOException {
      try (FileInputStream stream = new FileInputStream(new File(root, file))) {
        FileChannel channel = stream.getChannel();
        return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      }
    }
  }
}
