package org.kerasdrnet.demo;

/** A source of observed frames. An instance is read once. */
public interface FrameSource extends AutoCloseable {
  /** Receives the frames, on the main thread. */
  interface Sink {
    /** Receives the next frame, oldest first: {@code imageSize * imageSize} pixels to keep. */
    void onFrame(int[] pixels);

    /** Receives the end, after all {@code numPast} frames. */
    void onEnd();

    /** Receives an error; the message says what happened and what to do. */
    void onError(String message);
  }

  /** Starts to read {@code numPast} frames of the model's size, and returns at once. */
  void read(ModelSignatures signatures, Sink sink);

  /** Stops reading; the sink receives nothing more. */
  @Override
  void close();
}
