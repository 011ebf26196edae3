package org.kerasdrnet.demo;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;

import java.nio.ByteBuffer;
import org.junit.Test;

/** A camera's planes, with the gaps and the shared bytes that Android allows. */
public final class YuvPixelsTest {
  @Test
  public void grayStaysGray() {
    Picture picture = YuvPixels.toPicture(
        plane(2, 1, 0, 128, 255, 64), plane(1, 1, 128), plane(1, 1, 128), 2, 2);
    assertArrayEquals(
        new int[] {0xff000000, 0xff808080, 0xffffffff, 0xff404040}, picture.pixels);
  }

  @Test
  public void colorsAreThoseOfJfif() {
    // Full red, green and blue have these luma and chroma values.
    assertEquals(0xfffe0000, single(76, 85, 255));
    assertEquals(0xff00ff01, single(150, 44, 21));
    assertEquals(0xff0000fe, single(29, 255, 107));
  }

  @Test
  public void rowsMayHaveGapsAndChromaPlanesMayShareBytes() {
    // Blue and red difference interleaved, as on most phones; rows of 6 and 4 bytes.
    ByteBuffer chroma = bytes(85, 255, 44, 21);
    Picture picture = YuvPixels.toPicture(
        new YuvPixels.Plane(bytes(76, 76, 150, 150, 9, 9, 76, 76, 150, 150), 6, 1),
        new YuvPixels.Plane(chroma, 4, 2),
        new YuvPixels.Plane(bytes(255, 44, 21), 4, 2),
        4,
        2);
    int red = 0xfffe0000;
    int green = 0xff00ff01;
    assertArrayEquals(
        new int[] {red, red, green, green, red, red, green, green}, picture.pixels);
  }

  private static int single(int luma, int blue, int red) {
    return YuvPixels.toPicture(plane(1, 1, luma), plane(1, 1, blue), plane(1, 1, red), 1, 1)
        .pixels[0];
  }

  private static YuvPixels.Plane plane(int rowStride, int pixelStride, int... values) {
    return new YuvPixels.Plane(bytes(values), rowStride, pixelStride);
  }

  private static ByteBuffer bytes(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length);
    for (int value : values) {
      bytes.put((byte) value);
    }
    return bytes;
  }
}
