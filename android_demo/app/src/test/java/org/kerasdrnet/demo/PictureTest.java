package org.kerasdrnet.demo;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import org.junit.Test;

/** Pictures are resized to frames as Pillow resizes the training data. */
public final class PictureTest {
  // Pillow's Image.resize((side, side), BILINEAR, box) of drawn(width, height).
  private static final int[] SQUASHED_9X6_TO_4 = {
    0x457796, 0x828da0, 0x91957e, 0x6f5c66, 0x9b8f76, 0x91867a, 0x8b7884, 0x909c75,
    0x6c9279, 0x947676, 0x876a96, 0x74658c, 0x7eb07d, 0x987299, 0x7d907f, 0x996799
  };
  private static final int[] CROPPED_9X6_TO_4 = {
    0x558799, 0x8c899b, 0x7ea5a2, 0xa27b6d, 0xa0827f, 0x918481, 0x908668, 0x7f719a,
    0x7c9e6f, 0x9b7574, 0x826b8e, 0x916193, 0x6d9f8a, 0xa170a2, 0x917c78, 0x6c938f
  };
  private static final int[] CROPPED_5X8_TO_3 = {
    0x89928d, 0x92927d, 0x87827d, 0x6b847d, 0x898f66, 0x966b7c, 0x84b675, 0x7288a5, 0xa85a8c
  };
  private static final int[] ENLARGED_4X3_TO_6 = {
    0x003264, 0x134577, 0x2b5d8f, 0x4476a8, 0x5d8fc1, 0x6fa1d3, 0x17497b, 0x2b5d8f, 0x46789f,
    0x61938f, 0x7c8ea0, 0x9082b4, 0x4476a8, 0x5c8ec0, 0x7badbf, 0x9acc5e, 0xb98b5d, 0xd14375,
    0x72a496, 0x8d9fb1, 0xa5a2b4, 0x9ec657, 0xb7895b, 0xd24476, 0x9fd143, 0xbe9062, 0xc5577f,
    0x6d7f7b, 0x758799, 0x9385b7, 0xb6e81a, 0xd6883a, 0xd53264, 0x545b8d, 0x5486b8, 0x73a5d7
  };

  @Test
  public void resizingIsThatOfPillow() {
    assertClose(SQUASHED_9X6_TO_4, drawn(9, 6).toFrame(4, false));
    assertClose(CROPPED_9X6_TO_4, drawn(9, 6).toFrame(4, true));
    assertClose(CROPPED_5X8_TO_3, drawn(5, 8).toFrame(3, true));
    assertClose(ENLARGED_4X3_TO_6, drawn(4, 3).toFrame(6, false));
  }

  @Test
  public void aFrameOfTheRightSizeIsUnchanged() {
    Picture picture = drawn(5, 5);
    assertArrayEquals(picture.pixels, picture.toFrame(5, true));
  }

  @Test
  public void rotationIsClockwise() {
    Picture picture = new Picture(new int[] {1, 2, 3, 4, 5, 6}, 3, 2);
    assertArrayEquals(new int[] {4, 1, 5, 2, 6, 3}, picture.rotated(90).pixels);
    assertArrayEquals(new int[] {6, 5, 4, 3, 2, 1}, picture.rotated(180).pixels);
    assertArrayEquals(new int[] {3, 6, 2, 5, 1, 4}, picture.rotated(-90).pixels);
    assertEquals(2, picture.rotated(450).width);
    assertArrayEquals(
        picture.pixels, picture.rotated(90).rotated(90).rotated(90).rotated(90).pixels);
  }

  @Test
  public void aWrongNumberOfPixelsIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Picture(new int[5], 2, 3));
    assertThrows(IllegalArgumentException.class, () -> new Picture(new int[0], 0, 0));
  }

  private static Picture drawn(int width, int height) {
    int[] pixels = new int[width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int value = 37 * x + 91 * y + 13 * x * y;
        pixels[y * width + x] =
            (value & 255) << 16 | (value + 50 & 255) << 8 | value + 100 & 255;
      }
    }
    return new Picture(pixels, width, height);
  }

  /** Pillow also rounds to bytes after each axis, but it rounds its weights too. */
  private static void assertClose(int[] expected, int[] pixels) {
    assertEquals(expected.length, pixels.length);
    for (int i = 0; i < expected.length; i++) {
      for (int shift = 0; shift < 24; shift += 8) {
        int difference = (expected[i] >> shift & 255) - (pixels[i] >> shift & 255);
        assertTrue("pixel " + i, Math.abs(difference) <= 1);
      }
    }
  }
}
