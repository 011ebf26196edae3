package org.kerasdrnet.demo;

import java.nio.ByteBuffer;

/** Conversion of a camera's planes of luma and chroma to pixels. */
final class YuvPixels {
  private YuvPixels() {}

  /** A plane of bytes: value {@code (x, y)} is at {@code y * rowStride + x * pixelStride}. */
  static final class Plane {
    private final ByteBuffer bytes;
    private final int rowStride;
    private final int pixelStride;

    Plane(ByteBuffer bytes, int rowStride, int pixelStride) {
      this.bytes = bytes;
      this.rowStride = rowStride;
      this.pixelStride = pixelStride;
    }

    private int get(int x, int y) {
      return bytes.get(y * rowStride + x * pixelStride) & 255;
    }
  }

  /**
   * Converts full-range YUV 4:2:0, as JFIF defines it and Android's cameras return it.
   *
   * @param luma luma, one value for each pixel
   * @param blue blue-difference chroma, one value for four pixels
   * @param red red-difference chroma, likewise
   */
  static Picture toPicture(Plane luma, Plane blue, Plane red, int width, int height) {
    int[] pixels = new int[width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        float brightness = luma.get(x, y);
        int b = blue.get(x / 2, y / 2) - 128;
        int r = red.get(x / 2, y / 2) - 128;
        pixels[y * width + x] = 0xff000000
            | toByte(brightness + 1.402f * r) << 16
            | toByte(brightness - 0.344136f * b - 0.714136f * r) << 8
            | toByte(brightness + 1.772f * b);
      }
    }
    return new Picture(pixels, width, height);
  }

  private static int toByte(float value) {
    return Math.max(0, Math.min(255, Math.round(value)));
  }
}
