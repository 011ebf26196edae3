package org.kerasdrnet.demo;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.File;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** The predictor on the packed model: its frames, its errors, and its end. */
public final class VideoPredictorTest implements VideoPredictor.Listener {
  // Examples are rounded to bytes before they are observed, the golden clip is not.
  private static final int TOLERANCE = 8;
  private static final double MEAN_TOLERANCE = 0.5;

  private final TestLoop loop = new TestLoop();
  private final List<int[]> frames = new ArrayList<>();
  private final List<String> errors = new ArrayList<>();
  private ModelBundle bundle;
  private VideoPredictor predictor;

  @Before
  public void open() throws Exception {
    TestBundles.requireTensorFlowLite();
    bundle = TestBundles.open(TestBundles.FOLDER);
    predictor = newPredictor(bundle);
  }

  @After
  public void close() {
    predictor.close();
  }

  @Override
  public void onFrame(int[] pixels, double milliseconds) {
    assertTrue(milliseconds > 0);
    frames.add(pixels.clone());
  }

  @Override
  public void onError(String message) {
    errors.add(message);
  }

  @Test
  public void framesAreTheGoldenOnes() throws Exception {
    assertGoldenFrames(TestBundles.FOLDER);
  }

  @Test
  public void aBundleOfFormatTwoGivesItsGoldenFrames() throws Exception {
    predictor.close();
    bundle = TestBundles.open(TestBundles.OLD_FOLDER);
    predictor = newPredictor(bundle);
    assertGoldenFrames(TestBundles.OLD_FOLDER);
  }

  @Test
  public void primingRestartsThePrediction() throws Exception {
    List<int[]> past = TestBundles.frames(bundle, 0);
    predictor.prime(past);
    predict(3);
    predictor.prime(past);
    predict(3);
    for (int i = 0; i < 3; i++) {
      assertEquals(0, greatestDifference(frames.get(i), frames.get(3 + i)));
    }
  }

  @Test
  public void onlyAnotherClipsContentChangesTheFrames() throws Exception {
    List<int[]> past = TestBundles.frames(bundle, 0);
    predictor.prime(past);
    predict(2);
    predictor.prime(past);
    predict(1);
    predictor.replaceContent(past);
    predict(1);
    assertEquals(0, greatestDifference(frames.get(1), frames.get(3)));
    predictor.prime(past);
    predict(1);
    predictor.replaceContent(TestBundles.frames(bundle, 1));
    predict(1);
    assertNotEquals(0, greatestDifference(frames.get(1), frames.get(5)));
  }

  @Test
  public void everyVariantRunsOnTwoThreads() throws Exception {
    for (String variant : bundle.variants) {
      try (VideoPredictor other = new VideoPredictor(
          () -> new LiteModelRunner(bundle.model(variant), 2), bundle.signatures, loop, this)) {
        int before = frames.size();
        other.prime(TestBundles.frames(bundle, 0));
        other.step();
        loop.runUntil(() -> frames.size() > before || !errors.isEmpty());
        assertTrue(errors.toString(), errors.isEmpty());
      }
    }
  }

  @Test
  public void nothingIsReportedAfterClosing() throws Exception {
    predictor.prime(TestBundles.frames(bundle, 0));
    predictor.step();
    predictor.close();
    loop.settle();
    assertTrue(frames.isEmpty() && errors.isEmpty());
    assertThrows(IllegalStateException.class, predictor::step);
  }

  @Test
  public void onlyTheFirstErrorIsReported() throws Exception {
    predictor.step(); // Before any frame was observed.
    predictor.step();
    loop.runUntil(() -> !errors.isEmpty());
    loop.settle();
    assertEquals(1, errors.size());
    assertTrue(errors.get(0), errors.get(0).contains("prime()"));
  }

  private VideoPredictor newPredictor(ModelBundle bundle) {
    return new VideoPredictor(
        () -> new LiteModelRunner(bundle.model("float32"), 1), bundle.signatures, loop, this);
  }

  private void assertGoldenFrames(File folder) throws Exception {
    ByteBuffer future =
        Golden.read(new File(folder, "golden.npz"), "roll_out", "outputs").get("future");
    int numFrames = future.capacity() / Float.BYTES / bundle.signatures.frameSize();
    predictor.prime(TestBundles.frames(bundle, 0));
    predict(numFrames);
    FloatBuffer values = future.asFloatBuffer();
    for (int[] frame : frames) {
      int[] golden = new int[frame.length];
      FrameTensors.get(values, bundle.signatures.numChannels, golden);
      assertFramesClose(golden, frame);
    }
  }

  private void predict(int numFrames) throws InterruptedException {
    int before = frames.size();
    for (int i = 0; i < numFrames; i++) {
      int wanted = before + i + 1;
      predictor.step();
      loop.runUntil(() -> frames.size() == wanted || !errors.isEmpty());
    }
    assertTrue(errors.toString(), errors.isEmpty());
  }

  private static void assertFramesClose(int[] expected, int[] pixels) {
    assertTrue(greatestDifference(expected, pixels) <= TOLERANCE);
    long sum = 0;
    for (int i = 0; i < pixels.length; i++) {
      sum += difference(expected[i], pixels[i]);
    }
    assertTrue((double) sum / pixels.length <= MEAN_TOLERANCE);
  }

  private static int greatestDifference(int[] one, int[] other) {
    int greatest = 0;
    for (int i = 0; i < one.length; i++) {
      greatest = Math.max(greatest, difference(one[i], other[i]));
    }
    return greatest;
  }

  private static int difference(int one, int other) {
    int greatest = 0;
    for (int shift = 0; shift < 24; shift += 8) {
      greatest = Math.max(greatest, Math.abs((one >> shift & 255) - (other >> shift & 255)));
    }
    return greatest;
  }
}
