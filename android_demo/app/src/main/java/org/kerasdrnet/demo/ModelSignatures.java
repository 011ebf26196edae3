package org.kerasdrnet.demo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.json.JSONArray;
import org.json.JSONException;
import org.json.JSONObject;

/**
 * Inputs and outputs of a model, read from its bundle's {@code signatures.json}.
 *
 * <p>Nothing else in the app knows a size or a tensor's name.
 */
public final class ModelSignatures {
  /** Name of the file in a bundle. */
  public static final String FILE = "signatures.json";

  private static final int FORMAT_VERSION = 4;

  /** Name of the model. */
  public final String name;

  /** Side of a frame, pixels. */
  public final int imageSize;

  /** 1 (gray) or 3 (red, green, blue). */
  public final int numChannels;

  /** Number of observed frames that {@link #primeFunction} takes. */
  public final int numPast;

  /** Frames a second of the video that the model was trained on. */
  public final int frameRate;

  /** Whether other shapes are cropped to a square; otherwise they are squashed. */
  public final boolean cropsToSquare;

  /** Names of the tensors that {@link #primeFunction} returns and {@code step} takes unchanged. */
  public final List<String> content;

  /**
   * Names of the tensors that {@link #primeFunction} returns, and that {@code step} takes and
   * returns updated.
   */
  public final List<String> state;

  /** Function that observes frames: {@code prime}, {@code seed} before format 3. */
  public final String primeFunction;

  private final Map<String, Integer> sizes = new HashMap<>();

  private ModelSignatures(JSONObject json) throws JSONException, BundleException {
    int version = json.getInt("format_version");
    if (version < 1 || version > FORMAT_VERSION) {
      throw new BundleException(
          FILE + " has format " + version + "; this app reads 1 to " + FORMAT_VERSION
              + ": build it again from the project that wrote the bundle.");
    }
    name = json.getString("name");
    imageSize = positive(json, "image_size");
    numChannels = positive(json, "num_channels");
    numPast = positive(json, "num_past");
    frameRate = positive(json, "frame_rate");
    String resize = version > 1 ? json.getString("resize") : json.optString("resize", "squash");
    cropsToSquare = resize.equals("crop");
    primeFunction = version > 2 ? "prime" : "seed";
    content = names(json.getJSONArray("content"));
    state = names(json.getJSONArray("state"));
    if (numChannels != 1 && numChannels != 3) {
      throw new BundleException(FILE + " asks for " + numChannels + " channels, not 1 or 3.");
    }
    JSONObject functions = json.getJSONObject("functions");
    JSONObject prime = functions.getJSONObject(primeFunction);
    JSONObject step = functions.getJSONObject("step");
    for (String tensor : content) {
      addSize(prime.getJSONObject("outputs"), tensor);
      requireSameSize(step.getJSONObject("inputs"), tensor);
    }
    for (String tensor : state) {
      addSize(prime.getJSONObject("outputs"), tensor);
      requireSameSize(step.getJSONObject("inputs"), tensor);
      requireSameSize(step.getJSONObject("outputs"), tensor);
    }
    requireSize(prime.getJSONObject("inputs"), "past", (long) numPast * frameSize());
    requireSize(step.getJSONObject("outputs"), "frame", frameSize());
  }

  /**
   * Reads the text of {@code signatures.json}.
   *
   * @throws BundleException the text is damaged, of a later format, or inconsistent
   */
  public static ModelSignatures parse(String text) throws BundleException {
    try {
      return new ModelSignatures(new JSONObject(text));
    } catch (JSONException error) {
      throw new BundleException(
          FILE + " cannot be read (" + error.getMessage() + "); copy the bundle again.", error);
    }
  }

  /** Returns the number of values of a frame. */
  public int frameSize() {
    return imageSize * imageSize * numChannels;
  }

  /** Returns the number of values of a tensor of {@link #content} or {@link #state}. */
  public int size(String tensor) {
    return sizes.get(tensor);
  }

  private static int positive(JSONObject json, String key) throws JSONException {
    int value = json.getInt(key);
    if (value < 1 || value > 1 << 12) {
      throw new JSONException(key + " is " + value);
    }
    return value;
  }

  private static List<String> names(JSONArray array) throws JSONException {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < array.length(); i++) {
      names.add(array.getString(i));
    }
    return Collections.unmodifiableList(names);
  }

  private void addSize(JSONObject tensors, String tensor) throws JSONException {
    long size = size(tensors, tensor);
    if (size > Integer.MAX_VALUE / Float.BYTES) {
      throw new JSONException(tensor + " has " + size + " values");
    }
    sizes.put(tensor, (int) size);
  }

  private void requireSameSize(JSONObject tensors, String tensor)
      throws JSONException, BundleException {
    requireSize(tensors, tensor, sizes.get(tensor));
  }

  private static void requireSize(JSONObject tensors, String tensor, long expected)
      throws JSONException, BundleException {
    long size = size(tensors, tensor);
    if (size != expected) {
      throw new BundleException(
          FILE + " contradicts itself: " + tensor + " has " + size + " values, not " + expected
              + "; copy the bundle again.");
    }
  }

  /** Returns the number of values of a float32 tensor; a batch of any size counts as 1. */
  private static long size(JSONObject tensors, String tensor) throws JSONException {
    JSONObject json = tensors.getJSONObject(tensor);
    if (!json.getString("dtype").equals("float32")) {
      throw new JSONException(tensor + " is " + json.getString("dtype") + ", not float32");
    }
    JSONArray shape = json.getJSONArray("shape");
    long size = 1;
    for (int i = 0; i < shape.length(); i++) {
      size = Math.multiplyExact(size, shape.isNull(i) ? 1 : shape.getLong(i));
    }
    return size;
  }
}
