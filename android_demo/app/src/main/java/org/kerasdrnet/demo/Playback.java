package org.kerasdrnet.demo;

import java.util.List;

/**
 * Shows the observed frames and then predicted ones for ever, at the model's frame rate or as
 * fast as it can. All methods belong to the main thread.
 */
public final class Playback {
  private static final double SMOOTHING = 0.1; // Of a new time in the mean time.

  private final MainLoop loop;
  private final Runnable whenChanged;
  private final FrameRate rate = new FrameRate();
  private VideoPredictor predictor;
  private List<int[]> past;
  private long interval;
  private int[] pixels;
  private int frameNumber;
  private double milliseconds;
  private boolean isPaused;
  private boolean isHidden;
  private boolean isAtFullSpeed;
  private boolean isStepping;
  private boolean isStepStale;
  private int run;

  /**
   * Shows nothing yet.
   *
   * @param whenChanged runs when there is something else to see
   */
  Playback(MainLoop loop, Runnable whenChanged) {
    this.loop = loop;
    this.whenChanged = whenChanged;
  }

  /**
   * Begins with the first observed frame; a pause ends.
   *
   * @param predictor seeded with the frames; it tells {@link #onFrame} of its steps
   * @param past the observed frames
   * @param frameRate frames a second
   */
  void begin(VideoPredictor predictor, List<int[]> past, int frameRate) {
    stop();
    if (predictor != this.predictor) {
      this.predictor = predictor;
      milliseconds = 0;
      isStepping = false;
      isStepStale = false;
    }
    this.past = past;
    interval = 1000 / frameRate;
    frameNumber = -past.size();
    isPaused = false;
    tick();
  }

  /** Stops, until it begins anew; what the predictor works on is dropped. */
  void stop() {
    past = null;
    run++;
    isStepStale = isStepping;
    rate.clear();
  }

  /** Shows a frame. */
  void show(int[] frame, int number) {
    if (pixels == null || pixels.length != frame.length) {
      pixels = new int[frame.length];
    }
    System.arraycopy(frame, 0, pixels, 0, frame.length);
    frameNumber = number;
    rate.add(loop.now());
    whenChanged.run();
  }

  /** Shows what the predictor's step gave, and goes on. */
  void onFrame(int[] frame, double time) {
    isStepping = false;
    if (isStepStale) {
      isStepStale = false;
      if (frameNumber >= 0) {
        tick();
      }
      return;
    }
    milliseconds = milliseconds == 0 ? time : milliseconds + SMOOTHING * (time - milliseconds);
    show(frame, frameNumber + 1);
    tickAfter((long) (isAtFullSpeed ? 0 : Math.max(0, interval - time)));
  }

  /** Stops at the frame that is shown, or goes on. */
  public void setPaused(boolean isPaused) {
    this.isPaused = isPaused;
    stopOrGoOn();
  }

  /** Stops while nobody looks. */
  public void setHidden(boolean isHidden) {
    this.isHidden = isHidden;
    stopOrGoOn();
  }

  /** Chooses between the model's frame rate and as fast as the model can. */
  public void setAtFullSpeed(boolean isAtFullSpeed) {
    this.isAtFullSpeed = isAtFullSpeed;
    rate.clear();
    whenChanged.run();
  }

  /** Returns the frame that is shown, or {@code null}. */
  public int[] pixels() {
    return pixels;
  }

  /** Returns the frame's number: up to 0 it was observed, from 1 on it is predicted. */
  public int frameNumber() {
    return frameNumber;
  }

  /** Returns the milliseconds that a frame takes the model, a running mean. */
  public double milliseconds() {
    return milliseconds;
  }

  /** Returns the frames a second that are shown. */
  public double framesPerSecond() {
    return rate.perSecond();
  }

  public boolean isPaused() {
    return isPaused;
  }

  public boolean isAtFullSpeed() {
    return isAtFullSpeed;
  }

  /** Shows the next observed frame, or asks for the next predicted one. */
  private void tick() {
    if (past == null || isPaused || isHidden) {
      return;
    }
    if (frameNumber < 0) {
      show(past.get(past.size() + frameNumber), frameNumber + 1);
      tickAfter(interval);
    } else if (!isStepping) {
      isStepping = true;
      predictor.step();
    }
  }

  private void tickAfter(long delay) {
    int thisRun = run;
    loop.executeLater(() -> {
      if (thisRun == run) {
        tick();
      }
    }, delay);
  }

  private void stopOrGoOn() {
    run++; // Of two ticks that wait, one would be too many.
    rate.clear();
    whenChanged.run();
    tick();
  }
}
