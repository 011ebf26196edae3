package org.kerasdrnet.demo;

import static org.junit.Assert.assertTrue;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A main thread whose clock jumps to the next task; it only waits for other threads. */
final class TestLoop implements MainLoop {
  private static final int PATIENCE = 20_000; // Milliseconds.

  private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
  private final PriorityQueue<Later> later =
      new PriorityQueue<>(Comparator.comparingLong((Later task) -> task.time));
  private long now;

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public void executeLater(Runnable task, long delay) {
    later.add(new Later(task, now + delay));
  }

  @Override
  public long now() {
    return now;
  }

  /** Runs tasks until a condition holds. */
  void runUntil(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Runnable task = tasks.poll();
      if (task == null && !later.isEmpty()) {
        Later next = later.poll();
        now = Math.max(now, next.time);
        task = next.task;
      }
      for (int i = 0; task == null && !condition.getAsBoolean(); i++) {
        assertTrue("The condition did not become true.", i < PATIENCE);
        task = tasks.poll(1, TimeUnit.MILLISECONDS);
      }
      if (task != null) {
        task.run();
      }
    }
  }

  /** Runs all tasks, also those that other threads add within 200 ms. */
  void settle() throws InterruptedException {
    for (Runnable task; (task = tasks.poll(200, TimeUnit.MILLISECONDS)) != null; ) {
      task.run();
    }
    while (!later.isEmpty()) {
      later.poll().task.run();
    }
  }

  private static final class Later {
    final Runnable task;
    final long time;

    Later(Runnable task, long time) {
      this.task = task;
      this.time = time;
    }
  }
}
