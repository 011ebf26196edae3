package org.kerasdrnet.demo;

import java.util.List;
import java.util.concurrent.Executor;

/** A {@link FrameSource} that reads its frames from files, on a thread of its own. */
abstract class StoredFrames implements FrameSource {
  private final Executor callbacks;
  private volatile boolean isClosed;

  /**
   * Reads nothing yet.
   *
   * @param callbacks runs the sink's methods
   */
  StoredFrames(Executor callbacks) {
    this.callbacks = callbacks;
  }

  /** Returns {@code numPast} frames, oldest first. */
  abstract List<int[]> frames(ModelSignatures signatures) throws BundleException;

  @Override
  public void read(ModelSignatures signatures, Sink sink) {
    new Thread(() -> tell(outcome(signatures, sink)), "stored-frames").start();
  }

  @Override
  public void close() {
    isClosed = true;
  }

  /** Reads the frames and returns a task that passes them, or an error, to the sink. */
  private Runnable outcome(ModelSignatures signatures, Sink sink) {
    try {
      List<int[]> frames = frames(signatures);
      return () -> {
        frames.forEach(sink::onFrame);
        sink.onEnd();
      };
    } catch (BundleException error) {
      return () -> sink.onError(error.getMessage());
    } catch (OutOfMemoryError error) {
      return () -> sink.onError("The images are too large; choose smaller ones.");
    }
  }

  private void tell(Runnable outcome) {
    callbacks.execute(() -> {
      if (!isClosed) {
        outcome.run();
      }
    });
  }
}
