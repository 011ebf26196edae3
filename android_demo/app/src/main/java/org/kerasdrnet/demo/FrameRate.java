package org.kerasdrnet.demo;

import java.util.ArrayDeque;

/** The rate of the last frames shown. */
final class FrameRate {
  private static final int NUM_FRAMES = 30;

  private final ArrayDeque<Long> times = new ArrayDeque<>();

  /** Counts a frame that is shown at a time, milliseconds. */
  void add(long now) {
    times.addLast(now);
    if (times.size() > NUM_FRAMES) {
      times.removeFirst();
    }
  }

  /** Forgets all frames, as after a pause. */
  void clear() {
    times.clear();
  }

  /** Returns frames a second, 0 before the second frame. */
  double perSecond() {
    long span = times.isEmpty() ? 0 : times.getLast() - times.getFirst();
    return span == 0 ? 0 : 1000.0 * (times.size() - 1) / span;
  }
}
