package org.kerasdrnet.demo;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import org.json.JSONObject;
import org.junit.Before;
import org.junit.Test;

/** Reading {@code signatures.json}, of today's and of earlier formats. */
public final class ModelSignaturesTest {
  private JSONObject json;

  @Before
  public void read() throws Exception {
    json = new JSONObject(TestBundles.signatures(TestBundles.FOLDER));
  }

  @Test
  public void theExportedFileIsRead() throws Exception {
    ModelSignatures signatures = ModelSignatures.parse(json.toString());
    assertEquals(json.getInt("image_size"), signatures.imageSize);
    assertEquals(json.getInt("num_past"), signatures.numPast);
    assertEquals(json.getInt("frame_rate"), signatures.frameRate);
    assertTrue(signatures.state.contains("pose") && !signatures.content.isEmpty());
    int poseSize = json.getJSONObject("functions").getJSONObject("step")
        .getJSONObject("inputs").getJSONObject("pose").getJSONArray("shape").getInt(1);
    assertEquals(poseSize, signatures.size("pose"));
    assertEquals("prime", signatures.primeFunction);
  }

  @Test
  public void formatTwoNamesTheFunctionSeed() throws Exception {
    JSONObject old = new JSONObject(TestBundles.signatures(TestBundles.OLD_FOLDER));
    assertEquals(2, old.getInt("format_version"));
    assertEquals("seed", ModelSignatures.parse(old.toString()).primeFunction);
    assertFalse(ModelSignatures.parse(old.toString()).cropsToSquare);
    old.put("resize", "crop");
    assertTrue(ModelSignatures.parse(old.toString()).cropsToSquare);
  }

  @Test
  public void formatOneHasNoResize() throws Exception {
    JSONObject old = new JSONObject(TestBundles.signatures(TestBundles.OLD_FOLDER));
    old.put("format_version", 1).put("resize", "crop");
    assertTrue(ModelSignatures.parse(old.toString()).cropsToSquare);
    old.remove("resize");
    ModelSignatures signatures = ModelSignatures.parse(old.toString());
    assertFalse(signatures.cropsToSquare);
    assertEquals("seed", signatures.primeFunction);
    assertEquals(32, signatures.imageSize);
  }

  @Test
  public void otherFormatsAreRefused() throws Exception {
    json.put("format_version", 99);
    assertRefused("format 99");
    json.put("format_version", 0);
    assertRefused("format 0");
  }

  @Test
  public void inconsistentSizesAreRefused() throws Exception {
    json.put("image_size", json.getInt("image_size") / 2);
    assertRefused("contradicts itself");
  }

  @Test
  public void aStateThatStepDoesNotReturnIsRefused() throws Exception {
    json.getJSONObject("functions").getJSONObject("step").getJSONObject("outputs").remove("pose");
    assertRefused("pose");
  }

  @Test
  public void otherTypesAndChannelsAreRefused() throws Exception {
    json.getJSONObject("functions").getJSONObject("prime").getJSONObject("inputs")
        .getJSONObject("past").put("dtype", "int8");
    assertRefused("int8");
    json.put("num_channels", 4);
    assertRefused("4 channels");
    json.put("num_past", 0);
    assertRefused("num_past");
  }

  @Test
  public void textThatIsNotSignaturesIsRefused() {
    for (String text : new String[] {"", "{", "[]", "{}", "{\"format_version\": 3}"}) {
      BundleException error =
          assertThrows(BundleException.class, () -> ModelSignatures.parse(text));
      assertTrue(error.getMessage(), error.getMessage().contains("copy the bundle again"));
    }
  }

  private void assertRefused(String reason) {
    BundleException error =
        assertThrows(BundleException.class, () -> ModelSignatures.parse(json.toString()));
    assertTrue(error.getMessage(), error.getMessage().contains(reason));
  }
}
