package org.kerasdrnet.demo;

import java.nio.ByteBuffer;
import java.util.Map;

/** Runs the functions of one model. An instance belongs to the thread that made it. */
public interface ModelRunner extends AutoCloseable {
  /**
   * Runs a function.
   *
   * @param function name of a signature
   * @param inputs every input by name: direct buffers in the machine's byte order, with
   *     float32 values from their start on
   * @param outputs the outputs that are wanted, likewise; they are filled from their start on
   * @throws RuntimeException the model does not take or give such tensors
   */
  void run(String function, Map<String, ByteBuffer> inputs, Map<String, ByteBuffer> outputs);

  @Override
  void close();
}
