package org.kerasdrnet.demo;

import android.content.res.AssetManager;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** The example clips of all bundles inside the app. */
final class Library {
  /** Folder among the assets, with a folder for each bundle. */
  static final String FOLDER = "bundles";

  /** An example clip. */
  static final class Clip {
    final ModelBundle bundle;
    final String folder;
    final String label;

    Clip(ModelBundle bundle, String folder, int number) {
      this.bundle = bundle;
      this.folder = folder;
      label = bundle.signatures.name + " " + number;
    }
  }

  /** All clips, bundle by bundle; at least one. */
  final List<Clip> clips = new ArrayList<>();

  /**
   * Reads the bundles; no model is loaded yet.
   *
   * @throws BundleException there is no clip, or a bundle is damaged
   */
  Library(AssetManager assets) throws BundleException {
    for (String name : names(assets)) {
      ModelBundle bundle = new ModelBundle(new AssetFiles(assets, FOLDER + "/" + name));
      int number = 0;
      for (String folder : bundle.examples) {
        clips.add(new Clip(bundle, folder, ++number));
      }
    }
    if (clips.isEmpty()) {
      throw new BundleException(
          "The app was built without a bundle that has example clips; see its README.");
    }
  }

  /** Returns the next clip of the same bundle; the first one follows the last. */
  Clip next(Clip clip) {
    int i = clips.indexOf(clip);
    do {
      i = (i + 1) % clips.size();
    } while (clips.get(i).bundle != clip.bundle);
    return clips.get(i);
  }

  private static Iterable<String> names(AssetManager assets) throws BundleException {
    TreeSet<String> names = new TreeSet<>();
    try {
      for (String path : assets.list(FOLDER)) {
        names.add(path.split("/")[0]); // Robolectric also lists what is in the folders.
      }
    } catch (IOException error) {
      throw new BundleException("The app's files cannot be read: " + error.getMessage(), error);
    }
    return names;
  }
}
