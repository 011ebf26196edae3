package org.kerasdrnet.demo;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;

import java.nio.FloatBuffer;
import org.junit.Test;

/** Conversion of pixels to values and back. */
public final class FrameTensorsTest {
  // Pillow's convert("L") of these colors is GRAYS.
  private static final int[] COLORS = {
    0xff000000, 0xffffffff, 0xffff0000, 0xff00ff00, 0xff0000ff, 0xff123456, 0xffc0a020, 0xff7f7f80
  };
  private static final int[] GRAYS = {0, 255, 76, 150, 29, 46, 155, 127};

  @Test
  public void channelsAreRedGreenBlue() {
    FloatBuffer values = FloatBuffer.allocate(6);
    FrameTensors.put(new int[] {0xffff8000, 0x00003366}, 3, values);
    assertArrayEquals(
        new float[] {1, 128 / 255f, 0, 0, 0x33 / 255f, 0x66 / 255f}, values.array(), 0);
  }

  @Test
  public void grayIsTheLumaOfTheTrainingData() {
    FloatBuffer values = FloatBuffer.allocate(COLORS.length);
    FrameTensors.put(COLORS, 1, values);
    for (int i = 0; i < GRAYS.length; i++) {
      assertEquals(GRAYS[i], Math.round(values.get(i) * 255));
    }
  }

  @Test
  public void everyByteSurvivesTheRoundTrip() {
    int[] pixels = new int[256];
    for (int i = 0; i < 256; i++) {
      pixels[i] = 0xff000000 | i << 16 | (255 - i) << 8 | (i * 7 & 255);
    }
    FloatBuffer values = FloatBuffer.allocate(3 * 256);
    FrameTensors.put(pixels, 3, values);
    values.rewind();
    int[] back = new int[256];
    FrameTensors.get(values, 3, back);
    assertArrayEquals(pixels, back);
  }

  @Test
  public void grayFillsAllChannels() {
    int[] pixels = new int[2];
    FrameTensors.get(FloatBuffer.wrap(new float[] {0.5f, 1}), 1, pixels);
    assertArrayEquals(new int[] {0xff808080, 0xffffffff}, pixels);
  }

  @Test
  public void valuesOutsideOfTheRangeAreClipped() {
    int[] pixels = new int[2];
    FrameTensors.get(
        FloatBuffer.wrap(new float[] {-1, 2, Float.NaN, Float.NEGATIVE_INFINITY, 0, 1}), 3, pixels);
    assertArrayEquals(new int[] {0xff00ff00, 0xff0000ff}, pixels);
  }
}
