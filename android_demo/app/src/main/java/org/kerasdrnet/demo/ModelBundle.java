package org.kerasdrnet.demo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.json.JSONException;
import org.json.JSONObject;

/** A folder written by {@code export.main}: variants of a model, and example clips. */
public final class ModelBundle {
  /** Access to a bundle's files. */
  public interface Files {
    InputStream open(String file) throws IOException;

    /** Maps a file into memory. */
    ByteBuffer map(String file) throws IOException;
  }

  private static final String MANIFEST_FILE = "manifest.json";
  private static final String EXAMPLES_FOLDER = "examples/";
  private static final String MODEL_PREFIX = "drnet";
  private static final String MODEL_SUFFIX = ".tflite";
  private static final String PLAIN_VARIANT = "float32";

  public final ModelSignatures signatures;

  /** Names of the variants, {@code float32} first if there is one. */
  public final List<String> variants;

  /** Folders of the example clips. */
  public final List<String> examples;

  private final Files files;
  private final JSONObject manifest; // Size and SHA-256 of each file, by its name.

  /**
   * Reads the lists of a bundle's files; no model is loaded yet.
   *
   * @throws BundleException files are missing or damaged
   */
  public ModelBundle(Files files) throws BundleException {
    this.files = files;
    signatures = ModelSignatures.parse(read(ModelSignatures.FILE));
    try {
      manifest = new JSONObject(read(MANIFEST_FILE)).getJSONObject("files");
    } catch (JSONException error) {
      throw new BundleException(MANIFEST_FILE + " cannot be read; copy the bundle again.", error);
    }
    TreeSet<String> models = new TreeSet<>();
    TreeSet<String> folders = new TreeSet<>();
    for (String file : names()) {
      if (file.startsWith(MODEL_PREFIX) && file.endsWith(MODEL_SUFFIX)) {
        models.add(variantOf(file));
      } else if (file.startsWith(EXAMPLES_FOLDER)) {
        folders.add(file.substring(0, file.lastIndexOf('/') + 1));
      }
    }
    variants = new ArrayList<>(models);
    if (variants.remove(PLAIN_VARIANT)) {
      variants.add(0, PLAIN_VARIANT);
    }
    if (variants.isEmpty()) {
      throw new BundleException("The bundle has no .tflite file; export it with TFLite.");
    }
    examples = new ArrayList<>(folders);
  }

  /**
   * Maps a variant's model into memory and verifies its SHA-256, since a runtime does not notice
   * a damaged weight.
   */
  public ByteBuffer model(String variant) throws BundleException {
    String file =
        MODEL_PREFIX + (variant.equals(PLAIN_VARIANT) ? "" : "_" + variant) + MODEL_SUFFIX;
    try {
      ByteBuffer model = files.map(file);
      String expected = manifest.getJSONObject(file).getString("sha256");
      if (!sha256(model).equals(expected)) {
        throw new BundleException(file + " is damaged; copy the bundle again.");
      }
      return model;
    } catch (IOException error) {
      throw cannotRead(file, error);
    } catch (JSONException error) {
      throw new BundleException(MANIFEST_FILE + " does not list " + file + ".", error);
    }
  }

  /** Returns the files of an example clip, oldest frame first. */
  public List<String> frames(String example) {
    TreeSet<String> frames = new TreeSet<>();
    for (String file : names()) {
      if (file.startsWith(example)) {
        frames.add(file);
      }
    }
    return new ArrayList<>(frames);
  }

  /** Opens a file. */
  public InputStream open(String file) throws BundleException {
    try {
      return files.open(file);
    } catch (IOException error) {
      throw cannotRead(file, error);
    }
  }

  private static String variantOf(String file) {
    String middle =
        file.substring(MODEL_PREFIX.length(), file.length() - MODEL_SUFFIX.length());
    return middle.isEmpty() ? PLAIN_VARIANT : middle.substring(1);
  }

  private Iterable<String> names() {
    return manifest::keys;
  }

  private String read(String file) throws BundleException {
    try (InputStream input = files.open(file)) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      byte[] buffer = new byte[1 << 13];
      for (int count; (count = input.read(buffer)) >= 0; ) {
        bytes.write(buffer, 0, count);
      }
      return new String(bytes.toByteArray(), StandardCharsets.UTF_8);
    } catch (IOException error) {
      throw cannotRead(file, error);
    }
  }

  private static BundleException cannotRead(String file, IOException error) {
    return new BundleException(
        file + " cannot be read (" + error.getMessage() + "); copy the bundle again.", error);
  }

  private static String sha256(ByteBuffer bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes.duplicate());
      StringBuilder text = new StringBuilder();
      for (byte value : digest.digest()) {
        text.append(String.format("%02x", value));
      }
      return text.toString();
    } catch (NoSuchAlgorithmException error) {
      throw new AssertionError("Every Java has SHA-256.", error);
    }
  }
}
