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
  private static final float TOLERANCE = 1e-4f;

  @Before
  public void load() {
    TestBundles.requireTensorFlowLite();
  }

  @Test
  public void everyFunctionGivesTheGoldenOutputs() throws Exception {
    assertGoldenOutputs(TestBundles.FOLDER);
  }

  @Test
  public void functionsOfABundleOfFormatTwoGiveTheGoldenOutputs() throws Exception {
    assertGoldenOutputs(TestBundles.OLD_FOLDER);
  }

  @Test
  public void tensorsOfAnotherSizeAreRefused() throws Exception {
    File golden = new File(TestBundles.FOLDER, "golden.npz");
    Map<String, ByteBuffer> inputs = Golden.read(golden, "prime", "inputs");
    inputs.put("past", direct(16));
    try (ModelRunner runner = open(TestBundles.FOLDER)) {
      assertThrows(
          IllegalArgumentException.class,
          () -> runner.run("prime", inputs, Golden.read(golden, "prime", "outputs")));
    }
  }

  @Test
  public void bytesThatAreNotAModelAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new LiteModelRunner(direct(1 << 12), 1));
  }

  private static ModelRunner open(File folder) throws BundleException {
    return new LiteModelRunner(TestBundles.open(folder).model("float32"), 1);
  }

  private static void assertGoldenOutputs(File folder) throws Exception {
    File golden = new File(folder, "golden.npz");
    String prime = TestBundles.open(folder).signatures.primeFunction;
    try (ModelRunner runner = open(folder)) {
      for (String function : new String[] {
          "encode_content", "encode_pose", "predict_pose", "decode", prime, "step"}) {
        Map<String, ByteBuffer> expected = Golden.read(golden, function, "outputs");
        Map<String, ByteBuffer> outputs = new TreeMap<>();
        expected.forEach((name, values) -> outputs.put(name, direct(values.capacity())));
        assertTrue(function, outputs.size() > 0);
        runner.run(function, Golden.read(golden, function, "inputs"), outputs);
        expected.forEach((name, values) -> assertClose(name, values, outputs.get(name)));
      }
    }
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
