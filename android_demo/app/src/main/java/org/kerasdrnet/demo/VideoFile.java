package org.kerasdrnet.demo;

import android.content.Context;
import android.graphics.Bitmap;
import android.media.MediaMetadataRetriever;
import android.net.Uri;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** The beginning of a video on the phone, sampled at the model's frame rate. */
final class VideoFile extends StoredFrames {
  private final Context context;
  private final Uri uri;

  /** Reads nothing yet. */
  VideoFile(Context context, Uri uri, Executor callbacks) {
    super(callbacks);
    this.context = context;
    this.uri = uri;
  }

  @Override
  List<int[]> frames(ModelSignatures signatures) throws BundleException {
    MediaMetadataRetriever retriever = new MediaMetadataRetriever();
    try {
      retriever.setDataSource(context, uri);
      requireLength(retriever, signatures);
      List<int[]> frames = new ArrayList<>(); // Resized, as the images may be too large to keep.
      for (int i = 0; i < signatures.numPast; i++) {
        Bitmap bitmap = retriever.getFrameAtTime(
            i * 1_000_000L / signatures.frameRate, MediaMetadataRetriever.OPTION_CLOSEST);
        if (bitmap == null) {
          throw new BundleException(
              "The video has no image at frame " + i + "; choose another.");
        }
        frames.add(Bitmaps.toPicture(bitmap)
            .toFrame(signatures.imageSize, signatures.cropsToSquare));
      }
      return frames;
    } catch (RuntimeException error) {
      throw new BundleException("The video cannot be read; choose another.", error);
    } finally {
      release(retriever);
    }
  }

  private static void requireLength(
      MediaMetadataRetriever retriever, ModelSignatures signatures) throws BundleException {
    String length = retriever.extractMetadata(MediaMetadataRetriever.METADATA_KEY_DURATION);
    long milliseconds = length == null ? 0 : Long.parseLong(length);
    long needed = 1000L * (signatures.numPast - 1) / signatures.frameRate;
    if (milliseconds < needed) {
      throw new BundleException(
          "The video lasts " + milliseconds + " ms; the model observes " + needed
              + " ms: choose a longer one.");
    }
  }

  private static void release(MediaMetadataRetriever retriever) {
    try {
      retriever.release();
    } catch (IOException error) {
      // The frames were read, or another error says why not.
    }
  }
}
