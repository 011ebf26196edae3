package org.kerasdrnet.demo;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.json.JSONObject;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Whole, damaged and incomplete bundles. */
public final class ModelBundleTest {
  @Rule public final TemporaryFolder temporary = new TemporaryFolder();
  private File folder;

  @Before
  public void copy() throws IOException {
    folder = temporary.getRoot();
    Path source = TestBundles.FOLDER.toPath();
    try (Stream<Path> paths = Files.walk(source)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        Path copy = folder.toPath().resolve(source.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(path, copy);
        }
      }
    }
  }

  @Test
  public void variantsAndExamplesAreListed() throws Exception {
    ModelBundle bundle = open();
    assertEquals("float32", bundle.variants.get(0));
    assertTrue(bundle.variants.contains("int8"));
    assertEquals("examples/1/", bundle.examples.get(0));
    assertEquals(
        bundle.signatures.numPast, bundle.frames(bundle.examples.get(0)).size());
    assertTrue(bundle.model("float32").isDirect());
  }

  @Test
  public void aDamagedModelIsRefused() throws Exception {
    try (RandomAccessFile file = new RandomAccessFile(new File(folder, "drnet.tflite"), "rw")) {
      file.seek(file.length() / 2);
      int value = file.read();
      file.seek(file.length() / 2);
      file.write(value ^ 1);
    }
    assertRefused("drnet.tflite is damaged", () -> open().model("float32"));
    open().model("int8");
  }

  @Test
  public void missingFilesAreNamed() throws Exception {
    assertRefused("drnet_float64.tflite", () -> open().model("float64"));
    assertTrue(new File(folder, "manifest.json").delete());
    assertRefused("manifest.json", this::open);
    assertTrue(new File(folder, "signatures.json").delete());
    assertRefused("signatures.json", this::open);
  }

  @Test
  public void aBundleWithoutModelsIsRefused() throws Exception {
    rewriteManifest(files -> {
      files.remove("drnet.tflite");
      files.remove("drnet_float16.tflite");
      files.remove("drnet_int8.tflite");
    });
    assertRefused("no .tflite", this::open);
  }

  @Test
  public void theFloat32ModelIsOptional() throws Exception {
    rewriteManifest(files -> files.remove("drnet.tflite"));
    ModelBundle bundle = open();
    assertFalse(bundle.variants.contains("float32"));
    bundle.model(bundle.variants.get(0));
  }

  private void rewriteManifest(Consumer<JSONObject> change) throws Exception {
    Path path = new File(folder, "manifest.json").toPath();
    JSONObject manifest =
        new JSONObject(new String(Files.readAllBytes(path), StandardCharsets.UTF_8));
    change.accept(manifest.getJSONObject("files"));
    Files.write(path, manifest.toString().getBytes(StandardCharsets.UTF_8));
  }

  private ModelBundle open() throws BundleException {
    return new ModelBundle(new TestBundles.DiskFiles(folder));
  }

  private static void assertRefused(String reason, org.junit.function.ThrowingRunnable action) {
    BundleException error = assertThrows(BundleException.class, action);
    assertTrue(error.getMessage(), error.getMessage().contains(reason));
  }
}
