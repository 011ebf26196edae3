package org.kerasdrnet.demo;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.tensorflow.lite.Interpreter;

/** A {@link ModelRunner} on TensorFlow Lite. */
public final class LiteModelRunner implements ModelRunner {
  private final ByteBuffer model;
  private final Interpreter interpreter;

  /**
   * Loads a model.
   *
   * @param model a {@code .tflite} file, memory-mapped
   * @param numThreads number of threads, from 1
   * @throws RuntimeException the model is damaged
   */
  public LiteModelRunner(ByteBuffer model, int numThreads) {
    // Held because the interpreter reads from it without keeping it alive.
    this.model = model;
    interpreter = new Interpreter(model, new Interpreter.Options().setNumThreads(numThreads));
  }

  @Override
  public void run(
      String function, Map<String, ByteBuffer> inputs, Map<String, ByteBuffer> outputs) {
    rewind(inputs);
    rewind(outputs);
    interpreter.runSignature(
        new HashMap<String, Object>(inputs), new HashMap<String, Object>(outputs), function);
    rewind(outputs);
  }

  @Override
  public void close() {
    interpreter.close();
  }

  private static void rewind(Map<String, ByteBuffer> tensors) {
    for (ByteBuffer tensor : tensors.values()) {
      tensor.rewind();
    }
  }
}
