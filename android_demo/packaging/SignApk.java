import com.android.apksig.ApkSigner;
import com.android.apksig.ApkVerifier;
import java.io.File;
import java.io.FileInputStream;
import java.io.InputStream;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;

/**
 * Signs an APK with the first key of a key store, by schemes 2 and 3, and verifies it.
 *
 * <p>Usage: {@code java -cp apksig.jar SignApk.java keys.p12 password min_sdk in.apk out.apk}
 */
public final class SignApk {
  public static void main(String[] arguments) throws Exception {
    char[] password = arguments[1].toCharArray();
    int minSdk = Integer.parseInt(arguments[2]);
    File signed = new File(arguments[4]);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream input = new FileInputStream(arguments[0])) {
      keys.load(input, password);
    }
    String alias = keys.aliases().nextElement();
    ApkSigner.SignerConfig signer = new ApkSigner.SignerConfig.Builder(
        "CERT",
        (PrivateKey) keys.getKey(alias, password),
        List.of((X509Certificate) keys.getCertificate(alias))).build();
    new ApkSigner.Builder(Collections.singletonList(signer))
        .setV1SigningEnabled(false)
        .setV2SigningEnabled(true)
        .setV3SigningEnabled(true)
        .setV4SigningEnabled(false)
        .setAlignmentPreserved(true)
        .setMinSdkVersion(minSdk)
        .setInputApk(new File(arguments[3]))
        .setOutputApk(signed)
        .build()
        .sign();
    ApkVerifier.Result result =
        new ApkVerifier.Builder(signed).setMinCheckedPlatformVersion(minSdk).build().verify();
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
