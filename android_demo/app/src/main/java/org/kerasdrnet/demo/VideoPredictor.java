package org.kerasdrnet.demo;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Predicts video on a thread of its own, the only one that uses the model.
 *
 * <p>Every method returns at once. The executor of the constructor runs the listener's methods, in
 * the order of the calls. After an error only {@link #close} has an effect. Call the methods from
 * that executor's thread: then the listener hears nothing after {@code close()}.
 */
public final class VideoPredictor implements AutoCloseable {
  /** Opens the model; called on the predictor's thread. */
  public interface Opener {
    ModelRunner open() throws BundleException;
  }

  /** Receives the results of the calls. */
  public interface Listener {
    /**
     * A step is done.
     *
     * @param pixels the frame; overwritten by the next {@link VideoPredictor#step}
     * @param milliseconds time that the model took
     */
    void onFrame(int[] pixels, double milliseconds);

    /** The model cannot be used. */
    void onError(String message);
  }

  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "video-predictor"));
  private final Opener opener;
  private final ModelSignatures signatures;
  private final Executor callbacks;
  private final Listener listener;
  private final int[] pixels;
  private Rollout rollout;
  private boolean hasFailed;
  private volatile boolean isClosed;

  /** Holds the arguments; the first call of another method opens the model. */
  public VideoPredictor(
      Opener opener, ModelSignatures signatures, Executor callbacks, Listener listener) {
    this.opener = opener;
    this.signatures = signatures;
    this.callbacks = callbacks;
    this.listener = listener;
    pixels = new int[signatures.imageSize * signatures.imageSize];
  }

  /** Observes {@code numPast} frames, oldest first. Content is that of the last. */
  public void prime(List<int[]> frames) {
    submit(() -> rollout.prime(frames));
  }

  /** Continues with the content of other frames. */
  public void replaceContent(List<int[]> frames) {
    submit(() -> rollout.replaceContent(frames));
  }

  /** Predicts the next frame. */
  public void step() {
    submit(() -> {
      double milliseconds = rollout.step(pixels);
      tell(() -> listener.onFrame(pixels, milliseconds));
    });
  }

  /** Drops calls that wait, and frees the model as soon as none runs. */
  @Override
  public void close() {
    if (isClosed) {
      return;
    }
    isClosed = true;
    thread.execute(() -> {
      if (rollout != null) {
        rollout.close();
      }
    });
    thread.shutdown();
  }

  private void submit(Runnable task) {
    if (isClosed) {
      throw new IllegalStateException("the predictor is closed");
    }
    thread.execute(() -> {
      if (isClosed || hasFailed) {
        return;
      }
      try {
        if (rollout == null) {
          rollout = new Rollout(opener.open(), signatures);
        }
        task.run();
      } catch (BundleException error) {
        fail(error.getMessage());
      } catch (RuntimeException | OutOfMemoryError | UnsatisfiedLinkError error) {
        fail("The model cannot be run: " + error.getMessage());
      }
    });
  }

  private void fail(String message) {
    hasFailed = true;
    tell(() -> listener.onError(message));
  }

  private void tell(Runnable message) {
    callbacks.execute(() -> {
      if (!isClosed) {
        message.run();
      }
    });
  }
}
