package org.kerasdrnet.demo;

import android.graphics.Bitmap;

/** Conversion of bitmaps to pictures. */
final class Bitmaps {
  private Bitmaps() {}

  /** Copies a bitmap's pixels and frees it. */
  static Picture toPicture(Bitmap bitmap) {
    int width = bitmap.getWidth();
    int height = bitmap.getHeight();
    int[] pixels = new int[width * height];
    bitmap.getPixels(pixels, 0, width, 0, 0, width, height);
    bitmap.recycle();
    return new Picture(pixels, width, height);
  }
}
