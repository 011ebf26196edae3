package org.kerasdrnet.demo;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.json.JSONObject;
import org.junit.Before;
import org.junit.Test;

/** What is read of {@code signatures.json}, and what is refused. */
public final class ModelSignaturesTest {
  private JSONObject json;

  @Before
  public void read() throws Exception {
    byte[] text = Files.readAllBytes(new File(TestBundles.FOLDER, ModelSignatures.FILE).toPath());
    json = new JSONObject(new String(text, StandardCharsets.UTF_8));
  }

  @Test
  public void theExportedFileIsUnderstood() throws Exception {
    ModelSignatures signatures = ModelSignatures.parse(json.toString());
    assertEquals(json.getInt("image_size"), signatures.imageSize);
    assertEquals(json.getInt("num_past"), signatures.numPast);
    assertEquals(json.getInt("frame_rate"), signatures.frameRate);
    assertTrue(signatures.state.contains("pose") && !signatures.content.isEmpty());
    int poseSize = json.getJSONObject("functions").getJSONObject("step")
        .getJSONObject("inputs").getJSONObject("pose").getJSONArray("shape").getInt(1);
    assertEquals(poseSize, signatures.size("pose"));
  }

  @Test
  public void anotherFormatIsRefused() throws Exception {
    json.put("format_version", 99);
    assertRefused("format 99");
  }

  @Test
  public void sizesThatContradictEachOtherAreRefused() throws Exception {
    json.put("image_size", json.getInt("image_size") / 2);
    assertRefused("contradicts itself");
  }

  @Test
  public void aStateThatIsNotGivenBackIsRefused() throws Exception {
    json.getJSONObject("functions").getJSONObject("step").getJSONObject("outputs").remove("pose");
    assertRefused("pose");
  }

  @Test
  public void otherTypesAndChannelsAreRefused() throws Exception {
    json.getJSONObject("functions").getJSONObject("seed").getJSONObject("inputs")
        .getJSONObject("past").put("dtype", "int8");
    assertRefused("int8");
    json.put("num_channels", 4);
    assertRefused("4 channels");
    json.put("num_past", 0);
    assertRefused("num_past");
  }

  @Test
  public void whatIsNoJsonIsRefused() {
    for (String text : new String[] {"", "{", "[]", "{}", "{\"format_version\": 2}"}) {
      BundleException error =
          assertThrows(BundleException.class, () -> ModelSignatures.parse(text));
      assertTrue(error.getMessage(), error.getMessage().contains("copy the bundle anew"));
    }
  }

  private void assertRefused(String reason) {
    BundleException error =
        assertThrows(BundleException.class, () -> ModelSignatures.parse(json.toString()));
    assertTrue(error.getMessage(), error.getMessage().contains(reason));
  }
}
