package org.kerasdrnet.demo;

import java.nio.ByteBuffer;
import java.util.Map;

/** Runs the functions of one model. An instance belongs to the thread that made it. */
public interface ModelRunner extends AutoCloseable {
  /**
   * Runs a function.
   *
   * @param function name of a signature
   * @param inputs every input by name: direct buffers of float32 values in native byte order,
   *     from the start of the buffer
   * @param outputs buffers for the requested outputs, likewise; they are filled from the start
   * @throws RuntimeException the tensors do not fit the function
   */
  void run(String function, Map<String, ByteBuffer> inputs, Map<String, ByteBuffer> outputs);

  @Override
  void close();
}
