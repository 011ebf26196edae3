package org.kerasdrnet.demo;

import static org.junit.Assume.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;

/** Exported bundles on the disk, and the library that runs their models. */
final class TestBundles {
  /** The bundle that the app packs. */
  static final File FOLDER = firstBundle();

  /** A small bundle of format 2. */
  static final File OLD_FOLDER = new File(System.getProperty("oldBundle"));

  private TestBundles() {}

  static ModelBundle open(File folder) throws BundleException {
    return new ModelBundle(new DiskFiles(folder));
  }

  /** Reads the text of a bundle's {@code signatures.json}. */
  static String signatures(File folder) throws IOException {
    byte[] text = Files.readAllBytes(new File(folder, ModelSignatures.FILE).toPath());
    return new String(text, StandardCharsets.UTF_8);
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

  /** Loads the libraries that Android's TensorFlow Lite needs here, or skips the test. */
  static void requireTensorFlowLite() {
    File shim = new File(System.getProperty("shim"));
    assumeTrue(
        "Android's TensorFlow Lite runs here only on x86-64 Linux; there is no " + shim,
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

  /** The files of a bundle on the disk. */
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
