package org.kerasdrnet.demo;

import android.content.Context;
import android.graphics.Bitmap;
import android.graphics.Canvas;
import android.graphics.Color;
import android.graphics.Paint;
import android.graphics.Rect;
import android.util.AttributeSet;
import android.view.View;

/** Shows a frame as large as fits, with a green border if it was observed, red if predicted. */
public final class FrameView extends View {
  private static final int OBSERVED = Color.rgb(0, 160, 0);
  private static final int PREDICTED = Color.rgb(208, 0, 0);
  private static final int BORDER_DP = 6;

  private final Paint paint = new Paint();
  private final Rect target = new Rect();
  private final int border;
  private Bitmap bitmap;
  private boolean isPredicted;

  public FrameView(Context context, AttributeSet attributes) {
    super(context, attributes);
    paint.setFilterBitmap(false); // Shows the model's own pixels.
    border = Math.round(BORDER_DP * getResources().getDisplayMetrics().density);
  }

  /**
   * Shows a frame.
   *
   * @param pixels pixels of a square; copied
   * @param isPredicted whether it was predicted, not observed
   */
  public void setFrame(int[] pixels, boolean isPredicted) {
    int side = (int) Math.round(Math.sqrt(pixels.length));
    if (bitmap == null || bitmap.getWidth() != side) {
      bitmap = Bitmap.createBitmap(side, side, Bitmap.Config.ARGB_8888);
    }
    bitmap.setPixels(pixels, 0, side, 0, 0, side, side);
    this.isPredicted = isPredicted;
    invalidate();
  }

  @Override
  protected void onDraw(Canvas canvas) {
    if (bitmap == null) {
      return;
    }
    int side = Math.min(getWidth(), getHeight());
    int left = (getWidth() - side) / 2;
    int top = (getHeight() - side) / 2;
    paint.setColor(isPredicted ? PREDICTED : OBSERVED);
    canvas.drawRect(left, top, left + side, top + side, paint);
    target.set(left + border, top + border, left + side - border, top + side - border);
    canvas.drawBitmap(bitmap, null, target, paint);
  }
}
