import com.android.apksig.ApkVerifier;
import java.io.File;

/**
 * Verifies the signatures of an APK as Android does; exit code 1 where they do not hold.
 *
 * <p>Usage: {@code java -cp apksig.jar VerifyApk.java min_sdk app.apk}
 */
public final class VerifyApk {
  public static void main(String[] arguments) throws Exception {
    ApkVerifier.Result result = new ApkVerifier.Builder(new File(arguments[1]))
        .setMinCheckedPlatformVersion(Integer.parseInt(arguments[0]))
        .build()
        .verify();
    System.out.printf(
        "verified %b, scheme 2 %b, scheme 3 %b%n",
        result.isVerified(),
        result.isVerifiedUsingV2Scheme(),
        result.isVerifiedUsingV3Scheme());
    if (!result.isVerified()) {
      System.err.println(result.getErrors());
      System.exit(1);
    }
  }
}
