package org.kerasdrnet.demo;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.File;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.TreeMap;
import org.junit.Before;
import org.junit.Test;

/** The APK's own TensorFlow Lite computes what Keras computed. */
public final class LiteModelRunnerTest {
  private static final String[] FUNCTIONS = {
    "encode_content", "encode_pose", "predict_pose", "decode", "seed", "step"
  };
  private static final float TOLERANCE = 1e-4f;

  @Before
  public void load() {
    TestBundles.requireTensorFlowLite();
  }

  @Test
  public void everyFunctionGivesTheGoldenOutputs() throws Exception {
    File golden = new File(TestBundles.FOLDER, "golden.npz");
    try (ModelRunner runner = new LiteModelRunner(TestBundles.open().model("float32"), 1)) {
      for (String function : FUNCTIONS) {
        Map<String, ByteBuffer> expected = Golden.read(golden, function, "outputs");
        Map<String, ByteBuffer> outputs = new TreeMap<>();
        expected.forEach((name, values) -> outputs.put(name, direct(values.capacity())));
        assertTrue(function, outputs.size() > 0);
        runner.run(function, Golden.read(golden, function, "inputs"), outputs);
        expected.forEach((name, values) -> assertClose(name, values, outputs.get(name)));
      }
    }
  }

  @Test
  public void tensorsOfAnotherSizeAreRefused() throws Exception {
    File golden = new File(TestBundles.FOLDER, "golden.npz");
    Map<String, ByteBuffer> inputs = Golden.read(golden, "seed", "inputs");
    inputs.put("past", direct(16));
    try (ModelRunner runner = new LiteModelRunner(TestBundles.open().model("float32"), 1)) {
      assertThrows(
          IllegalArgumentException.class,
          () -> runner.run("seed", inputs, Golden.read(golden, "seed", "outputs")));
    }
  }

  @Test
  public void whatIsNoModelIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new LiteModelRunner(direct(1 << 12), 1));
  }

  private static ByteBuffer direct(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
  }

  private static void assertClose(String name, ByteBuffer expected, ByteBuffer values) {
    for (int i = 0; i < expected.capacity(); i += Float.BYTES) {
      float wanted = expected.getFloat(i);
      float margin = TOLERANCE * Math.max(1, Math.abs(wanted));
      assertEquals(name + " at " + i, wanted, values.getFloat(i), margin);
    }
  }
}
