package org.kerasdrnet.demo;

import java.util.List;

/**
 * Shows the observed frames and then predicted ones without end, at the model's frame rate or as
 * fast as the model can. All methods belong to the main thread.
 */
public final class Playback {
  private static final double SMOOTHING = 0.1; // Weight of a new time in the running mean.

  private final MainLoop loop;
  private final Runnable onChange;
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
   * @param onChange runs after each change of what is shown
   */
  Playback(MainLoop loop, Runnable onChange) {
    this.loop = loop;
    this.onChange = onChange;
  }

  /**
   * Begins with the first observed frame; a pause ends.
   *
   * @param predictor primed with the frames; its steps arrive at {@link #onFrame}
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

  /** Stops until the next {@link #begin}; the frame of a running step is dropped. */
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
    onChange.run();
  }

  /** Shows the frame of the predictor's step, and continues. */
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

  /** Pauses at the current frame, or continues. */
  public void setPaused(boolean isPaused) {
    this.isPaused = isPaused;
    pauseOrContinue();
  }

  /** Pauses while the screen is hidden. */
  public void setHidden(boolean isHidden) {
    this.isHidden = isHidden;
    pauseOrContinue();
  }

  /** Switches between full speed and the model's frame rate. */
  public void setAtFullSpeed(boolean isAtFullSpeed) {
    this.isAtFullSpeed = isAtFullSpeed;
    rate.clear();
    onChange.run();
  }

  /** Returns the current frame, or {@code null}. */
  public int[] pixels() {
    return pixels;
  }

  /** Returns the current frame's number: observed up to 0, predicted from 1 on. */
  public int frameNumber() {
    return frameNumber;
  }

  /** Returns the running mean of the model's time for a frame, milliseconds. */
  public double milliseconds() {
    return milliseconds;
  }

  /** Returns the number of frames shown a second. */
  public double framesPerSecond() {
    return rate.perSecond();
  }

  public boolean isPaused() {
    return isPaused;
  }

  public boolean isAtFullSpeed() {
    return isAtFullSpeed;
  }

  /** Shows the next observed frame, or requests the next predicted one. */
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

  private void pauseOrContinue() {
    run++; // Cancels the tick that waits, as the one below takes its place.
    rate.clear();
    onChange.run();
    tick();
  }
}
