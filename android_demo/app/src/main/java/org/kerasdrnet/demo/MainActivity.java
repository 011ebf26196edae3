package org.kerasdrnet.demo;

import android.Manifest;
import android.app.Activity;
import android.content.ActivityNotFoundException;
import android.content.Intent;
import android.content.pm.PackageManager;
import android.os.Bundle;
import android.view.View;
import android.widget.AdapterView;
import android.widget.ArrayAdapter;
import android.widget.Button;
import android.widget.Spinner;
import android.widget.Switch;
import android.widget.TextView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/** The only screen: a frame, its status, and the controls. */
public final class MainActivity extends Activity {
  private static final int PICK_VIDEO = 1;
  private static final int ASK_CAMERA = 2;
  private static final List<Integer> THREADS = Arrays.asList(1, 2, 4);
  private static final String CLIP = "clip";
  private static final String FULL_SPEED = "full_speed";

  private Demo demo;
  private Prediction prediction;
  private Playback playback;
  private FrameView frame;
  private TextView status;
  private TextView message;
  private Button pause;
  private Button swap;
  private Spinner clips;
  private Spinner variants;
  private Spinner threads;
  private ModelBundle shownBundle;

  @Override
  protected void onCreate(Bundle saved) {
    super.onCreate(saved);
    setContentView(R.layout.main);
    frame = findViewById(R.id.frame);
    status = findViewById(R.id.status);
    message = findViewById(R.id.message);
    pause = findViewById(R.id.pause);
    swap = findViewById(R.id.swap);
    clips = findViewById(R.id.clips);
    variants = findViewById(R.id.variants);
    threads = findViewById(R.id.threads);
    demo = (Demo) getLastNonConfigurationInstance();
    if (demo == null) {
      demo = new Demo((bundle, variant, numThreads) ->
          new LiteModelRunner(bundle.model(variant), numThreads));
      if (saved != null) {
        demo.prediction.playback().setAtFullSpeed(saved.getBoolean(FULL_SPEED));
      }
      int clip = saved == null ? 0 : saved.getInt(CLIP);
      demo.load(getAssets(), clip);
    }
    prediction = demo.prediction;
    playback = prediction.playback();
    listen();
    prediction.setScreen(this::draw);
  }

  @Override
  public Object onRetainNonConfigurationInstance() {
    return demo;
  }

  @Override
  protected void onSaveInstanceState(Bundle saved) {
    super.onSaveInstanceState(saved);
    saved.putBoolean(FULL_SPEED, playback.isAtFullSpeed());
    if (demo.library() != null) {
      saved.putInt(CLIP, demo.library().clips.indexOf(demo.clip()));
    }
  }

  @Override
  protected void onStart() {
    super.onStart();
    playback.setHidden(false);
  }

  @Override
  protected void onStop() {
    playback.setHidden(true);
    super.onStop();
  }

  @Override
  protected void onDestroy() {
    prediction.setScreen(null);
    if (!isChangingConfigurations()) {
      demo.close();
    }
    super.onDestroy();
  }

  /** Moves the app to the background without ending it, as Android 12 does by itself. */
  @Override
  @SuppressWarnings("deprecation")
  public void onBackPressed() {
    moveTaskToBack(true);
  }

  @Override
  protected void onActivityResult(int request, int result, Intent data) {
    if (request == PICK_VIDEO && result == RESULT_OK && data != null) {
      demo.start(new VideoFile(getApplicationContext(), data.getData(), demo.loop));
    }
  }

  @Override
  public void onRequestPermissionsResult(int request, String[] permissions, int[] results) {
    if (request != ASK_CAMERA) {
      return;
    }
    if (results.length > 0 && results[0] == PackageManager.PERMISSION_GRANTED) {
      startCamera();
    } else {
      prediction.tell(getString(R.string.camera_denied));
    }
  }

  private void listen() {
    pause.setOnClickListener(view -> playback.setPaused(!playback.isPaused()));
    swap.setOnClickListener(view -> demo.swapContent());
    findViewById(R.id.restart).setOnClickListener(view -> prediction.restart());
    findViewById(R.id.video).setOnClickListener(view -> pickVideo());
    findViewById(R.id.camera).setOnClickListener(view -> askCamera());
    Switch fullSpeed = findViewById(R.id.full_speed);
    fullSpeed.setChecked(playback.isAtFullSpeed());
    fullSpeed.setOnCheckedChangeListener((view, isOn) -> playback.setAtFullSpeed(isOn));
    List<String> numbers = new ArrayList<>();
    for (int number : THREADS) {
      numbers.add(getResources().getQuantityString(R.plurals.threads, number, number));
    }
    fill(threads, numbers, THREADS.indexOf(prediction.numThreads()), i ->
        prediction.setModel(prediction.variant(), THREADS.get(i)));
  }

  private void offerClips() {
    Library library = demo.library();
    List<String> labels = new ArrayList<>();
    for (Library.Clip clip : library.clips) {
      labels.add(clip.label);
    }
    fill(clips, labels, library.clips.indexOf(demo.clip()), i -> {
      demo.choose(library.clips.get(i));
      draw();
    });
  }

  /** Fills a spinner with labels; {@code onChoice} runs only if the choice changes. */
  private void fill(Spinner spinner, List<String> labels, int chosen, IntConsumer onChoice) {
    ArrayAdapter<String> adapter =
        new ArrayAdapter<>(this, android.R.layout.simple_spinner_item, labels);
    adapter.setDropDownViewResource(android.R.layout.simple_spinner_dropdown_item);
    spinner.setAdapter(adapter);
    spinner.setSelection(chosen, false);
    spinner.setOnItemSelectedListener(new AdapterView.OnItemSelectedListener() {
      private int last = chosen;

      @Override
      public void onItemSelected(AdapterView<?> parent, View view, int position, long id) {
        if (position != last) {
          last = position;
          onChoice.accept(position);
        }
      }

      @Override
      public void onNothingSelected(AdapterView<?> parent) {}
    });
  }

  private void pickVideo() {
    Intent intent = new Intent(Intent.ACTION_OPEN_DOCUMENT)
        .addCategory(Intent.CATEGORY_OPENABLE).setType("video/*");
    try {
      startActivityForResult(intent, PICK_VIDEO);
    } catch (ActivityNotFoundException error) {
      prediction.tell(getString(R.string.no_picker));
    }
  }

  private void askCamera() {
    if (!getPackageManager().hasSystemFeature(PackageManager.FEATURE_CAMERA_ANY)) {
      prediction.tell(getString(R.string.no_camera));
    } else if (checkSelfPermission(Manifest.permission.CAMERA)
        == PackageManager.PERMISSION_GRANTED) {
      startCamera();
    } else {
      requestPermissions(new String[] {Manifest.permission.CAMERA}, ASK_CAMERA);
    }
  }

  @SuppressWarnings("deprecation") // Its successor needs Android 11.
  private void startCamera() {
    int degrees = 90 * getWindowManager().getDefaultDisplay().getRotation();
    demo.start(new CameraFrames(getApplicationContext(), degrees, demo.loop));
  }

  private void draw() {
    if (demo.library() != null && clips.getAdapter() == null) {
      offerClips();
    }
    if (prediction.bundle() != shownBundle) {
      shownBundle = prediction.bundle();
      List<String> names = shownBundle.variants;
      fill(variants, names, names.indexOf(prediction.variant()), i ->
          prediction.setModel(names.get(i), prediction.numThreads()));
    }
    if (playback.pixels() != null) {
      frame.setFrame(playback.pixels(), playback.frameNumber() > 0);
    }
    status.setText(statusText());
    message.setText(prediction.message());
    message.setVisibility(prediction.message() == null ? View.GONE : View.VISIBLE);
    pause.setText(playback.isPaused() ? R.string.resume : R.string.pause);
    boolean isReady = demo.library() != null;
    for (int id : new int[] {R.id.pause, R.id.video, R.id.camera}) {
      findViewById(id).setEnabled(isReady);
    }
    boolean hasFrames = isReady && prediction.stage() != Prediction.Stage.READING;
    for (int id : new int[] {R.id.restart, R.id.swap}) {
      findViewById(id).setEnabled(hasFrames);
    }
  }

  private String statusText() {
    switch (prediction.stage()) {
      case READING:
        return getString(R.string.reading);
      case WATCHING:
        return getString(R.string.watching, playback.frameNumber());
      case GENERATING:
        return getString(
            R.string.generating,
            playback.frameNumber(),
            playback.milliseconds(),
            playback.framesPerSecond(),
            demo.contentClip().label);
      default:
        return getString(R.string.stopped);
    }
  }
}
