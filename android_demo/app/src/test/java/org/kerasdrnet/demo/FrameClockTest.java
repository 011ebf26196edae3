package org.kerasdrnet.demo;

import static org.junit.Assert.assertEquals;

import org.junit.Test;

/** A camera's frames come out at the model's rate, whatever the camera's is. */
public final class FrameClockTest {
  private static final long START = 123_456_789_000L;

  @Test
  public void aSecondHasAsManyFramesAsTheModelWants() {
    for (int cameraRate : new int[] {30, 60}) {
      for (int frameRate : new int[] {8, 15, 20, 24, 25, 30}) {
        assertEquals(frameRate, taken(cameraRate, frameRate, 0), 1);
      }
    }
  }

  @Test
  public void aSlowCameraGivesAllItHas() {
    assertEquals(15, taken(15, 25, 0));
  }

  @Test
  public void framesMayComeALittleEarlyOrLate() {
    assertEquals(30, taken(30, 30, 4_000_000));
  }

  /** Counts what is taken of a second, every other frame of which is late. */
  private static int taken(int cameraRate, int frameRate, long late) {
    FrameClock clock = new FrameClock(frameRate);
    int count = 0;
    for (int i = 0; i < cameraRate; i++) {
      long moment = START + i * 1_000_000_000L / cameraRate + i % 2 * late;
      count += clock.take(moment) ? 1 : 0;
    }
    return count;
  }
}
