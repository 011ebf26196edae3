import com.android.apksig.ApkSigner;
import java.io.File;
import java.io.FileInputStream;
import java.io.InputStream;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Signs an APK with the first key of a key store, by schemes 2 and 3: what Android 7 asks for.
 *
 * <p>Usage: {@code java -cp apksig.jar SignApk.java keys.p12 password min_sdk in.apk out.apk}
 */
@SuppressWarnings("deprecation") // What takes its place wants a store of keys of its own.
public final class SignApk {
  public static void main(String[] arguments) throws Exception {
    char[] password = arguments[1].toCharArray();
    int minSdk = Integer.parseInt(arguments[2]);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream input = new FileInputStream(arguments[0])) {
      keys.load(input, password);
    }
    String alias = keys.aliases().nextElement();
    ApkSigner.SignerConfig signer = new ApkSigner.SignerConfig.Builder(
        "CERT",
        (PrivateKey) keys.getKey(alias, password),
        List.of((X509Certificate) keys.getCertificate(alias))).build();
    new ApkSigner.Builder(List.of(signer))
        .setV1SigningEnabled(false)
        .setV2SigningEnabled(true)
        .setV3SigningEnabled(true)
        .setV4SigningEnabled(false)
        .setAlignmentPreserved(true)
        .setMinSdkVersion(minSdk)
        .setInputApk(new File(arguments[3]))
        .setOutputApk(new File(arguments[4]))
        .build()
        .sign();
  }
}
