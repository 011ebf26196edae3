package org.kerasdrnet.demo;

import android.os.Handler;
import android.os.Looper;
import android.os.SystemClock;

/** Android's main thread. */
final class HandlerLoop implements MainLoop {
  private final Handler handler = new Handler(Looper.getMainLooper());

  @Override
  public void execute(Runnable task) {
    handler.post(task);
  }

  @Override
  public void executeLater(Runnable task, long delay) {
    handler.postDelayed(task, delay);
  }

  @Override
  public long now() {
    return SystemClock.elapsedRealtime();
  }
}
