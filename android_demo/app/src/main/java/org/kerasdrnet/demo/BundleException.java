package org.kerasdrnet.demo;

/** A bundle, a clip or a camera cannot be used. The message is a sentence for the screen. */
public final class BundleException extends Exception {
  public BundleException(String message) {
    super(message);
  }

  public BundleException(String message, Throwable cause) {
    super(message, cause);
  }
}
