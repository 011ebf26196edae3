package org.kerasdrnet.demo;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/**
 * The stages of a prediction, on a model that counts: each frame is one step brighter, and its
 * first pixel shows the content.
 */
public final class PredictionTest {
  private static final float STEP = 1 / 255f;

  private final TestLoop loop = new TestLoop();
  private final AtomicInteger numOpen = new AtomicInteger();
  private final Semaphore stepAllowed = new Semaphore(1);
  private final List<String> opened = new ArrayList<>();
  private ModelBundle bundle;
  private ModelSignatures signatures;
  private Prediction prediction;
  private boolean modelsFail;

  @Before
  public void open() throws Exception {
    bundle = TestBundles.open(TestBundles.FOLDER);
    signatures = bundle.signatures;
    prediction = new Prediction((opened, variant, numThreads) -> {
      if (modelsFail) {
        throw new BundleException("damaged");
      }
      this.opened.add(variant + " " + numThreads);
      numOpen.incrementAndGet();
      return new CountingRunner();
    }, loop);
  }

  @After
  public void close() {
    prediction.close();
  }

  @Test
  public void observedFramesAreFollowedByPredictedOnes() throws Exception {
    List<Integer> numbers = new ArrayList<>();
    prediction.setScreen(() -> {
      if (prediction.stage() == Prediction.Stage.WATCHING) {
        numbers.add(prediction.playback().frameNumber());
      }
    });
    prediction.start(bundle, new Frames(100));
    assertEquals(Prediction.Stage.READING, prediction.stage());
    runToFrame(3);
    assertEquals(Prediction.Stage.GENERATING, prediction.stage());
    for (int i = 1; i < signatures.numPast; i++) {
      assertTrue(numbers.contains(i - signatures.numPast));
    }
    assertEquals(103, brightness());
    runToFrame(120);
    assertEquals(220, brightness());
    assertEquals(signatures.frameRate, prediction.playback().framesPerSecond(), 0.1);
    assertTrue(prediction.playback().milliseconds() > 0);
  }

  @Test
  public void aPauseStopsAtTheFrame() throws Exception {
    prediction.start(bundle, new Frames(0));
    runToFrame(5);
    prediction.playback().setPaused(true);
    loop.settle();
    int number = prediction.playback().frameNumber();
    assertTrue("at most the running step", number <= 6);
    loop.settle();
    assertEquals(number, prediction.playback().frameNumber());
    prediction.playback().setPaused(false);
    runToFrame(number + 3);
    assertEquals(number + 3, brightness());
  }

  @Test
  public void hidingPausesAndShowingRestoresThePause() throws Exception {
    prediction.start(bundle, new Frames(0));
    runToFrame(2);
    prediction.playback().setHidden(true);
    loop.settle();
    int number = prediction.playback().frameNumber();
    prediction.playback().setPaused(true);
    prediction.playback().setHidden(false);
    loop.settle();
    assertEquals(number, prediction.playback().frameNumber());
    prediction.playback().setPaused(false);
    runToFrame(number + 1);
  }

  @Test
  public void repeatedPausesKeepTheFrameRate() throws Exception {
    prediction.start(bundle, new Frames(0));
    runToFrame(1);
    for (int i = 0; i < 10; i++) {
      prediction.playback().setPaused(true);
      prediction.playback().setPaused(false);
    }
    runToFrame(40);
    assertEquals(signatures.frameRate, prediction.playback().framesPerSecond(), 0.1);
  }

  @Test
  public void aRestartDropsTheFrameOfARunningStep() throws Exception {
    prediction.start(bundle, new Frames(50));
    runToFrame(8);
    stepAllowed.acquire(); // The next step does not end before the release.
    loop.runUntil(stepAllowed::hasQueuedThreads);
    prediction.restart();
    stepAllowed.release();
    runToFrame(1);
    assertEquals(51, brightness());
    runToFrame(2);
    assertEquals(52, brightness());
    assertEquals(1, numOpen.get());
  }

  @Test
  public void fullSpeedHasNoDelay() throws Exception {
    prediction.start(bundle, new Frames(0));
    prediction.playback().setAtFullSpeed(true);
    runToFrame(1);
    long before = loop.now();
    runToFrame(30);
    assertEquals(before, loop.now());
  }

  @Test
  public void contentIsSwappedDuringThePrediction() throws Exception {
    prediction.start(bundle, new Frames(10));
    runToFrame(4);
    assertEquals(10, content());
    prediction.swapContent(new Frames(200));
    loop.runUntil(() -> content() == 200);
    assertEquals("the count continued", 10 + prediction.playback().frameNumber(), brightness());
    prediction.restart();
    runToFrame(2);
    assertEquals(200, content());
    assertEquals(12, brightness());
  }

  @Test
  public void anotherModelRestartsAndTheFirstIsFreed() throws Exception {
    prediction.start(bundle, new Frames(0));
    runToFrame(4);
    prediction.setModel("int8", 2);
    runToFrame(1);
    assertEquals(Arrays.asList("float32 1", "int8 2"), opened);
    loop.settle();
    assertEquals(1, numOpen.get());
  }

  @Test
  public void afterAModelFailsAnotherCanBeChosen() throws Exception {
    modelsFail = true;
    prediction.start(bundle, new Frames(0));
    loop.runUntil(() -> prediction.stage() == Prediction.Stage.FAILED);
    assertEquals("damaged", prediction.message());
    modelsFail = false;
    prediction.setModel("int8", 1);
    runToFrame(2);
    assertNull(prediction.message());
  }

  @Test
  public void aFailedSourceKeepsTheClipBeforeIt() throws Exception {
    prediction.start(bundle, new Frames(30));
    runToFrame(4);
    prediction.start(bundle, new Failing("too short"));
    loop.runUntil(() -> prediction.message() != null);
    assertEquals("too short", prediction.message());
    runToFrame(2);
    assertEquals(32, brightness());
    assertNotNull("the message stays visible", prediction.message());
  }

  @Test
  public void aFailedFirstSourceShowsAMessage() throws Exception {
    prediction.start(bundle, new Failing("no camera"));
    loop.runUntil(() -> prediction.stage() == Prediction.Stage.FAILED);
    assertEquals("no camera", prediction.message());
    prediction.restart();
    prediction.playback().setPaused(false);
    assertEquals(Prediction.Stage.FAILED, prediction.stage());
  }

  @Test
  public void aNewSourceClosesTheOldOne() throws Exception {
    Frames slow = new Frames(10);
    slow.waits = true;
    prediction.start(bundle, slow);
    prediction.start(bundle, new Frames(70));
    assertTrue(slow.isClosed);
    runToFrame(1);
    assertEquals(71, brightness());
  }

  @Test
  public void closingFreesTheModelAndStopsPlayback() throws Exception {
    prediction.start(bundle, new Frames(0));
    runToFrame(3);
    prediction.close();
    loop.settle();
    assertEquals(0, numOpen.get());
    assertEquals(3, prediction.playback().frameNumber());
  }

  private void runToFrame(int number) throws InterruptedException {
    loop.runUntil(() -> prediction.playback().frameNumber() == number
        && prediction.stage() == Prediction.Stage.GENERATING);
    assertFalse(prediction.playback().isPaused());
  }

  /** Returns the brightness of the last pixel. */
  private int brightness() {
    int[] pixels = prediction.playback().pixels();
    return pixels[pixels.length - 1] & 255;
  }

  /** Returns the brightness of the first pixel. */
  private int content() {
    return prediction.playback().pixels()[0] & 255;
  }

  /** Frames of one brightness. */
  private class Frames implements FrameSource {
    final int brightness;
    boolean waits;
    boolean isClosed;

    Frames(int brightness) {
      this.brightness = brightness;
    }

    @Override
    public void read(ModelSignatures signatures, Sink sink) {
      if (waits) {
        return;
      }
      loop.execute(() -> {
        for (int i = 0; i < signatures.numPast; i++) {
          int[] pixels = new int[signatures.imageSize * signatures.imageSize];
          Arrays.fill(pixels, 0xff000000 | brightness * 0x010101);
          sink.onFrame(pixels);
        }
        sink.onEnd();
      });
    }

    @Override
    public void close() {
      isClosed = true;
    }
  }

  /** A source that fails. */
  private final class Failing extends Frames {
    private final String message;

    Failing(String message) {
      super(0);
      this.message = message;
    }

    @Override
    public void read(ModelSignatures signatures, Sink sink) {
      loop.execute(() -> sink.onError(message));
    }
  }

  /** Adds one to the pose, and copies the content's first value to the frame's. */
  private final class CountingRunner implements ModelRunner {
    @Override
    public void run(
        String function, Map<String, ByteBuffer> inputs, Map<String, ByteBuffer> outputs) {
      String content = signatures.content.get(0);
      String pose = signatures.state.get(0);
      if (function.equals(signatures.primeFunction)) {
        outputs.get(content).putFloat(0, inputs.get("past").getFloat(0));
        outputs.get(pose).putFloat(0, inputs.get("past").getFloat(0));
        return;
      }
      stepAllowed.acquireUninterruptibly();
      stepAllowed.release();
      float next = inputs.get(pose).getFloat(0) + STEP;
      outputs.get(pose).putFloat(0, next);
      ByteBuffer frame = outputs.get("frame");
      for (int i = 0; i < frame.capacity(); i += Float.BYTES) {
        frame.putFloat(i, next);
      }
      for (int channel = 0; channel < signatures.numChannels; channel++) {
        frame.putFloat(channel * Float.BYTES, inputs.get(content).getFloat(0));
      }
    }

    @Override
    public void close() {
      numOpen.decrementAndGet();
    }
  }
}
