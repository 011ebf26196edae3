package org.kerasdrnet.demo;

/** Where the observed frames come from. An instance is read once. */
public interface FrameSource extends AutoCloseable {
  /** Is told what is read, on the main thread. */
  interface Sink {
    /** The next frame, oldest first: {@code imageSize * imageSize} pixels, not used again. */
    void onFrame(int[] pixels);

    /** All {@code numPast} frames were given. */
    void onEnd();

    /** The frames cannot be had; the message says why and what to do. */
    void onError(String message);
  }

  /** Begins to read {@code numPast} frames, in the shape of the model's, and returns at once. */
  void read(ModelSignatures signatures, Sink sink);

  /** Ends reading; the sink is told nothing more. */
  @Override
  void close();
}
