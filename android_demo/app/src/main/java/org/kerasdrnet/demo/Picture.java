package org.kerasdrnet.demo;

/** An image of pixels {@code 0xAARRGGBB}, which can be resized to a model's frame. */
public final class Picture {
  public final int[] pixels;
  public final int width;
  public final int height;

  /** Holds, and does not copy, {@code width * height} pixels, row by row. */
  public Picture(int[] pixels, int width, int height) {
    if (width < 1 || height < 1 || pixels.length != width * height) {
      throw new IllegalArgumentException(
          pixels.length + " pixels are not " + width + " x " + height);
    }
    this.pixels = pixels;
    this.width = width;
    this.height = height;
  }

  /**
   * Resizes to a square frame.
   *
   * <p>The filter is Pillow's bilinear one with antialiasing, as for the training data: each pixel
   * is a mean weighted by a triangle two new pixels wide.
   *
   * @param side side of the frame, pixels
   * @param crop whether the largest centered square is cut out first; otherwise both axes are
   *     scaled to {@code side}
   * @return the frame's pixels
   */
  public int[] toFrame(int side, boolean crop) {
    if (width == side && height == side) {
      return pixels.clone();
    }
    int square = Math.min(width, height);
    int left = crop ? (width - square) / 2 : 0;
    int top = crop ? (height - square) / 2 : 0;
    Kernel across = new Kernel(left, crop ? square : width, width, side);
    Kernel down = new Kernel(top, crop ? square : height, height, side);
    int[] rows = new int[side * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < side; x++) {
        rows[y * side + x] = across.mean(pixels, y * width, 1, x);
      }
    }
    int[] frame = new int[side * side];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        frame[y * side + x] = down.mean(rows, x, side, y);
      }
    }
    return frame;
  }

  /** Rotates clockwise by a multiple of 90 degrees. */
  public Picture rotated(int degrees) {
    int quarters = Math.floorMod(degrees / 90, 4);
    if (quarters == 0) {
      return this;
    }
    boolean isUpsideDown = quarters == 2;
    int newWidth = isUpsideDown ? width : height;
    int newHeight = isUpsideDown ? height : width;
    int[] rotated = new int[pixels.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int newX = quarters == 1 ? height - 1 - y : quarters == 2 ? width - 1 - x : y;
        int newY = quarters == 1 ? x : quarters == 2 ? height - 1 - y : width - 1 - x;
        rotated[newY * newWidth + newX] = pixels[y * width + x];
      }
    }
    return new Picture(rotated, newWidth, newHeight);
  }

  /** Weights of the old pixels in each new one, along one axis. */
  private static final class Kernel {
    private final int[] first;
    private final float[][] weights;

    Kernel(int start, int length, int limit, int side) {
      first = new int[side];
      weights = new float[side][];
      double scale = (double) length / side;
      double reach = Math.max(1, scale);
      for (int i = 0; i < side; i++) {
        double center = start + (i + 0.5) * scale;
        int from = Math.max(0, (int) (center - reach + 0.5));
        int to = Math.min(limit, (int) (center + reach + 0.5));
        float[] triangle = new float[to - from];
        float sum = 0;
        for (int k = 0; k < triangle.length; k++) {
          double distance = Math.abs((from + k + 0.5 - center) / reach);
          triangle[k] = (float) Math.max(0, 1 - distance);
          sum += triangle[k];
        }
        for (int k = 0; k < triangle.length; k++) {
          triangle[k] /= sum;
        }
        first[i] = from;
        weights[i] = triangle;
      }
    }

    int mean(int[] pixels, int offset, int stride, int i) {
      float red = 0;
      float green = 0;
      float blue = 0;
      int at = offset + first[i] * stride;
      for (float weight : weights[i]) {
        int pixel = pixels[at];
        red += weight * (pixel >> 16 & 255);
        green += weight * (pixel >> 8 & 255);
        blue += weight * (pixel & 255);
        at += stride;
      }
      return 0xff000000
          | Math.round(red) << 16
          | Math.round(green) << 8
          | Math.round(blue);
    }
  }
}
