package org.kerasdrnet.demo;

import java.nio.FloatBuffer;

/**
 * Pixels of a bitmap to values of a tensor, and back.
 *
 * <p>Pixels are {@code 0xAARRGGBB}, as {@code Bitmap.getPixels} gives them, row by row; values
 * are in [0, 1], {@code [height, width, channel]}.
 */
public final class FrameTensors {
  // ITU-R 601 luma in 1/65536, as the training data were made grey.
  private static final int RED = 19595;
  private static final int GREEN = 38470;
  private static final int BLUE = 7471;

  private FrameTensors() {}

  /** Appends a frame to a tensor, from its position on. */
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

  /** Fills pixels, opaque, with the frame that a tensor holds from its position on. */
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

  /** Rounds to the nearest byte; what is not a number is black. */
  private static int toByte(float value) {
    return Math.round(Math.max(0f, Math.min(1f, value)) * 255f);
  }
}
