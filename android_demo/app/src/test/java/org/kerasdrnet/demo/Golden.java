package org.kerasdrnet.demo;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Enumeration;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The arrays of {@code golden.npz}: float32, as direct buffers. */
final class Golden {
  private static final int NPY_HEADER = 8; // Bytes before the length of the rest of the header.

  private Golden() {}

  /** Reads the arrays of one side, {@code inputs} or {@code outputs}, of a function. */
  static Map<String, ByteBuffer> read(File npz, String function, String side) throws IOException {
    Map<String, ByteBuffer> arrays = new TreeMap<>();
    String prefix = function + "/" + side + "/";
    try (ZipFile zip = new ZipFile(npz)) {
      for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
        ZipEntry entry = all.nextElement();
        if (entry.getName().startsWith(prefix)) {
          String name = entry.getName().substring(prefix.length()).replace(".npy", "");
          arrays.put(name, values(zip, entry));
        }
      }
    }
    return arrays;
  }

  private static ByteBuffer values(ZipFile zip, ZipEntry entry) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (InputStream input = zip.getInputStream(entry)) {
      byte[] buffer = new byte[1 << 16];
      for (int count; (count = input.read(buffer)) >= 0; ) {
        bytes.write(buffer, 0, count);
      }
    }
    ByteBuffer file = ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    int start = NPY_HEADER + 2 + file.getShort(NPY_HEADER);
    String header = new String(bytes.toByteArray(), 0, start);
    if (!header.contains("'<f4'")) {
      throw new IOException(entry.getName() + " is not float32");
    }
    file.position(start);
    ByteBuffer values = ByteBuffer.allocateDirect(file.remaining()).order(ByteOrder.nativeOrder());
    values.put(file).rewind();
    return values;
  }
}
