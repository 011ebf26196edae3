package org.kerasdrnet.demo;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotSame;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;
import static org.robolectric.Shadows.shadowOf;

import android.Manifest;
import android.content.Intent;
import android.content.pm.PackageManager;
import android.graphics.Bitmap;
import android.graphics.Canvas;
import android.graphics.Color;
import android.net.Uri;
import android.os.Looper;
import android.view.View;
import android.widget.Button;
import android.widget.Spinner;
import android.widget.TextView;
import java.io.File;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.Robolectric;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.android.controller.ActivityController;
import org.robolectric.annotation.Config;
import org.robolectric.annotation.GraphicsMode;
import org.robolectric.shadows.ShadowMediaMetadataRetriever;
import org.robolectric.shadows.util.DataSource;

/** The whole app on Android's own classes, with the packed model, but not on a phone. */
@RunWith(RobolectricTestRunner.class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(sdk = 35, qualifiers = "w360dp-h640dp-xhdpi")
public final class MainActivityTest {
  private static final long PATIENCE = 8_000;

  private ActivityController<MainActivity> controller;

  @Before
  public void start() {
    TestBundles.requireTensorFlowLite();
    controller = Robolectric.buildActivity(MainActivity.class).setup();
  }

  @After
  public void finish() {
    controller.get().finish();
    controller.close();
  }

  @Test
  public void predictsAndDrawsFrames() throws Exception {
    runUntil(() -> status().startsWith("Frame -"));
    runUntil(() -> status().startsWith("Frame 12,"));
    assertTrue(status(), status().contains("shown a second"));
    Bitmap portrait = screenshot("portrait.png");
    assertTrue(portrait.getHeight() > portrait.getWidth());
    assertEquals(Color.rgb(208, 0, 0), borderColor(portrait));
    press(R.id.restart);
    runUntil(() -> status().startsWith("Frame -2,"));
    assertEquals(Color.rgb(0, 160, 0), borderColor(screenshot("observed.png")));
  }

  @Test
  public void rotationKeepsThePrediction() throws Exception {
    runUntil(() -> status().startsWith("Frame 7,"));
    MainActivity before = controller.get();
    RuntimeEnvironment.setQualifiers("+land");
    controller.configurationChange().visible();
    assertNotSame(before, controller.get());
    assertTrue(status(), status().startsWith("Frame 7,") || status().startsWith("Frame 8,"));
    runUntil(() -> status().startsWith("Frame 10,"));
    Bitmap landscape = screenshot("landscape.png");
    assertTrue(landscape.getWidth() > landscape.getHeight());
    assertEquals(Color.rgb(208, 0, 0), borderColor(landscape));
  }

  @Test
  public void buttonsPauseResumeRestartAndSwap() throws Exception {
    runUntil(() -> status().startsWith("Frame 4,"));
    press(R.id.pause);
    assertEquals("Resume", this.<Button>find(R.id.pause).getText().toString());
    runFor(2000);
    String paused = status();
    runFor(2000);
    assertEquals(paused, status());
    press(R.id.swap);
    press(R.id.pause);
    runUntil(() -> status().startsWith("Frame 10,"));
    assertTrue(status(), status().contains("Content: moving_mnist 2"));
    press(R.id.restart);
    runUntil(() -> status().startsWith("Frame 1,"));
  }

  @Test
  public void pausesInTheBackground() throws Exception {
    runUntil(() -> status().startsWith("Frame 3,"));
    controller.pause().stop();
    runFor(500);
    String stopped = status();
    runFor(3000);
    assertEquals(stopped, status());
    controller.start().resume();
    runUntil(() -> !status().equals(stopped));
  }

  @Test
  @SuppressWarnings("deprecation") // As the system calls it up to Android 11.
  public void theBackButtonKeepsThePrediction() throws Exception {
    runUntil(() -> status().startsWith("Frame 3,"));
    controller.get().onBackPressed();
    assertFalse(controller.get().isFinishing());
    runUntil(() -> status().startsWith("Frame 5,"));
  }

  @Test
  public void everyVariantCanBeChosen() throws Exception {
    runUntil(() -> status().startsWith("Frame 1,"));
    Spinner variants = find(R.id.variants);
    for (int i = variants.getCount() - 1; i >= 0; i--) {
      variants.setSelection(i);
      runUntil(() -> status().startsWith("Frame -"));
      runUntil(() -> status().startsWith("Frame 2,"));
      assertEquals(View.GONE, find(R.id.message).getVisibility());
    }
  }

  @Test
  public void withoutACameraThereIsAMessage() throws Exception {
    runUntil(() -> status().startsWith("Frame 1,"));
    press(R.id.camera);
    assertMessage("There is no camera");
    runUntil(() -> status().startsWith("Frame 4,"));
  }

  @Test
  public void aDeniedCameraThereIsAMessage() throws Exception {
    runUntil(() -> status().startsWith("Frame 1,"));
    shadowOf(RuntimeEnvironment.getApplication().getPackageManager())
        .setSystemFeature(PackageManager.FEATURE_CAMERA_ANY, true);
    press(R.id.camera);
    controller.get().onRequestPermissionsResult(
        2, new String[] {Manifest.permission.CAMERA},
        new int[] {PackageManager.PERMISSION_DENIED});
    assertMessage("The app may not use the camera");
  }

  @Test
  public void anAllowedCameraThatIsNotThereIsAMessage() throws Exception {
    runUntil(() -> status().startsWith("Frame 1,"));
    shadowOf(RuntimeEnvironment.getApplication().getPackageManager())
        .setSystemFeature(PackageManager.FEATURE_CAMERA_ANY, true);
    shadowOf(RuntimeEnvironment.getApplication()).grantPermissions(Manifest.permission.CAMERA);
    press(R.id.camera);
    runUntil(() -> message().contains("There is no camera"));
    runUntil(() -> status().startsWith("Frame 3,"));
  }

  @Test
  public void aVideoOfTooFewFramesIsAMessage() throws Exception {
    runUntil(() -> status().startsWith("Frame 1,"));
    Uri uri = Uri.parse("content://videos/short");
    ShadowMediaMetadataRetriever.addMetadata(
        DataSource.toDataSource(controller.get().getApplicationContext(), uri),
        android.media.MediaMetadataRetriever.METADATA_KEY_DURATION, "100");
    choose(uri);
    runUntil(() -> message().contains("The video lasts 100 ms"));
    runUntil(() -> status().startsWith("Frame 3,"));
  }

  @Test
  public void aVideoIsSampledAndContinued() throws Exception {
    runUntil(() -> status().startsWith("Frame 1,"));
    Uri uri = Uri.parse("content://videos/good");
    DataSource source = DataSource.toDataSource(controller.get().getApplicationContext(), uri);
    ShadowMediaMetadataRetriever.addMetadata(
        source, android.media.MediaMetadataRetriever.METADATA_KEY_DURATION, "5000");
    for (int i = 0; i < 5; i++) {
      Bitmap bitmap = Bitmap.createBitmap(160, 120, Bitmap.Config.ARGB_8888);
      bitmap.eraseColor(Color.rgb(40 * i, 0, 255 - 40 * i));
      ShadowMediaMetadataRetriever.addFrame(source, i * 125_000L, bitmap);
    }
    choose(uri);
    runUntil(() -> status().startsWith("Frame -"));
    runUntil(() -> status().startsWith("Frame 3,"));
    assertEquals(View.GONE, find(R.id.message).getVisibility());
  }

  @Test
  public void aVideoThatIsChosenBeforeTheBundlesAreReadIsShown() throws Exception {
    Uri uri = Uri.parse("content://videos/early");
    ShadowMediaMetadataRetriever.addMetadata(
        DataSource.toDataSource(controller.get().getApplicationContext(), uri),
        android.media.MediaMetadataRetriever.METADATA_KEY_DURATION, "100");
    Demo demo = new Demo((bundle, variant, numThreads) -> {
      throw new BundleException("not needed");
    });
    demo.start(new VideoFile(controller.get(), uri, demo.loop));
    demo.load(controller.get().getAssets(), 0);
    runUntil(() -> demo.prediction.message() != null
        && demo.prediction.message().contains("The video lasts 100 ms"));
    demo.prediction.close();
  }

  @Test
  public void closingBeforeTheBundlesAreReadOpensNoModel() throws Exception {
    AtomicBoolean isOpened = new AtomicBoolean();
    Demo demo = new Demo((bundle, variant, numThreads) -> {
      isOpened.set(true);
      throw new BundleException("not needed");
    });
    demo.load(controller.get().getAssets(), 0);
    demo.close();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("library")) {
        thread.join();
      }
    }
    runFor(500);
    assertNull(demo.library());
    assertFalse(isOpened.get());
  }

  @Test
  public void aFileThatIsNotAVideoIsAMessage() throws Exception {
    runUntil(() -> status().startsWith("Frame 1,"));
    Uri uri = Uri.parse("content://videos/none");
    ShadowMediaMetadataRetriever.addException(
        DataSource.toDataSource(controller.get().getApplicationContext(), uri),
        new IllegalArgumentException("setDataSource failed"));
    choose(uri);
    runUntil(() -> message().contains("The video cannot be read"));
  }

  private void choose(Uri uri) {
    press(R.id.video);
    Intent asked = shadowOf(controller.get()).getNextStartedActivityForResult().intent;
    assertEquals(Intent.ACTION_OPEN_DOCUMENT, asked.getAction());
    shadowOf(controller.get()).receiveResult(
        asked, MainActivity.RESULT_OK, new Intent().setData(uri));
  }

  private void press(int id) {
    find(id).performClick();
    shadowOf(Looper.getMainLooper()).idle();
  }

  private <T extends View> T find(int id) {
    return controller.get().findViewById(id);
  }

  private String status() {
    return this.<TextView>find(R.id.status).getText().toString();
  }

  private String message() {
    return this.<TextView>find(R.id.message).getText().toString();
  }

  private void assertMessage(String text) {
    assertTrue(message(), message().contains(text));
    assertEquals(View.VISIBLE, find(R.id.message).getVisibility());
  }

  /** Runs the main thread's tasks, one by one, until a condition holds. */
  private void runUntil(BooleanSupplier condition) throws InterruptedException {
    long end = System.currentTimeMillis() + PATIENCE;
    while (!condition.getAsBoolean()) {
      if (System.currentTimeMillis() > end) {
        throw new AssertionError("Not true in time; the screen says: " + status() + message());
      }
      shadowOf(Looper.getMainLooper()).runOneTask();
      Thread.sleep(1);
    }
  }

  /** Advances the phone's clock. */
  private static void runFor(long milliseconds) throws InterruptedException {
    for (long passed = 0; passed < milliseconds; passed += 100) {
      shadowOf(Looper.getMainLooper()).idleFor(java.time.Duration.ofMillis(100));
      Thread.sleep(2);
    }
  }

  private Bitmap screenshot(String name) throws Exception {
    View decor = controller.get().getWindow().getDecorView();
    Bitmap bitmap =
        Bitmap.createBitmap(decor.getWidth(), decor.getHeight(), Bitmap.Config.ARGB_8888);
    decor.draw(new Canvas(bitmap));
    File folder = new File(System.getProperty("screenshots"));
    assertTrue(folder.isDirectory() || folder.mkdirs());
    try (OutputStream output = new FileOutputStream(new File(folder, name))) {
      bitmap.compress(Bitmap.CompressFormat.PNG, 100, output);
    }
    return bitmap;
  }

  /** Returns the color at the middle of the frame's upper edge. */
  private int borderColor(Bitmap screen) {
    View frame = find(R.id.frame);
    int[] origin = new int[2];
    frame.getLocationInWindow(origin);
    int side = Math.min(frame.getWidth(), frame.getHeight());
    return screen.getPixel(
        origin[0] + frame.getWidth() / 2, origin[1] + (frame.getHeight() - side) / 2 + 2);
  }
}
