package io.s2s.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Metadata;
import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class BuilderTest {
  private static final String PASSWORD = "changeit";
  private static final Map<String, String> EMPTY = Map.of("S2S_ENDPOINT", "", "S2S_API_KEY", "");
  private static final Conversions.RecordParams PARAMS = new Conversions.RecordParams();

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
    try (var client = FakeServer.client(endpoint).build()) {
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
    var error = assertThrows(IllegalArgumentException.class, () -> FakeServer.client(endpoint));
    assertTrue(error.getMessage().contains("https://host:port"), error::getMessage);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "key\n", "two words", "schlüssel"})
  void apiKeysAreChecked(String apiKey) {
    var builder = FakeServer.client("http://127.0.0.1:1");
    var error = assertThrows(IllegalArgumentException.class, () -> builder.apiKey(apiKey));
    assertFalse(error.toString().contains("schlüssel"));
  }

  /** Returns the headers of a call of a client with this environment. */
  private static Metadata sent(FakeServer server, Map<String, String> environment, String key) {
    var all = new HashMap<>(environment);
    all.putIfAbsent("S2S_ENDPOINT", "http://" + server.authority());
    var builder = new S2sClient.Builder(all);
    if (key != null) {
      builder.apiKey(key);
    }
    try (var client = builder.build()) {
      client.conversions().record(PARAMS);
    }
    return server.headers.get(server.headers.size() - 1);
  }

  @Test
  void theEnvironmentIsReadUnlessTheCallerGivesSomething() throws Exception {
    record Case(String variable, String given, String sent) {}
    try (var server = new FakeServer()) {
      for (Case c :
          List.of(
              new Case("from-environment", null, "Bearer from-environment"),
              new Case("from-environment", "given", "Bearer given"),
              new Case("", null, null),
              new Case("not a key", "given", "Bearer given"))) {
        Metadata headers = sent(server, Map.of("S2S_API_KEY", c.variable), c.given);
        assertEquals(c.sent, headers.get(FakeServer.AUTHORIZATION), c::toString);
      }
      assertNull(sent(server, Map.of(), null).get(FakeServer.AUTHORIZATION));
      var nowhere = Map.of("S2S_ENDPOINT", "nowhere", "S2S_API_KEY", "");
      try (var client =
          new S2sClient.Builder(nowhere).endpoint("http://" + server.authority()).build()) {
        client.conversions().record(PARAMS);
      }
    }
  }

  @Test
  void invalidEnvironmentsAreRefused() {
    for (var environment :
        List.of(Map.of("S2S_ENDPOINT", "nowhere"), Map.of("S2S_API_KEY", "two words"))) {
      var builder = new S2sClient.Builder(environment);
      assertThrows(IllegalArgumentException.class, builder::build);
    }
  }

  @Test
  void withoutAnEndpointTheServerIsOnThisMachine() {
    for (Map<String, String> environment : List.of(Map.<String, String>of(), EMPTY)) {
      try (var client = new S2sClient.Builder(environment).build()) {
        assertEquals("127.0.0.1:8080", client.channel().authority());
      }
    }
  }

  @Test
  void theUserAgentIsTheSdk() throws Exception {
    try (var server = new FakeServer()) {
      var key = Metadata.Key.of("user-agent", Metadata.ASCII_STRING_MARSHALLER);
      String userAgent = sent(server, Map.of(), null).get(key);
      assertTrue(userAgent.matches("s2s-sdk-java/[0-9.]+ grpc-java-netty/.*"), userAgent);
      String project = Files.readString(Path.of("pom.xml"));
      assertTrue(project.contains("\n  <version>" + S2sClient.VERSION + "</version>"));
    }
  }

  @Test
  void apiKeysAreNeverShown() {
    var builder = FakeServer.client("http://127.0.0.1:1").apiKey("s3cret").retries(0);
    try (var client = builder.build()) {
      assertFalse(builder.toString().contains("s3cret"));
      assertFalse(client.toString().contains("s3cret"));
      assertFalse(client.channel().toString().contains("s3cret"));
      assertFalse(client.conversions().toString().contains("s3cret"));
      var error = assertThrows(S2sException.class, () -> client.conversions().record(PARAMS));
      assertFalse(error.toString().contains("s3cret"));
    }
  }

  @Test
  void certificatesAreChecked() {
    String pem = "-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n";
    var plain = FakeServer.client("http://t.example").caCertificate(pem);
    assertThrows(IllegalArgumentException.class, plain::build);
    var noKey = FakeServer.client("https://t.example").identity(pem, "no key");
    assertThrows(IllegalArgumentException.class, noKey::build);
    var noCertificate = FakeServer.client("https://t.example").caCertificate(pem);
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
          FakeServer.client(endpoint)
              .caCertificate(certificate)
              .identity(certificate, key)
              .build()) {
        client.conversions().record(PARAMS);
      }
      for (var builder :
          new S2sClient.Builder[] {
            FakeServer.client(endpoint).identity(certificate, key),
            FakeServer.client(endpoint).caCertificate(certificate),
          }) {
        try (var client = builder.retries(0).build()) {
          assertThrows(S2sException.class, () -> client.conversions().record(PARAMS));
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
