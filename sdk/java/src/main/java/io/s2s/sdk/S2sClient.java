package io.s2s.sdk;

import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptors;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A client of one server. It has one connection, opened at the first call and reopened after it
 * breaks. Any number of threads can share it.
 *
 * <pre>{@code
 * try (S2sClient client = S2sClient.create()) {
 *   client.conversions().record(p -> p.conversionCodeId(code).clickId(click).value(value));
 * }
 * }</pre>
 *
 * <p>Calls are retried after a transient failure (the server can't be reached, is stopping or
 * overloaded), with growing pauses and within their deadline. Retries never count anything twice: a
 * request that needs a request id and has none gets a random one before the first attempt. To
 * repeat a call yourself after an error, give the call a request id of your own.
 *
 * <p>A failed call throws {@link S2sException}. Set the time limit of single calls with {@code
 * withTimeout} of a service; cancel a call by interrupting its thread or with {@link
 * io.grpc.Context}. A cancelled call may or may not have taken effect.
 */
public final class S2sClient extends Services implements AutoCloseable {
  /** Version of the SDK. */
  static final String VERSION = "0.1.0";

  /** Name of the logger of {@link System#getLogger} that reports attempts that are tried again. */
  static final String LOGGER_NAME = "io.s2s.sdk";

  private final ManagedChannel connection;
  private final Channel channel;

  private S2sClient(ManagedChannel connection, Channel channel, RetryInterceptor policy) {
    super(new Calls(channel, policy));
    this.connection = connection;
    this.channel = channel;
  }

  /**
   * Returns a client with the settings of the environment: see {@link #builder()}.
   *
   * @throws IllegalArgumentException if a setting of the environment is invalid
   */
  public static S2sClient create() {
    return builder().build();
  }

  /**
   * Returns a builder for a client. An API key that you don't set is taken from the environment
   * variable {@code S2S_API_KEY}, and an endpoint that you don't set from {@code S2S_ENDPOINT}. An
   * empty variable counts as not set.
   */
  public static Builder builder() {
    return new Builder(System.getenv());
  }

  /**
   * Returns the channel for stubs of grpc-java, such as {@code
   * ConversionServiceGrpc.newFutureStub(client.channel())}, which take whole messages. API key,
   * deadline, request ids and retries are the same; {@link S2sException#from(Throwable)} reads the
   * error of a call. Streams have no deadline and are not retried.
   */
  public Channel channel() {
    return channel;
  }

  /** Closes the connection once the calls in progress have ended. Later calls fail. */
  @Override
  public void close() {
    connection.shutdown();
  }

  /** The settings of a client. */
  public static final class Builder {
    private static final String API_KEY_VARIABLE = "S2S_API_KEY";
    private static final String ENDPOINT_VARIABLE = "S2S_ENDPOINT";
    private static final String ENDPOINT_DEFAULT = "http://127.0.0.1:8080";
    private static final Duration TIMEOUT_DEFAULT = Duration.ofSeconds(10);
    private static final int RETRIES_DEFAULT = 4;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /**
     * Time without traffic after which the connection is pinged, with or without calls, so that no
     * call loses its time on a connection that a firewall dropped.
     */
    private static final Duration KEEP_ALIVE_INTERVAL = Duration.ofSeconds(30);

    private static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(10);

    /** Maximum size of a response. A page of 1,000 items exceeds grpc-java's default of 4 MiB. */
    private static final int RESPONSE_BYTES_MAX = 64 * 1024 * 1024;

    /** Maximum size of metadata. An error with many fields exceeds grpc-java's default of 8 KiB. */
    private static final int METADATA_BYTES_MAX = 64 * 1024;

    private static final Pattern ENDPOINT =
        Pattern.compile(
            "(https?)://([a-z0-9.-]+|\\[[0-9a-f:.]+])(?::([0-9]{1,5}))?/?",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern API_KEY = Pattern.compile("[!-~]+");
    private static final Metadata.Key<String> AUTHORIZATION =
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final Map<String, String> environment;
    private final TlsChannelCredentials.Builder tls = TlsChannelCredentials.newBuilder();
    private Endpoint endpoint;
    private String apiKey;
    private boolean tlsSettings;
    private Duration timeout = TIMEOUT_DEFAULT;
    private int retries = RETRIES_DEFAULT;

    Builder(Map<String, String> environment) {
      this.environment = environment;
    }

    private record Endpoint(boolean secure, String host, int port) {
      static Endpoint of(String text) {
        Matcher matcher = ENDPOINT.matcher(text);
        if (!matcher.matches()) {
          throw endpointInvalid();
        }
        boolean secure = matcher.group(1).equalsIgnoreCase("https");
        int defaultPort = secure ? 443 : 80;
        int port = matcher.group(3) == null ? defaultPort : Integer.parseInt(matcher.group(3));
        if (port < 1 || port > 65535) {
          throw endpointInvalid();
        }
        return new Endpoint(secure, matcher.group(2), port);
      }
    }

    /** Returns a variable of the environment; empty if it is not set. */
    private String variable(String name) {
      return environment.getOrDefault(name, "");
    }

    /**
     * Sets the server's endpoint: scheme, host and port, such as {@code https://t.example}.
     * Default: that of {@code S2S_ENDPOINT}, or else {@code http://127.0.0.1:8080}.
     *
     * @throws IllegalArgumentException if the endpoint has another form
     */
    public Builder endpoint(String endpoint) {
      this.endpoint = Endpoint.of(endpoint);
      return this;
    }

    private static IllegalArgumentException endpointInvalid() {
      return new IllegalArgumentException(
          "the endpoint must have the form https://host:port, without a path");
    }

    /**
     * Sets the API key, which is sent with every call. Default: that of {@code S2S_API_KEY}, or
     * else none.
     *
     * @throws IllegalArgumentException if it is empty or has characters that no key contains
     */
    public Builder apiKey(String apiKey) {
      if (!API_KEY.matcher(apiKey).matches()) {
        throw new IllegalArgumentException(
            "the API key is empty, or has blanks or characters that no key contains");
      }
      this.apiKey = apiKey;
      return this;
    }

    /**
     * Sets the certificates, in PEM, of the authorities trusted to sign the server's certificate,
     * in place of those that Java trusts. For {@code https} endpoints only.
     *
     * @throws IllegalArgumentException if they can't be used
     */
    public Builder caCertificate(String pem) {
      return tls(() -> tls.trustManager(stream(pem)));
    }

    /**
     * Sets the client's certificate and its private key, both in PEM (the key: PKCS #8, not
     * encrypted), for a server that requires one (mTLS). For {@code https} endpoints only.
     *
     * @throws IllegalArgumentException if they can't be used
     */
    public Builder identity(String certificatePem, String keyPem) {
      return tls(() -> tls.keyManager(stream(certificatePem), stream(keyPem)));
    }

    private interface TlsSetting {
      void set() throws IOException;
    }

    private Builder tls(TlsSetting setting) {
      try {
        setting.set();
      } catch (IOException e) {
        throw tlsInvalid(e);
      }
      tlsSettings = true;
      return this;
    }

    private static IllegalArgumentException tlsInvalid(Throwable cause) {
      return new IllegalArgumentException(
          "the certificates can't be used: they need PEM, an https endpoint, and a matching key",
          cause);
    }

    private static InputStream stream(String text) {
      return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sets the timeout of a call over all its attempts. Default: 10 seconds. */
    public Builder timeout(Duration timeout) {
      this.timeout = timeout;
      return this;
    }

    /** Sets the maximum number of retries of a call. Default: 4; 0 sends every call once. */
    public Builder retries(int retries) {
      this.retries = retries;
      return this;
    }

    /**
     * Builds the client. It connects at its first call, so an unreachable server is not yet an
     * error.
     *
     * @throws IllegalArgumentException if the certificates can't be used, or a setting of the
     *     environment is invalid
     */
    public S2sClient build() {
      if (apiKey == null && !variable(API_KEY_VARIABLE).isEmpty()) {
        apiKey(variable(API_KEY_VARIABLE));
      }
      if (endpoint == null) {
        String text = variable(ENDPOINT_VARIABLE);
        endpoint(text.isEmpty() ? ENDPOINT_DEFAULT : text);
      }
      ManagedChannel connection = connect();
      Metadata headers = new Metadata();
      if (apiKey != null) {
        headers.put(AUTHORIZATION, "Bearer " + apiKey);
      }
      RetryInterceptor policy = new RetryInterceptor(connection, timeout, retries);
      Channel channel =
          ClientInterceptors.intercept(
              connection, MetadataUtils.newAttachHeadersInterceptor(headers), policy);
      return new S2sClient(connection, channel, policy);
    }

    private ManagedChannel connect() {
      if (tlsSettings && !endpoint.secure) {
        throw tlsInvalid(null);
      }
      ChannelCredentials credentials =
          endpoint.secure ? tls.build() : InsecureChannelCredentials.create();
      return NettyChannelBuilder.forAddress(endpoint.host, endpoint.port, credentials)
          .userAgent("s2s-sdk-java/" + VERSION)
          .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_TIMEOUT.toMillis())
          .keepAliveTime(KEEP_ALIVE_INTERVAL.toSeconds(), TimeUnit.SECONDS)
          .keepAliveTimeout(KEEP_ALIVE_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
          .keepAliveWithoutCalls(true)
          .maxInboundMessageSize(RESPONSE_BYTES_MAX)
          .maxInboundMetadataSize(METADATA_BYTES_MAX)
          .disableRetry()
          .build();
    }
  }
}
