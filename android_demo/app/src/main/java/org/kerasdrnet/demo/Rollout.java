package org.kerasdrnet.demo;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A prediction that goes on for ever: content is encoded once, each step costs the same.
 *
 * <p>All memory is taken at construction. A step reads the state from one set of buffers and
 * writes the next into the other; then the sets change places, and nothing is copied. An instance
 * belongs to one thread.
 */
final class Rollout implements AutoCloseable {
  private final ModelRunner runner;
  private final ModelSignatures signatures;
  private final Map<String, ByteBuffer> past = new HashMap<>();
  private final Map<String, ByteBuffer> content = new HashMap<>();
  private final ByteBuffer frame;
  private Map<String, ByteBuffer> state;
  private Map<String, ByteBuffer> nextState;
  private boolean isSeeded;

  /**
   * Takes the memory.
   *
   * @param runner the model; closed with this object
   * @param signatures what the model takes and gives
   */
  Rollout(ModelRunner runner, ModelSignatures signatures) {
    this.runner = runner;
    this.signatures = signatures;
    past.put("past", buffer(signatures.numPast * signatures.frameSize()));
    frame = buffer(signatures.frameSize());
    content.putAll(buffers(signatures.content));
    state = buffers(signatures.state);
    nextState = buffers(signatures.state);
  }

  /** Encodes content and pose of observed frames, oldest first: {@code numPast} of them. */
  void seed(List<int[]> frames) {
    encode(frames, state);
    isSeeded = true;
  }

  /** Takes the content of other frames; what moves goes on as it was. */
  void replaceContent(List<int[]> frames) {
    requireSeed();
    // The other clip's poses go where the next step writes anyway.
    encode(frames, nextState);
  }

  /**
   * Predicts the next frame.
   *
   * @param pixels filled with it: {@code imageSize * imageSize} of them
   * @return milliseconds that the model took
   */
  double step(int[] pixels) {
    requireSeed();
    long start = System.nanoTime();
    Map<String, ByteBuffer> inputs = new HashMap<>(content);
    inputs.putAll(state);
    Map<String, ByteBuffer> outputs = new HashMap<>(nextState);
    outputs.put("frame", frame);
    runner.run("step", inputs, outputs);
    Map<String, ByteBuffer> previous = state;
    state = nextState;
    nextState = previous;
    double milliseconds = (System.nanoTime() - start) / 1e6;
    FrameTensors.get(values(frame), signatures.numChannels, pixels);
    return milliseconds;
  }

  @Override
  public void close() {
    runner.close();
  }

  private void encode(List<int[]> frames, Map<String, ByteBuffer> poses) {
    if (frames.size() != signatures.numPast) {
      throw new IllegalArgumentException(
          frames.size() + " frames; the model looks at " + signatures.numPast);
    }
    FloatBuffer values = values(past.get("past"));
    for (int[] pixels : frames) {
      FrameTensors.put(pixels, signatures.numChannels, values);
    }
    Map<String, ByteBuffer> outputs = new HashMap<>(content);
    outputs.putAll(poses);
    runner.run("seed", past, outputs);
  }

  private void requireSeed() {
    if (!isSeeded) {
      throw new IllegalStateException("seed() comes first");
    }
  }

  private Map<String, ByteBuffer> buffers(List<String> names) {
    Map<String, ByteBuffer> buffers = new HashMap<>();
    for (String name : names) {
      buffers.put(name, buffer(signatures.size(name)));
    }
    return buffers;
  }

  private static ByteBuffer buffer(int numValues) {
    return ByteBuffer.allocateDirect(numValues * Float.BYTES).order(ByteOrder.nativeOrder());
  }

  private static FloatBuffer values(ByteBuffer buffer) {
    buffer.rewind();
    return buffer.asFloatBuffer();
  }
}
