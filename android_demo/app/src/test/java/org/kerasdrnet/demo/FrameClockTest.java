package org.kerasdrnet.demo;

import static org.junit.Assert.assertEquals;

import org.junit.Test;

/** Frames are taken at the model's rate, whatever the camera's rate is. */
public final class FrameClockTest {
  private static final long START = 123_456_789_000L;

  @Test
  public void theRateIsThatOfTheModel() {
    for (int cameraRate : new int[] {30, 60}) {
      for (int frameRate : new int[] {8, 15, 20, 24, 25, 30}) {
        assertEquals(frameRate, taken(cameraRate, frameRate, 0), 1);
      }
    }
  }

  @Test
  public void everyFrameOfASlowCameraIsTaken() {
    assertEquals(15, taken(15, 25, 0));
  }

  @Test
  public void slightlyEarlyOrLateFramesAreTaken() {
    assertEquals(30, taken(30, 30, 4_000_000));
  }

  /** Counts the frames taken in a second in which every other frame is late. */
  private static int taken(int cameraRate, int frameRate, long late) {
    FrameClock clock = new FrameClock(frameRate);
    int count = 0;
    for (int i = 0; i < cameraRate; i++) {
      long time = START + i * 1_000_000_000L / cameraRate + i % 2 * late;
      count += clock.take(time) ? 1 : 0;
    }
    return count;
  }
}
