package org.kerasdrnet.demo;

import android.content.res.AssetManager;

/** What outlives the screen: the bundles, what was chosen of them, and the prediction. */
final class Demo {
  /** Runs what the background threads tell, on the main thread. */
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
   * @param clipNumber number of the clip, if there are so many
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

  /** Returns the clip that was chosen last. */
  Library.Clip clip() {
    return clip;
  }

  /** Returns the clip whose content is shown. */
  Library.Clip contentClip() {
    return contentClip;
  }

  /** Goes on from a clip. */
  void choose(Library.Clip chosen) {
    clip = chosen;
    contentClip = chosen;
    prediction.start(chosen.bundle, frames(chosen));
  }

  /** Goes on from other frames than a clip's, with the model of the clip chosen last. */
  void start(FrameSource source) {
    if (library == null) {
      // Android ended the app while a video was chosen: it is told before all is read again.
      waiting = source;
      return;
    }
    contentClip = clip;
    prediction.start(clip.bundle, source);
  }

  /** Goes on with the content of the next clip. */
  void swapContent() {
    contentClip = library.next(contentClip);
    prediction.swapContent(frames(contentClip));
  }

  /** Frees what it has; nothing else may be called. */
  void close() {
    isClosed = true;
    prediction.close();
  }

  private FrameSource frames(Library.Clip clip) {
    return new ExampleClip(clip.bundle, clip.folder, loop);
  }
}
