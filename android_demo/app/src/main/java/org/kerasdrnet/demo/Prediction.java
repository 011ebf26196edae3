package org.kerasdrnet.demo;

import java.util.ArrayList;
import java.util.List;

/**
 * A prediction and the choices behind it: source, content and model.
 *
 * <p>Frames are read from a source and played, and then predicted without end. It survives the
 * screen when the phone is rotated. All methods belong to the main thread.
 */
public final class Prediction implements AutoCloseable {
  /** Progress of a prediction. */
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

  /** Shows the state of a {@link Prediction}. */
  public interface Screen {
    void onChange();
  }

  /** Opens models. */
  public interface Models {
    /** Opens a variant of a bundle's model; called on another thread. */
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

  /** Sets the screen that is notified of changes, or removes it with {@code null}. */
  public void setScreen(Screen screen) {
    this.screen = screen;
    changed();
  }

  /** Reads frames and predicts from them. If they cannot be read, the old clip restarts. */
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

  /** Restarts at the first observed frame. */
  public void restart() {
    if (past == null) {
      fail(message);
      return;
    }
    message = null;
    if (predictor == null) {
      openPredictor();
    }
    predictor.prime(past);
    if (content != null) {
      predictor.replaceContent(content);
    }
    stage = Stage.WATCHING;
    playback.begin(predictor, past, bundle.signatures.frameRate);
  }

  /** Continues from the current frame with the content of another clip. */
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

  /** Restarts at the first observed frame with another model. */
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

  /** Shows a message; playback continues. */
  public void tell(String text) {
    message = text;
    changed();
  }

  /** Stops playback and shows an error. */
  public void fail(String error) {
    playback.stop();
    stage = Stage.FAILED;
    tell(error);
  }

  /** Frees the model and stops reading; no other method may be called after it. */
  @Override
  public void close() {
    screen = null;
    playback.stop();
    closeSources();
    closePredictor();
  }

  /** Returns the playback of the frames. */
  public Playback playback() {
    return playback;
  }

  public Stage stage() {
    boolean isOver = stage == Stage.WATCHING && playback.frameNumber() > 0;
    return isOver ? Stage.GENERATING : stage;
  }

  /** Returns the message to show, or {@code null}. */
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
    // The model is opened later, on another thread: keep today's choices.
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

  /** Collects the frames of a source. */
  private abstract static class Reader implements FrameSource.Sink {
    final List<int[]> frames = new ArrayList<>();

    @Override
    public void onFrame(int[] frame) {
      frames.add(frame);
    }
  }
}
