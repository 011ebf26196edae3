package org.kerasdrnet.demo;

import java.util.ArrayList;
import java.util.List;

/**
 * What was chosen and what came of it; it outlives the screen when the phone is turned.
 *
 * <p>Frames are read from a source and played, and then predicted for ever. All methods belong to
 * the main thread.
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

  /** Makes models of a variant. */
  public interface Models {
    /** Opens a model; called on another thread. */
    ModelRunner open(ModelBundle bundle, String variant, int numThreads) throws BundleException;
  }

  private final Models models;
  private final MainLoop loop;
  private final Playback playback;
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

  /** Holds the arguments; nothing is read yet. */
  public Prediction(Models models, MainLoop loop) {
    this.models = models;
    this.loop = loop;
    playback = new Playback(loop, this::changed);
  }

  /** Sets who is told of changes, or {@code null} for nobody. */
  public void setScreen(Screen screen) {
    this.screen = screen;
    changed();
  }

  /** Reads frames and goes on from them. What was shown goes on if they cannot be had. */
  public void start(ModelBundle bundle, FrameSource source) {
    closeSources();
    playback.stop();
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
    tell(null);
    int numPast = bundle.signatures.numPast;
    source.read(bundle.signatures, new Reader() {
      @Override
      public void onFrame(int[] frame) {
        super.onFrame(frame);
        playback.show(frame, frames.size() - numPast);
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
    playback.begin(predictor, past, bundle.signatures.frameRate);
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
    playback.stop();
    stage = Stage.FAILED;
    tell(error);
  }

  /** Frees the model and stops reading; nothing else may be called. */
  @Override
  public void close() {
    screen = null;
    playback.stop();
    closeSources();
    closePredictor();
  }

  /** Returns what is shown, and how. */
  public Playback playback() {
    return playback;
  }

  public Stage stage() {
    boolean isOver = stage == Stage.WATCHING && playback.frameNumber() > 0;
    return isOver ? Stage.GENERATING : stage;
  }

  /** Returns what went wrong, or {@code null}. */
  public String message() {
    return message;
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

  private void openPredictor() {
    // Opened later, on another thread: as things are now.
    ModelBundle bundle = this.bundle;
    String variant = this.variant;
    int numThreads = this.numThreads;
    predictor = new VideoPredictor(
        () -> models.open(bundle, variant, numThreads),
        bundle.signatures,
        loop,
        new VideoPredictor.Listener() {
          @Override
          public void onFrame(int[] frame, double milliseconds) {
            playback.onFrame(frame, milliseconds);
          }

          @Override
          public void onError(String error) {
            closePredictor();
            fail(error);
          }
        });
  }

  private void closePredictor() {
    if (predictor != null) {
      predictor.close();
      predictor = null;
    }
  }

  private void closeSources() {
    if (source != null) {
      source.close();
    }
    if (contentSource != null) {
      contentSource.close();
    }
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
