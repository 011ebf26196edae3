package org.kerasdrnet.demo;

import android.content.res.AssetManager;

/** State that survives the screen: the bundles, the chosen clips and the prediction. */
final class Demo {
  /** Runs callbacks of the background threads on the main thread. */
  final HandlerLoop loop = new HandlerLoop();

  final Prediction prediction;

  private Library library;
  private Library.Clip clip;
  private Library.Clip contentClip;
  private FrameSource waiting;
  private boolean isClosed;

  /**
   * Reads nothing yet.
   *
   * @param models opens the models
   */
  Demo(Prediction.Models models) {
    prediction = new Prediction(models, loop);
  }

  /**
   * Reads the bundles on another thread and starts with a clip.
   *
   * @param clipNumber number of the clip, from 0; the last one if there are fewer
   */
  void load(AssetManager assets, int clipNumber) {
    new Thread(() -> {
      try {
        Library read = new Library(assets);
        loop.execute(() -> {
          if (isClosed) {
            return;
          }
          library = read;
          choose(read.clips.get(Math.min(clipNumber, read.clips.size() - 1)));
          if (waiting != null) {
            start(waiting);
          }
        });
      } catch (BundleException error) {
        loop.execute(() -> prediction.fail(error.getMessage()));
      }
    }, "library").start();
  }

  /** Returns the bundles, or {@code null} before they are read. */
  Library library() {
    return library;
  }

  /** Returns the last chosen clip. */
  Library.Clip clip() {
    return clip;
  }

  /** Returns the clip whose content is shown. */
  Library.Clip contentClip() {
    return contentClip;
  }

  /** Predicts from a clip. */
  void choose(Library.Clip chosen) {
    clip = chosen;
    contentClip = chosen;
    prediction.start(chosen.bundle, frames(chosen));
  }

  /** Predicts from other frames, with the model of the last chosen clip. */
  void start(FrameSource source) {
    if (library == null) {
      // Android ended the app while the user chose a video, and returns it before `load` is done.
      waiting = source;
      return;
    }
    contentClip = clip;
    prediction.start(clip.bundle, source);
  }

  /** Continues with the content of the next clip. */
  void swapContent() {
    contentClip = library.next(contentClip);
    prediction.swapContent(frames(contentClip));
  }

  /** Frees the model and stops reading; no other method may be called after it. */
  void close() {
    isClosed = true;
    prediction.close();
  }

  private FrameSource frames(Library.Clip clip) {
    return new ExampleClip(clip.bundle, clip.folder, loop);
  }
}
