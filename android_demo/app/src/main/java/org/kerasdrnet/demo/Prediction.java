package org.kerasdrnet.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * What the screen shows, and how it goes on; it outlives the screen when the phone is turned.
 *
 * <p>Frames are read from a source, shown as the past at the model's frame rate, and then
 * predicted for ever. All methods belong to the main thread.
 */
public final class Prediction implements AutoCloseable {
  /** What is going on. */
  public enum Stage {
    /** Frames are being read. */
    READING,
    /** The observed frames are shown. */
    WATCHING,
    /** Frames are predicted. */
    GENERATING,
    /** Nothing can be shown; {@link #message} says why. */
    FAILED
  }

  /** Draws itself anew from what {@link Prediction} holds. */
  public interface Screen {
    void onChange();
  }

  /** The main thread: runs tasks now and later. */
  public interface MainLoop extends Executor {
    /** Returns milliseconds since some moment. */
    long now();

    /** Runs a task after some milliseconds. */
    void executeLater(Runnable task, long delay);
  }

  /** Makes models of a variant. */
  public interface Models {
    /** Opens a model; called on another thread. */
    ModelRunner open(ModelBundle bundle, String variant, int numThreads) throws BundleException;
  }

  private static final double SMOOTHING = 0.1; // Of a new time in the mean time.

  private final Models models;
  private final MainLoop loop;
  private final FrameRate rate = new FrameRate();
  private Screen screen;
  private ModelBundle bundle;
  private FrameSource source;
  private FrameSource contentSource;
  private VideoPredictor predictor;
  private List<int[]> past;
  private List<int[]> content;
  private String variant;
  private int numThreads = 1;
  private Stage stage = Stage.READING;
  private String message;
  private int[] pixels;
  private int frameNumber;
  private double milliseconds;
  private boolean isPaused;
  private boolean isHidden;
  private boolean isAtFullSpeed;
  private boolean isStepping;
  private boolean isStepStale;
  private int run;

  public Prediction(Models models, MainLoop loop) {
    this.models = models;
    this.loop = loop;
  }

  /** Sets who is told of changes, or {@code null} for nobody. */
  public void setScreen(Screen screen) {
    this.screen = screen;
    changed();
  }

  /** Reads frames and goes on from them. What was shown goes on if they cannot be had. */
  public void start(ModelBundle bundle, FrameSource source) {
    closeSources();
    stopRun();
    if (bundle != this.bundle) {
      closePredictor();
      this.bundle = bundle;
      past = null;
      if (!bundle.variants.contains(variant)) {
        variant = bundle.variants.get(0);
      }
    }
    this.source = source;
    stage = Stage.READING;
    message = null;
    changed();
    source.read(bundle.signatures, new Reader() {
      @Override
      public void onFrame(int[] frame) {
        super.onFrame(frame);
        show(frame, frames.size() - Prediction.this.bundle.signatures.numPast);
      }

      @Override
      public void onEnd() {
        past = frames;
        content = null;
        restart();
      }

      @Override
      public void onError(String error) {
        restart();
        tell(error);
      }
    });
  }

  /** Goes back to the first observed frame. */
  public void restart() {
    stopRun();
    if (past == null) {
      fail(message);
      return;
    }
    message = null;
    if (predictor == null) {
      openPredictor();
    }
    predictor.seed(past);
    if (content != null) {
      predictor.replaceContent(content);
    }
    stage = Stage.WATCHING;
    frameNumber = -past.size();
    isPaused = false;
    tick();
  }

  /** Goes on with the content of another clip, from the frame that is shown. */
  public void swapContent(FrameSource source) {
    if (past == null) {
      return;
    }
    if (contentSource != null) {
      contentSource.close();
    }
    contentSource = source;
    source.read(bundle.signatures, new Reader() {
      @Override
      public void onEnd() {
        content = frames;
        if (predictor != null) {
          predictor.replaceContent(content);
        }
      }

      @Override
      public void onError(String error) {
        tell(error);
      }
    });
  }

  /** Goes back to the first observed frame with another model. */
  public void setModel(String variant, int numThreads) {
    if (variant.equals(this.variant) && numThreads == this.numThreads) {
      return;
    }
    this.variant = variant;
    this.numThreads = numThreads;
    closePredictor();
    if (past != null && stage != Stage.READING) {
      restart();
    }
  }

  /** Shows a message; what goes on goes on. */
  public void tell(String text) {
    message = text;
    changed();
  }

  /** Shows that nothing can be shown. */
  public void fail(String error) {
    stopRun();
    stage = Stage.FAILED;
    tell(error);
  }

  /** Stops at the frame that is shown, or goes on. */
  public void setPaused(boolean isPaused) {
    this.isPaused = isPaused;
    resumeOrStop();
  }

  /** Stops while nobody looks. */
  public void setHidden(boolean isHidden) {
    this.isHidden = isHidden;
    resumeOrStop();
  }

  /** Chooses between the model's frame rate and as fast as the model can. */
  public void setAtFullSpeed(boolean isAtFullSpeed) {
    this.isAtFullSpeed = isAtFullSpeed;
    rate.clear();
    changed();
  }

  /** Frees the model and stops reading; nothing else may be called. */
  @Override
  public void close() {
    screen = null;
    stopRun();
    closeSources();
    closePredictor();
  }

  public Stage stage() {
    return stage;
  }

  /** Returns what went wrong, or {@code null}. */
  public String message() {
    return message;
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

  public ModelBundle bundle() {
    return bundle;
  }

  public String variant() {
    return variant;
  }

  public int numThreads() {
    return numThreads;
  }

  public boolean isPaused() {
    return isPaused;
  }

  public boolean isAtFullSpeed() {
    return isAtFullSpeed;
  }

  private void openPredictor() {
    // Opened later, on another thread: as things are now.
    ModelBundle bundle = this.bundle;
    String variant = this.variant;
    int numThreads = this.numThreads;
    milliseconds = 0;
    predictor = new VideoPredictor(
        () -> models.open(bundle, variant, numThreads),
        bundle.signatures,
        loop,
        new VideoPredictor.Listener() {
          @Override
          public void onFrame(int[] frame, double milliseconds) {
            predicted(frame, milliseconds);
          }

          @Override
          public void onError(String error) {
            closePredictor();
            fail(error);
          }
        });
  }

  private void predicted(int[] frame, double time) {
    isStepping = false;
    if (isStepStale) {
      isStepStale = false;
      if (stage == Stage.GENERATING) {
        tick();
      }
      return;
    }
    milliseconds = milliseconds == 0 ? time : milliseconds + SMOOTHING * (time - milliseconds);
    show(frame, frameNumber + 1);
    tickAfter((long) (isAtFullSpeed ? 0 : Math.max(0, interval() - time)));
  }

  /** Shows the next observed frame, or asks for the next predicted one. */
  private void tick() {
    if (isPaused || isHidden) {
      return;
    }
    if (stage == Stage.WATCHING) {
      show(past.get(past.size() + frameNumber), frameNumber + 1);
      if (frameNumber == 0) {
        stage = Stage.GENERATING;
      }
      tickAfter(interval());
    } else if (stage == Stage.GENERATING && !isStepping) {
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

  private void resumeOrStop() {
    run++; // Of two ticks that wait, one would be too many.
    rate.clear();
    changed();
    if (stage != Stage.READING) {
      tick();
    }
  }

  private void stopRun() {
    run++;
    isStepStale = isStepping;
    rate.clear();
  }

  private void closePredictor() {
    if (predictor != null) {
      predictor.close();
      predictor = null;
    }
    isStepping = false;
    isStepStale = false;
  }

  private void closeSources() {
    if (source != null) {
      source.close();
    }
    if (contentSource != null) {
      contentSource.close();
    }
  }

  private long interval() {
    return 1000 / bundle.signatures.frameRate;
  }

  private void show(int[] frame, int number) {
    if (pixels == null || pixels.length != frame.length) {
      pixels = new int[frame.length];
    }
    System.arraycopy(frame, 0, pixels, 0, frame.length);
    frameNumber = number;
    rate.add(loop.now());
    changed();
  }

  private void changed() {
    if (screen != null) {
      screen.onChange();
    }
  }

  /** Gathers frames. */
  private abstract static class Reader implements FrameSource.Sink {
    final List<int[]> frames = new ArrayList<>();

    @Override
    public void onFrame(int[] frame) {
      frames.add(frame);
    }
  }
}
