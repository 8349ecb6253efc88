package io.s2s.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.s2s.sdk.v1.RecordConversionRequest;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class BuilderTest {
  private static final String PASSWORD = "changeit";
  private static final RecordConversionRequest REQUEST =
      RecordConversionRequest.getDefaultInstance();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:8080",
        "http://127.0.0.1:8080/",
        "http://[::1]:8080",
        "HTTP://localhost",
        "https://t.example",
        "HTTPS://t.example:443",
      })
  void endpointsAreTaken(String endpoint) {
    try (var client = S2sClient.builder(endpoint).build()) {
      assertNotNull(client.channel());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "http://",
        "localhost:8080",
        "127.0.0.1",
        "/s2s",
        "ftp://t.example",
        "unix:///run/s2s",
        "http://t.example/api",
        "https://t.example/api",
        "http://t.example?x=1",
        "http://t.example/#x",
        "http://user@t.example",
        "http://t .example",
        "http://t_.example",
        "http://t.example:0",
        "http://t.example:65536",
        "http://t.example\n",
      })
  void otherEndpointsAreRefused(String endpoint) {
    var error = assertThrows(IllegalArgumentException.class, () -> S2sClient.builder(endpoint));
    assertTrue(error.getMessage().contains("https://host:port"), error::getMessage);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "key\n", "two words", "schlüssel"})
  void apiKeysAreChecked(String apiKey) {
    var builder = S2sClient.builder("http://127.0.0.1:1");
    var error = assertThrows(IllegalArgumentException.class, () -> builder.apiKey(apiKey));
    assertFalse(error.toString().contains("schlüssel"));
  }

  @Test
  void apiKeysAreNeverShown() {
    var builder = S2sClient.builder("http://127.0.0.1:1").apiKey("s3cret").retries(0);
    try (var client = builder.build()) {
      assertFalse(builder.toString().contains("s3cret"));
      assertFalse(client.toString().contains("s3cret"));
      assertFalse(client.channel().toString().contains("s3cret"));
      assertFalse(client.conversions().toString().contains("s3cret"));
      var error =
          assertThrows(S2sException.class, () -> client.conversions().recordConversion(REQUEST));
      assertFalse(error.toString().contains("s3cret"));
    }
  }

  @Test
  void certificatesAreChecked() {
    String pem = "-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n";
    var plain = S2sClient.builder("http://t.example").caCertificate(pem);
    assertThrows(IllegalArgumentException.class, plain::build);
    var noKey = S2sClient.builder("https://t.example").identity(pem, "no key");
    assertThrows(IllegalArgumentException.class, noKey::build);
    var noCertificate = S2sClient.builder("https://t.example").caCertificate(pem);
    assertThrows(IllegalArgumentException.class, noCertificate::build);
  }

  @Test
  void serversAndClientsProveThemselvesByCertificates(@TempDir Path folder) throws Exception {
    KeyStore store = selfSigned(folder.resolve("store.p12"));
    String certificate = pem("CERTIFICATE", store.getCertificate("s2s").getEncoded());
    String key = pem("PRIVATE KEY", store.getKey("s2s", PASSWORD.toCharArray()).getEncoded());
    var credentials =
        TlsServerCredentials.newBuilder()
            .keyManager(stream(certificate), stream(key))
            .trustManager(stream(certificate))
            .clientAuth(ClientAuth.REQUIRE)
            .build();
    try (var server = new FakeServer(0, credentials)) {
      String endpoint = "https://127.0.0.1:" + server.port();
      try (var client =
          S2sClient.builder(endpoint)
              .caCertificate(certificate)
              .identity(certificate, key)
              .build()) {
        client.conversions().recordConversion(REQUEST);
      }
      for (var builder :
          new S2sClient.Builder[] {
            S2sClient.builder(endpoint).identity(certificate, key),
            S2sClient.builder(endpoint).caCertificate(certificate),
          }) {
        try (var client = builder.retries(0).build()) {
          assertThrows(S2sException.class, () -> client.conversions().recordConversion(REQUEST));
        }
      }
      assertEquals(1, server.requests.size());
    }
  }

  private static KeyStore selfSigned(Path path) throws Exception {
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    String name = "-alias s2s -dname CN=s2s -ext san=ip:127.0.0.1";
    String form = "-keyalg EC -storetype PKCS12 -storepass " + PASSWORD + " -keystore " + path;
    String command = keytool + " -genkeypair " + name + " " + form;
    Process process = new ProcessBuilder(command.split(" ")).inheritIO().start();
    assertEquals(0, process.waitFor());
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (var file = Files.newInputStream(path)) {
      store.load(file, PASSWORD.toCharArray());
    }
    return store;
  }

  private static String pem(String label, byte[] content) {
    String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return "-----BEGIN " + label + "-----\n" + lines + "\n-----END " + label + "-----\n";
  }

  private static ByteArrayInputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }
}
