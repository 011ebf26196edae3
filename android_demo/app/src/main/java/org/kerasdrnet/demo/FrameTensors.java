package org.kerasdrnet.demo;

import java.nio.FloatBuffer;

/**
 * Conversion of a bitmap's pixels to a tensor's values, and back.
 *
 * <p>Pixels are {@code 0xAARRGGBB}, row by row, as {@code Bitmap.getPixels} returns them; values
 * are in [0, 1], {@code [height, width, channel]}.
 */
public final class FrameTensors {
  // ITU-R 601 luma in 1/65536, as for the gray training data.
  private static final int RED = 19595;
  private static final int GREEN = 38470;
  private static final int BLUE = 7471;

  private FrameTensors() {}

  /** Writes a frame's values into a tensor, from its position on. */
  public static void put(int[] pixels, int numChannels, FloatBuffer values) {
    for (int pixel : pixels) {
      if (numChannels == 1) {
        values.put(luma(pixel) / 255f);
      } else {
        values.put((pixel >> 16 & 255) / 255f);
        values.put((pixel >> 8 & 255) / 255f);
        values.put((pixel & 255) / 255f);
      }
    }
  }

  /** Reads a frame from a tensor, from its position on, as opaque pixels. */
  public static void get(FloatBuffer values, int numChannels, int[] pixels) {
    for (int i = 0; i < pixels.length; i++) {
      int red = toByte(values.get());
      int green = numChannels == 1 ? red : toByte(values.get());
      int blue = numChannels == 1 ? red : toByte(values.get());
      pixels[i] = 0xff000000 | red << 16 | green << 8 | blue;
    }
  }

  private static int luma(int pixel) {
    int sum = RED * (pixel >> 16 & 255) + GREEN * (pixel >> 8 & 255) + BLUE * (pixel & 255);
    return sum + 0x8000 >> 16;
  }

  /** Rounds to the nearest byte; NaN becomes 0. */
  private static int toByte(float value) {
    return Math.round(Math.max(0f, Math.min(1f, value)) * 255f);
  }
}
