package org.kerasdrnet.demo;

/** Which of a camera's frames to take, so that so many come a second. */
final class FrameClock {
  private static final double SECOND = 1e9;
  private static final double EARLY = 17e6; // Half a frame of a camera that has 30 a second.

  private final double interval;
  private long first;
  private int numTaken;

  /** Starts at the first frame that comes. */
  FrameClock(int frameRate) {
    interval = SECOND / frameRate;
  }

  /**
   * Returns whether the frame of a moment is due, and counts it if it is.
   *
   * <p>What counts is the time since the first frame, not since the last: of 30 frames a second
   * every second one would come for 25.
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
