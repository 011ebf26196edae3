package org.kerasdrnet.demo;

/** Chooses which of a camera's frames to take, to reach a frame rate. */
final class FrameClock {
  private static final double SECOND = 1e9;
  private static final double EARLY = 17e6; // Half the interval of 30 frames a second.

  private final double interval;
  private long first;
  private int numTaken;

  /** Starts at the first frame. */
  FrameClock(int frameRate) {
    interval = SECOND / frameRate;
  }

  /**
   * Returns whether a frame at this time is due, and counts it if it is.
   *
   * <p>It depends on the time since the first frame, not since the last: otherwise a camera of 30
   * frames a second would give 15 in place of 25, every other one.
   */
  boolean take(long nanoseconds) {
    if (numTaken == 0) {
      first = nanoseconds;
    }
    if (nanoseconds - first < numTaken * interval - EARLY) {
      return false;
    }
    numTaken++;
    return true;
  }
}
