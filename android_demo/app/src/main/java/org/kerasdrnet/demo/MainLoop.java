package org.kerasdrnet.demo;

import java.util.concurrent.Executor;

/** The main thread: runs tasks now and later. */
public interface MainLoop extends Executor {
  /** Returns milliseconds since some moment. */
  long now();

  /** Runs a task after some milliseconds. */
  void executeLater(Runnable task, long delay);
}
