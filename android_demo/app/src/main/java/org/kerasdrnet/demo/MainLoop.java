package org.kerasdrnet.demo;

import java.util.concurrent.Executor;

/** The main thread: runs tasks now and later. */
public interface MainLoop extends Executor {
  /** Returns the time in milliseconds since a fixed but arbitrary moment. */
  long now();

  /** Runs a task after a delay in milliseconds. */
  void executeLater(Runnable task, long delay);
}
