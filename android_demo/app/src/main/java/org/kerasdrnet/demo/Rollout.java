package org.kerasdrnet.demo;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An endless prediction: content is encoded once, and each step costs the same.
 *
 * <p>All memory is allocated at construction. A step reads the state from one set of buffers and
 * writes the next state into the other; then the sets are swapped, and nothing is copied. An
 * instance belongs to one thread.
 */
final class Rollout implements AutoCloseable {
  private final ModelRunner runner;
  private final ModelSignatures signatures;
  private final Map<String, ByteBuffer> past = new HashMap<>();
  private final Map<String, ByteBuffer> content = new HashMap<>();
  private final ByteBuffer frame;
  private Map<String, ByteBuffer> state;
  private Map<String, ByteBuffer> nextState;
  private boolean isPrimed;

  /**
   * Allocates the memory.
   *
   * @param runner the model; closed with this object
   * @param signatures inputs and outputs of the model
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

  /** Encodes content and poses of {@code numPast} observed frames, oldest first. */
  void prime(List<int[]> frames) {
    encode(frames, state);
    isPrimed = true;
  }

  /** Takes the content of other frames; the motion continues as it was. */
  void replaceContent(List<int[]> frames) {
    requirePrimed();
    // The other clip's poses go into buffers that the next step overwrites.
    encode(frames, nextState);
  }

  /**
   * Predicts the next frame.
   *
   * @param pixels {@code imageSize * imageSize} pixels to fill with it
   * @return time that the model took, milliseconds
   */
  double step(int[] pixels) {
    requirePrimed();
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
          frames.size() + " frames; the model observes " + signatures.numPast);
    }
    FloatBuffer values = values(past.get("past"));
    for (int[] pixels : frames) {
      FrameTensors.put(pixels, signatures.numChannels, values);
    }
    Map<String, ByteBuffer> outputs = new HashMap<>(content);
    outputs.putAll(poses);
    runner.run(signatures.primeFunction, past, outputs);
  }

  private void requirePrimed() {
    if (!isPrimed) {
      throw new IllegalStateException("no frames were observed yet; call prime() first");
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
